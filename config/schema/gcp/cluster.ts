import { z } from "zod";
import { apiAccesses, type ApiAccess } from "../../../components/contracts/kubernetes-cluster";
import { releaseChannels, type ReleaseChannel } from "../../../components/planning/release-channels";
import type { AddIssue } from "../data";
import { kubernetesVersion, publicApi } from "../kubernetes-api";
import { identifier, requirementOf, text } from "../values";

/** Members of IAM: https://docs.cloud.google.com/iam/docs/principal-identifiers */
const member = text(
  /^(user|group|serviceAccount):[^@\s]+@[^@\s]+$|^principal(Set)?:\/\/\S+$/,
  "a member of IAM such as group:platform@example.com",
);

/** The cluster of a site on Google Cloud: made here, there already, or none. */
export function gcpClusterSettings(defaults: {
  readonly name: string;
  readonly version: string;
  readonly releaseChannel: ReleaseChannel;
  readonly access: ApiAccess;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: z.enum(["create", "adopt", "skip"]).default("create").meta({
        description:
          "`adopt`: the regional cluster `name` exists already, runs `version` in the site's network, and has nodes, Dataplane V2 and Workload Identity Federation",
      }),
      name: text(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, "1 to 40 small letters, digits and hyphens, a letter first")
        .default(defaults.name)
        .meta({ description: "Name of the cluster, unique in project and region", ...requirement }),
      version: kubernetesVersion(defaults.version, requirement),
      releaseChannel: z.enum(releaseChannels).default(defaults.releaseChannel).meta({
        description: "How soon GKE upgrades the cluster; EXTENDED supports a version for two years, at a price",
      }),
      access: z.enum(apiAccesses).default(defaults.access).meta({
        description:
          "From where the Kubernetes API is reached: `network` (a runner in the site's network or a linked one), `bastion` (tunnels of a machine in it), `dns-endpoint` (a name that asks for an identity), `internet`",
        requirement: "PF-SEC-04",
      }),
      publicCidrs: publicApi.ranges(),
      operators: z.record(identifier, member).default({}).meta({
        description: "Who may open tunnels at the bastion, by a name of your choice that stays",
      }),
    })
    .superRefine(publicApi.check)
    .superRefine(({ access, operators }, context: AddIssue) => {
      const named = Object.keys(operators);
      if (access === "bastion" && named.length === 0) {
        const message =
          "is empty while access is bastion, so nobody opens a tunnel: name a group, or choose another access";
        context.addIssue({ code: "custom", path: ["operators"], message });
      }
      if (access !== "bastion" && named.length > 0) {
        const message = `names ${named.join(", ")} while access is ${access}, and there is no bastion: take them out, or set access to bastion`;
        context.addIssue({ code: "custom", path: ["operators"], message });
      }
    })
    .prefault({})
    .meta({ description: "Kubernetes cluster" });
}
