import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { GCP_PROJECT, type Providers } from "./providers";

/** A role for every pod of a namespace. */
export function plant(on: Providers): void {
  const pool = `projects/111122223333/locations/global/workloadIdentityPools/${GCP_PROJECT}.svc.id.goog`;
  new IAMMember(
    "namespace",
    {
      project: GCP_PROJECT,
      role: "roles/pubsub.publisher",
      member: `principalSet://iam.googleapis.com/${pool}/namespace/shop`,
    },
    on.gcp(),
  );
}
