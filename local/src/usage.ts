/** How the commands are used, and what is said when that went wrong. */
import { readFile } from "node:fs/promises";

/** A command was called wrongly: its message is all that is shown. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The text of a file that the user named; a `UsageError` when it cannot be read. */
export async function readInput(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${(error as Error).message}`, { cause: error });
  }
}
