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
  {
    file: "stacks/portfolio-gcp.network.ts",
    value: '"create"',
    line: 'mode: "create", prefix',
    reason: "a zone is adopted or made: the compiler refuses a third mode, and at run time it would be made",
  },
  ...["stacks/portfolio-azure.services.ts", "stacks/portfolio-gcp.services.ts"].map((file) => ({
    file,
    value: '"skip"',
    line: 'case "skip":',
    reason:
      "a registry that is skipped is undefined without its case too, and the compiler refuses a case that is there twice",
  })),
  ...writtenOut("Pulumi.dr.yaml", [
    "platform:class: recovery",
    "platform:region: eastus",
    "platform:site: dr",
    "name: portfolio-dr-aks",
  ]),
  ...writtenOut("Pulumi.prod-gcp.yaml", [
    "platform:site: prod-gcp",
    "name: portfolio-prod-gke",
    "access: dns-endpoint",
  ]),
];

/** Settings that a committed stack writes out for its readers, and that the defaults of its blueprint say too. */
function writtenOut(file: string, settings: readonly string[]): readonly Equivalent[] {
  return settings.map((setting) => ({
    file,
    value: setting,
    line: setting,
    reason: "the default of the blueprint is the same",
  }));
}
