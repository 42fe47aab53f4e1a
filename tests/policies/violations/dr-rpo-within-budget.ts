import { Bucket } from "@pulumi/gcp/storage/bucket";
import { TransferJob } from "@pulumi/gcp/storage/transferJob";
import { GCP_PROJECT, REBUILDABLE, type Providers } from "./providers";

/** A copy that is made once a day. */
export function plant(on: Providers): void {
  const bucket = (name: string, location: string) =>
    new Bucket(name, { location, uniformBucketLevelAccess: true, labels: REBUILDABLE }, on.gcp()).name;
  new TransferJob(
    "daily",
    {
      project: GCP_PROJECT,
      description: "Copies the objects once a day",
      schedule: { scheduleStartDate: { year: 2026, month: 1, day: 1 } },
      transferSpec: {
        gcsDataSource: { bucketName: bucket("source", "us-central1") },
        gcsDataSink: { bucketName: bucket("sink", "us-east1") },
      },
    },
    on.gcp(),
  );
}
