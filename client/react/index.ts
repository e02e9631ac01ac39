/** Hooks for React 18 and later. */
export { FaultlineProvider, type FaultlineProviderProps, useFaultline } from "./context.ts";
export {
  type IssuesView,
  useConnection,
  useHeatmap,
  useIssue,
  useIssues,
  usePendingWrites,
  useStats,
  type WatchOptions,
} from "./hooks.ts";
