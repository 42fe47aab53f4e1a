import type { Zone } from "../components/planning/address-plan";
import type { Problem } from "./problems";

/** The settings that checks across groups look at; a group that is wrong by itself is absent. */
interface Settings {
  readonly region?: string;
  readonly backupRegion?: string;
  readonly network?: { readonly zones: readonly Zone[] };
  readonly database?: {
    readonly replicaZone: Zone | "none";
    readonly backupCopy: boolean;
  };
  readonly certificateArn?: string | undefined;
}

/** What is wrong between groups of settings that are each right by themselves. */
export function crossChecks({ region, backupRegion, network, database, certificateArn }: Settings): readonly Problem[] {
  const problems: Problem[] = [];
  if (region !== undefined && region === backupRegion && database?.backupCopy === true) {
    problems.push({
      path: "platform:backupRegion",
      message: `is ${backupRegion}, the stack's own region, so that one outage takes the database and its backups: name another region, or set database.backupCopy to false`,
    });
  }
  // arn:<partition>:acm:<region>:<account>:certificate/<id>
  const certificateRegion = certificateArn?.split(":")[3];
  if (region !== undefined && certificateArn !== undefined && certificateRegion !== region) {
    problems.push({
      path: "platform:certificateArn",
      message: `is ${certificateArn}, of another region than ${region}, where no load balancer can use it: give one of ${region}`,
    });
  }
  if (network === undefined || database === undefined || database.replicaZone === "none") return problems;
  const { zones } = network;
  const { replicaZone } = database;
  if (!zones.includes(replicaZone)) {
    problems.push({
      path: "platform:database.replicaZone",
      message: `is "${replicaZone}", which is not in network.zones (${zones.join(", ")}): add it there or choose one of them`,
    });
  } else if (zones.length < 3) {
    problems.push({
      path: "platform:database.replicaZone",
      message: `is "${replicaZone}", which leaves one of network.zones (${zones.join(", ")}) to the instance, and RDS requires two: add a zone to network.zones, or set replicaZone to "none"`,
    });
  }
  return problems;
}
