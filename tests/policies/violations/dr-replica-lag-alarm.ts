import { Instance } from "@pulumi/aws/rds/instance";
import { BACKUP, REBUILDABLE, type Providers } from "./providers";

/** A replica that nobody watches. */
export function plant(on: Providers): void {
  const source = new Instance(
    "source",
    {
      engine: "postgres",
      engineVersion: "17",
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      backupRetentionPeriod: 7,
      username: "root_user",
      manageMasterUserPassword: true,
      skipFinalSnapshot: true,
      tags: REBUILDABLE,
    },
    on.aws(),
  );
  new Instance(
    "unwatched",
    { instanceClass: "db.t4g.micro", replicateSourceDb: source.arn, tags: REBUILDABLE, skipFinalSnapshot: true },
    on.aws(BACKUP),
  );
}
