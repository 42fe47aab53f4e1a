import { z } from "zod";
import { apiAccesses, type ApiAccess } from "../../../components/contracts/kubernetes-cluster";
import { kubernetesVersion, publicApi } from "../kubernetes-api";
import { guid, identifier, requirementOf, resourceGroup, text } from "../values";

/** The cluster of a site on Azure: made here, there already, or none. */
export function azureClusterSettings(defaults: {
  readonly name: string;
  readonly version: string;
  readonly tier: "Free" | "Standard";
  readonly access: ApiAccess;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: z.enum(["create", "adopt", "skip"]).default("create").meta({
        description:
          "`adopt`: the cluster `name` exists already, runs `version` in the site's network, and has nodes, its issuer and workload identity switched on",
      }),
      // The node resource group, `<name>-nodes`, has 80 letters at most.
      name: text(
        /^[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?$/,
        "1 to 63 letters, digits, - and _, a letter or digit at both ends",
      )
        .default(defaults.name)
        .meta({ description: "Name of the cluster, unique in its resource group", ...requirement }),
      resourceGroup: resourceGroup.optional().meta({
        description: "Resource group of the cluster to adopt; left out, that of the site",
      }),
      version: kubernetesVersion(defaults.version, requirement),
      tier: z.enum(["Free", "Standard"]).default(defaults.tier).meta({
        description: "`Free` has no promise of availability and is meant for at most ten nodes",
      }),
      access: z.enum(apiAccesses).default(defaults.access).meta({
        description:
          "From where the Kubernetes API is reached: `network` (a runner in the site's network or a linked one), `bastion` (tunnels of Azure Bastion), `internet`",
        requirement: "PF-SEC-04",
      }),
      publicCidrs: publicApi.ranges(),
      logIn: z.enum(["azurecli", "workloadidentity"]).default("azurecli").meta({
        description:
          "How whoever deploys logs in to the cluster: as `az login` did, or as a runner's workload identity",
      }),
      admins: z
        .record(
          identifier,
          z.strictObject({
            principalId: guid.meta({ description: "Object id in Microsoft Entra" }),
            type: z.enum(["Group", "User", "ServicePrincipal"]).meta({ description: "What the object is" }),
          }),
        )
        .default({})
        .meta({ description: "Who has all rights in the cluster, by a name of your choice that stays" }),
    })
    .superRefine(publicApi.check)
    .superRefine(({ mode, admins, resourceGroup: group }, context) => {
      const named = Object.keys(admins);
      if (mode === "create" && named.length === 0) {
        const message =
          "is empty while mode is create, and local accounts are off, so nobody could work in the cluster, whoever deploys included: name their group";
        context.addIssue({ code: "custom", path: ["admins"], message });
      }
      if (mode !== "create" && named.length > 0) {
        const message = `names ${named.join(", ")} while mode is ${mode}, so nobody lets them in: take them out, or let the cluster's owner add them`;
        context.addIssue({ code: "custom", path: ["admins"], message });
      }
      if (mode !== "adopt" && group !== undefined) {
        const message = `is given while mode is ${mode}: set mode to adopt, or take it out`;
        context.addIssue({ code: "custom", path: ["resourceGroup"], message });
      }
    })
    .prefault({})
    .meta({ description: "Kubernetes cluster" });
}
