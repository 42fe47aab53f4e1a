import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster, StorageProfile } from "../contracts/kubernetes-cluster";
import { protectionOf, type StackClass } from "../planning/protection";

export interface StorageClassesArgs {
  /** What the cluster makes volumes of each profile with. */
  storage: KubernetesCluster["storage"];
  /** Class of the stack: it decides whether data outlives its claim. */
  class: StackClass;
}

/** Marks the class of claims that name none: https://kubernetes.io/docs/tasks/administer-cluster/change-default-storage-class/ */
const defaultClass = "storageclass.kubernetes.io/is-default-class";

/** The class of claims that name none. */
const defaultStorageProfile: StorageProfile = "general";

/**
 * What becomes of a volume whose claim is deleted. `general` volumes hold what can be made again; `fast` ones hold databases and
 * chain nodes, which are kept where the class of the stack keeps the contents of buckets.
 */
export function reclaimPolicy(profile: StorageProfile, stackClass: StackClass): "Delete" | "Retain" {
  return profile === "fast" && !protectionOf(stackClass).deleteContents ? "Retain" : "Delete";
}

/** One StorageClass for each profile of volumes, named after it. */
export class StorageClasses extends pulumi.ComponentResource {
  /** Names by the profile, as outputs that order: a claim comes after its class. */
  readonly names: Readonly<Record<StorageProfile, pulumi.Output<string>>>;

  constructor(name: string, args: StorageClassesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:StorageClasses", name, {}, opts);
    const storageClass = (profile: StorageProfile) => {
      const { provisioner, parameters } = args.storage[profile];
      const { metadata } = new StorageClass(
        `${name}-${profile}`,
        {
          metadata: {
            name: profile,
            annotations: { [defaultClass]: String(profile === defaultStorageProfile) },
          },
          provisioner,
          parameters,
          reclaimPolicy: reclaimPolicy(profile, args.class),
          // The volume is made in the zone that its pod was scheduled to; at once, it would tie the pod to a zone by chance.
          volumeBindingMode: "WaitForFirstConsumer",
          allowVolumeExpansion: true,
        },
        { parent: this, dependsOn: opts?.dependsOn },
      );
      return metadata.name;
    };
    this.names = { general: storageClass("general"), fast: storageClass("fast") };
    this.registerOutputs({});
  }
}
