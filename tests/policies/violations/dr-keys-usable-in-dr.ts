import { Table } from "@pulumi/aws/dynamodb/table";
import { Key } from "@pulumi/aws/kms/key";
import { BACKUP, REBUILDABLE, type Providers } from "./providers";

/** A replica that is encrypted with a key of its source's region. */
export function plant(on: Providers): void {
  const key = new Key("of-source", { enableKeyRotation: true, tags: REBUILDABLE }, on.aws());
  new Table(
    "replicated",
    {
      attributes: [{ name: "id", type: "S" }],
      hashKey: "id",
      billingMode: "PAY_PER_REQUEST",
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
      replicas: [{ regionName: BACKUP, kmsKeyArn: key.arn }],
      tags: REBUILDABLE,
    },
    on.aws(),
  );
}
