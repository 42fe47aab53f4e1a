import * as pulumi from "@pulumi/pulumi";
import type { NodePool } from "../contracts/node-pool";
import { addOnOrder } from "./add-on-order";
import { addOnTable, chooseAddOns, type AddOnId, type InstalledAddOn, type PlatformSite } from "./add-ons";
import { CertificateManager } from "./certificate-manager";
import { kubernetesMinor } from "./charts";
import { Namespaces, type NamespaceSpec } from "./namespaces";
import { NetworkPolicies } from "./network-policies";
import type { Opening } from "./network-policies.plan";
import { StorageClasses } from "./storage-classes";

/** A namespace of workloads. */
export interface WorkloadNamespace extends NamespaceSpec {
  /** What it lets through besides DNS. Default: nothing. */
  readonly openings?: readonly Opening[];
}

export interface PlatformLayerArgs {
  /** Where it runs. */
  readonly site: PlatformSite;
  /** Namespaces of the workloads by name; add-ons bring their own. */
  readonly namespaces: Readonly<Record<string, WorkloadNamespace>>;
  /** Pools of nodes by name: what they have decides some add-ons. */
  readonly nodePools: Readonly<Record<string, NodePool>>;
}

/**
 * What every cluster has, whichever cloud it is of: namespaces with default-deny network policies, storage classes, and the
 * add-ons of the table. It takes the cluster's `kubernetes` provider.
 *
 * Policies come before the first pod of their namespace and go after the last one.
 */
export class PlatformLayer extends pulumi.ComponentResource {
  /** The add-ons that it installed, in their order. */
  readonly installed: readonly AddOnId[];
  /** Names of the storage classes, as outputs that order. */
  readonly storageClasses: StorageClasses["names"];
  readonly #namespaces: Namespaces;
  readonly #addOns: ReadonlyMap<AddOnId, InstalledAddOn>;

  constructor(name: string, args: PlatformLayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:PlatformLayer", name, {}, opts);
    const { site, nodePools } = args;
    const { cluster } = site;
    const kubernetesVersion = kubernetesMinor(cluster.version);
    const choice = chooseAddOns(cluster, nodePools);
    this.installed = addOnOrder(addOnTable, choice);

    const namespaces = namespacesOf(args.namespaces, this.installed);
    const dependsOn = [...cluster.podDependencies];
    const spaces = new Namespaces(`${name}-namespaces`, { namespaces }, { parent: this, dependsOn });
    const policies = new NetworkPolicies(
      `${name}-network-policies`,
      {
        namespaces: Object.fromEntries(
          Object.entries(namespaces).map(([space, { openings = [] }]) => [
            space,
            { resource: spaces.resource(space), openings },
          ]),
        ),
        identityEndpoints: cluster.identityEndpoints,
      },
      { parent: this },
    );
    const storage = new StorageClasses(
      `${name}-storage-classes`,
      { storage: cluster.storage, class: site.class },
      { parent: this, dependsOn },
    );

    const made = new Map<AddOnId, InstalledAddOn>();
    for (const id of this.installed) {
      const addOn = addOnTable[id];
      const needed = addOn.needs.flatMap((need) => made.get(need)?.last ?? []);
      made.set(
        id,
        addOn.install(
          `${name}-${addOn.name}`,
          {
            site,
            nodePools,
            workloadNamespaces: Object.keys(args.namespaces),
            kubernetesVersion,
            namespace: addOn.namespace?.name ?? "kube-system",
          },
          // The policies of its own namespace, which come after it, and what is last of other add-ons; no more than that, since
          // paths multiply: docs/decisions/dependency-paths.md
          {
            parent: this,
            dependsOn: [...(addOn.namespace === undefined ? dependsOn : policies.of(addOn.namespace.name)), ...needed],
          },
        ),
      );
    }
    this.#addOns = made;
    this.storageClasses = storage.names;
    this.#namespaces = spaces;
    this.registerOutputs({});
  }

  /** The name of a namespace as an output, so that what uses it is created after and deleted before. */
  namespace(name: string): pulumi.Output<string> {
    return this.#namespaces.named(name);
  }

  /** Name of the ClusterIssuer for certificates between workloads, as an output that orders. */
  get internalIssuer(): pulumi.Output<string> {
    const manager = this.#installed("cert-manager");
    if (manager instanceof CertificateManager) return manager.internalIssuer;
    throw new Error("the add-on cert-manager is not the one that has an issuer");
  }

  /** What is last of an add-on, for what has to come after it. Throws when it is not installed. */
  addOn(id: AddOnId): pulumi.Resource {
    return this.#installed(id).last;
  }

  #installed(id: AddOnId): InstalledAddOn {
    const found = this.#addOns.get(id);
    if (found === undefined) {
      throw new Error(
        `add-on "${id}" is not installed (there are ${this.installed.join(", ")}): the cluster brings it`,
      );
    }
    return found;
  }
}

/** Namespaces of the workloads and of the add-ons. A workload may not use an add-on's. */
function namespacesOf(
  workloads: PlatformLayerArgs["namespaces"],
  installed: readonly AddOnId[],
): Readonly<Record<string, WorkloadNamespace>> {
  const all: Record<string, WorkloadNamespace> = {};
  for (const { namespace, openings } of installed.map((id) => addOnTable[id])) {
    if (namespace === undefined) continue;
    if (namespace.name in workloads) {
      throw new Error(`namespace "${namespace.name}" belongs to an add-on: take it out of namespaces`);
    }
    all[namespace.name] = { enforce: namespace.enforce, openings };
  }
  return { ...all, ...workloads };
}
