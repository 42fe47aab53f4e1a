/** A change that no test can notice, because what the program does is the same. */
export interface Equivalent {
  readonly file: string;
  /** The value as it stands in the file. */
  readonly value: string;
  /** Part of the line that it stands in, to tell it from others. */
  readonly line: string;
  readonly reason: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: "components/planning/alarms.ts",
    value: '"postgres-replica": "DBInstanceIdentifier"',
    line: '"postgres-replica": "DBInstanceIdentifier"',
    reason: "the names of dimensions are read by the compiler alone, which refuses a table without a row",
  },
];
