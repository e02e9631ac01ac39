import { Component, type ErrorInfo, type ReactNode } from "react";
import { text } from "../text/index.ts";
import { Failure } from "./Failure.tsx";

interface BoundaryProps {
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly error: Error | undefined;
}

/** Shows what broke in place of it, and leaves the rest of the page alone. Another `key` starts afresh. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): BoundaryState {
    return { error };
  }

  override componentDidCatch(error: Error, { componentStack }: ErrorInfo): void {
    reportError(new Error(`a view broke${componentStack ?? ""}`, { cause: error }));
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? <Failure title={text.app.broken} detail={error.message} /> : this.props.children;
  }
}
