/** Settings to whose changes no rule objects, and why none should. */
export interface Survivor {
  /** Matches `type path`. */
  readonly settings: RegExp;
  readonly why: string;
}

export const SURVIVORS: readonly Survivor[] = [];
