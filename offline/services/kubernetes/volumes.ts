import type { CloudView } from "../../cloud/cloud";
import type { Properties } from "../../cloud/value";
import { annotation, dig, text } from "./fields";
import type { Cluster } from "./managed-cluster";

const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

/** Why a claim stays pending. The provider waits for a claim only where its class binds at once. */
export function claimProblems(
  claim: Properties,
  { storageClasses: brought }: Pick<Cluster, "storageClasses">,
  cloud: CloudView,
): readonly string[] {
  if (annotation(claim, "pulumi.com/skipAwait") === "true" || text(dig(claim, "spec", "volumeName")) !== undefined)
    return [];
  const given = dig(claim, "spec", "storageClassName");
  if (given === undefined) {
    const usual = cloud
      .list(STORAGE_CLASS)
      .some((each) => annotation(each.inputs, "storageclass.kubernetes.io/is-default-class") === "true");
    return usual || brought.usual !== undefined
      ? []
      : ["[FailedBinding] no persistent volumes available for this claim and no storage class is set"];
  }
  const name = text(given);
  if (name === undefined || brought.names.includes(name) || cloud.find(STORAGE_CLASS, name) !== undefined) return [];
  return [`[ProvisioningFailed] storageclass.storage.k8s.io "${name}" not found`];
}
