import { z } from "zod";
import { eksVersionFault } from "./eks-versions";
import { cidr, identifier, requirementOf, roleArn, text, wholeNumber } from "./values";

/** Logs that a control plane can write: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
const controlPlaneLogs = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

const everywhere = "0.0.0.0/0";

interface NodeGroupDefaults {
  readonly instanceTypes: string[];
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly requirement?: string;
}

interface ClusterDefaults {
  readonly name: string;
  readonly version: string;
  readonly documentedVersion?: string;
  readonly logs: (typeof controlPlaneLogs)[number][];
  readonly requirement?: string;
}

export function nodeGroupSettings(defaults: NodeGroupDefaults) {
  const requirement = requirementOf(defaults.requirement);
  return {
    instanceTypes: z
      .array(text(/^[a-z0-9-]+\.[a-z0-9]+$/, "an instance type such as t3.medium"))
      .min(1, "give at least one instance type")
      .default(defaults.instanceTypes)
      .meta({ description: "Machine types, in order of preference", ...requirement }),
    desired: wholeNumber(0, 450)
      .default(defaults.desired)
      .meta({
        description: "Nodes at first; afterwards the autoscaler owns the number",
        unit: "nodes",
        ...requirement,
      }),
    min: wholeNumber(0, 450)
      .default(defaults.min)
      .meta({ description: "Fewest nodes", unit: "nodes", ...requirement }),
    max: wholeNumber(1, 450)
      .default(defaults.max)
      .meta({ description: "Most nodes", unit: "nodes", ...requirement }),
    diskGiB: wholeNumber(20, 16384)
      .default(30)
      .meta({ description: "Size of the root volume", unit: "GiB", ...requirement }),
    diskType: z
      .enum(["gp3", "gp2"])
      .default("gp3")
      .meta({ description: "Type of the root volume", ...requirement }),
    amiType: text(
      /^(AL2023|BOTTLEROCKET)_[A-Za-z0-9_]+$/,
      "an AL2023_ or BOTTLEROCKET_ type; AL2 images ended on 2025-11-26",
    )
      .default("AL2023_x86_64_STANDARD")
      .meta({ description: "Family of EKS-optimised images", ...requirement }),
  };
}

type Bounds = Readonly<Record<"desired" | "min" | "max", number>>;

/** Whether min <= desired <= max. */
export function checkNodeCounts(
  { desired, min, max }: Bounds,
  context: { addIssue: (issue: { code: "custom"; path: string[]; message: string }) => void },
): void {
  const fault = (path: string, message: string) => {
    context.addIssue({ code: "custom", path: [path], message });
  };
  if (min > max) fault("min", `min (${String(min)}) is above max (${String(max)}): lower min or raise max`);
  else if (desired < min)
    fault("desired", `desired (${String(desired)}) is below min (${String(min)}): raise desired or lower min`);
  else if (desired > max)
    fault("desired", `desired (${String(desired)}) is above max (${String(max)}): lower desired or raise max`);
}

export function clusterSettings(defaults: ClusterDefaults) {
  const requirement = requirementOf(defaults.requirement);
  const outdated =
    defaults.documentedVersion === undefined
      ? ""
      : `. Documented is ${defaults.documentedVersion}, which EKS no longer offers; it needs allowUnsupportedVersion`;
  return {
    name: text(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, "1 to 100 letters, digits, - and _, a letter or digit first")
      .default(defaults.name)
      .meta({ description: "Name of the cluster, unique in account and region", ...requirement }),
    version: text(/^1\.\d\d$/, 'a minor version in quotes, such as "1.36"')
      .default(defaults.version)
      .meta({ description: `Kubernetes version, minor only${outdated}`, ...requirement }),
    allowUnsupportedVersion: z.boolean().default(false).meta({
      description: "Lets a version through that EKS does not support; creating such a cluster fails on AWS",
    }),
    supportType: z.enum(["STANDARD", "EXTENDED"]).default("STANDARD").meta({
      description: "After standard support AWS upgrades the cluster (STANDARD) or bills extra (EXTENDED)",
    }),
    endpoint: z
      .strictObject({
        private: z
          .boolean()
          .default(true)
          .meta({ description: "Whether the API answers inside the network", ...requirement }),
        public: z
          .boolean()
          .default(true)
          .meta({ description: "Whether the API answers on the internet; IAM decides who gets in", ...requirement }),
        publicCidrs: z
          .array(cidr)
          .min(1, "give at least one range, or set public to false")
          .default([everywhere])
          .meta({
            description: "Ranges of the internet that reach a public API",
            unit: "CIDR",
          }),
      })
      .prefault({})
      .superRefine((endpoint, context) => {
        const { publicCidrs } = endpoint;
        if (endpoint.private || (endpoint.public && publicCidrs.includes(everywhere))) return;
        context.addIssue({
          code: "custom",
          path: ["private"],
          message: endpoint.public
            ? `is false, so that nodes reach the API from the addresses of the NAT gateways, which publicCidrs (${publicCidrs.join(", ")}) cannot name before they exist: set it to true`
            : "private and public are both false, so nobody could reach the API: set one of them to true",
        });
      })
      .meta({ description: "Who reaches the Kubernetes API" }),
    logs: z
      .array(z.enum(controlPlaneLogs))
      .default(defaults.logs)
      .meta({ description: "Logs of the control plane", ...requirement }),
    admins: z.record(identifier, roleArn).default({}).meta({
      description:
        "IAM roles with full rights in the cluster, by a name of your choice that stays; whoever creates the cluster has them too",
    }),
  };
}

/** How the number of nodes follows the pods. */
export function autoscalerSettings(defaults: { readonly maxNodes: number; readonly requirement?: string }) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      maxNodes: wholeNumber(1, 1000)
        .default(defaults.maxNodes)
        .meta({ description: "Most nodes of all groups together", unit: "nodes", ...requirement }),
      scaleUpAfterSeconds: wholeNumber(0, 3600)
        .default(30)
        .meta({ description: "How long a pod must have been pending", unit: "seconds", ...requirement }),
      scaleDownBelowPercent: wholeNumber(1, 100)
        .default(50)
        .meta({ description: "Use below which a node may go", unit: "%", ...requirement }),
      scaleDownAfterMinutes: wholeNumber(1, 1440)
        .default(10)
        .meta({ description: "How long a node must have been below it", unit: "minutes", ...requirement }),
    })
    .prefault({})
    .meta({ description: "Cluster autoscaler; spot nodes come first" });
}

/** The check of a whole cluster's settings. */
export function checkVersion(
  cluster: {
    readonly version: string;
    readonly allowUnsupportedVersion: boolean;
    readonly supportType: "STANDARD" | "EXTENDED";
  },
  context: { addIssue: (issue: { code: "custom"; path: string[]; message: string }) => void },
): void {
  if (cluster.allowUnsupportedVersion) return;
  const fault = eksVersionFault(cluster.version, cluster.supportType);
  if (fault !== undefined) context.addIssue({ code: "custom", path: ["version"], message: fault });
}
