import type { Place } from "../offline/cloud/package";

/** The project's name in Pulumi.yaml: part of every URN, so it is for ever. */
export const PROJECT = "platform";

/** Where a command runs. */
export interface Context {
  /** Folder of the project. */
  readonly root: string;
  /** Folder that the user is in. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** From where an offline command calls the clusters. Default `network`. */
  readonly from?: Place;
  /** Whether there is a person to ask: standard input and what the engine writes to are a terminal. */
  readonly terminal?: boolean;
  /** Says something to the person at the terminal: on standard error, so that standard output stays machine-readable. */
  readonly say: (line: string) => void;
  /** Prints a result on standard output. */
  readonly print: (text: string) => void;
}
