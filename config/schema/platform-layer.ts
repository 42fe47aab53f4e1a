import { z } from "zod";
import { identifier, requirementOf } from "./values";

/** Levels of the Pod Security Standards: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const podSecurityLevels = ["privileged", "baseline", "restricted"] as const;

/** Namespaces that every cluster has, and those that the platform's add-ons bring. */
const taken = new Set(["default", "kube-system", "kube-public", "kube-node-lease", "cert-manager", "external-secrets"]);

interface PlatformLayerDefaults {
  readonly namespaces: Record<string, { readonly enforce: (typeof podSecurityLevels)[number] }>;
  readonly requirement?: string;
}

/** What runs on every cluster before the workloads. */
export function platformLayerSettings(defaults: PlatformLayerDefaults) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      namespaces: z
        .record(
          identifier,
          z.strictObject({
            enforce: z.enum(podSecurityLevels).default("restricted").meta({
              description: "Pods below this level of the Pod Security Standards are refused",
            }),
          }),
        )
        .superRefine((namespaces, context) => {
          for (const name of Object.keys(namespaces).filter((each) => taken.has(each))) {
            context.addIssue({
              code: "custom",
              path: [name],
              message: `"${name}" belongs to the cluster or to an add-on: take another name`,
            });
          }
        })
        .default(defaults.namespaces)
        .meta({
          description:
            "Namespaces of the workloads; each denies all traffic but cluster DNS until a workload opens more",
          ...requirement,
        }),
    })
    .prefault({})
    .meta({ description: "Platform layer" });
}
