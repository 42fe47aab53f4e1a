import type { CloudView } from "../../cloud/cloud";
import type { Properties } from "../../cloud/value";
import { annotation, dig, text } from "./fields";

const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

/** Classes that a managed cluster brings along; since Kubernetes 1.30 none of EKS is the default any more. */
const BROUGHT = new Set(["gp2"]);

/**
 * Why a claim stays pending. The provider waits for a claim only where its class binds at once:
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions-extended.html
 */
export function claimProblems(claim: Properties, cloud: CloudView): readonly string[] {
  if (annotation(claim, "pulumi.com/skipAwait") === "true" || text(dig(claim, "spec", "volumeName")) !== undefined)
    return [];
  const given = dig(claim, "spec", "storageClassName");
  if (given === undefined) {
    const usual = cloud
      .list(STORAGE_CLASS)
      .some((each) => annotation(each.inputs, "storageclass.kubernetes.io/is-default-class") === "true");
    return usual ? [] : ["[FailedBinding] no persistent volumes available for this claim and no storage class is set"];
  }
  const name = text(given);
  if (name === undefined || BROUGHT.has(name) || cloud.find(STORAGE_CLASS, name) !== undefined) return [];
  return [`[ProvisioningFailed] storageclass.storage.k8s.io "${name}" not found`];
}
