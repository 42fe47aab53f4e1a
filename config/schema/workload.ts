import { z } from "zod";
import { text, wholeNumber } from "./values";

const quantity = text(/^\d+(\.\d+)?(m|[kKMGT]i?)?$/, "a Kubernetes quantity such as 100m or 128Mi");

interface WorkloadDefaults {
  readonly repository: string;
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly cpu: string; readonly memory: string };
  };
  readonly requirement: string;
}

/** Settings of one service of a system. */
export function workloadSettings(name: string, defaults: WorkloadDefaults) {
  const { requirement } = defaults;
  const compute = (of: "requests" | "limits", what: string) =>
    z
      .strictObject({
        cpu: quantity
          .default(defaults.resources[of].cpu)
          .meta({ description: `CPU ${what}`, unit: "quantity", requirement }),
        memory: quantity
          .default(defaults.resources[of].memory)
          .meta({ description: `Memory ${what}`, unit: "quantity", requirement }),
      })
      .prefault({})
      .meta({ description: `What a pod ${of === "requests" ? "is given" : "may use at most"}` });
  return z
    .strictObject({
      image: z
        .strictObject({
          repository: text(/^[a-z0-9]+([._/:-][a-z0-9]+)*$/, "a repository without tag or digest")
            .default(defaults.repository)
            .meta({
              description: "Repository of the image",
              requirement,
            }),
          digest: text(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits")
            .optional()
            .meta({
              description:
                "Digest of the image, from `docker buildx imagetools inspect <repository>:<tag>`. The documented tag `latest` needs allowMutableTags",
            }),
          tag: text(/^\w[\w.-]{0,127}$/, "a tag of at most 128 letters, digits, _, . and -")
            .optional()
            .meta({
              description: "Tag of the image, in place of the digest",
            }),
          allowMutableTags: z.boolean().default(false).meta({
            description: "Lets a tag stand for a digest: pods started later may then run another image",
          }),
        })
        .superRefine(({ digest, tag, allowMutableTags }, context) => {
          const fault = (path: string, message: string) => {
            context.addIssue({ code: "custom", path: [path], message });
          };
          if (digest !== undefined && tag !== undefined)
            fault("tag", `tag "${tag}" and digest ${digest} are both given: keep the digest`);
          else if (tag !== undefined && !allowMutableTags)
            fault(
              "tag",
              `tag "${tag}" can be moved to another image: give its digest instead, or set allowMutableTags to true`,
            );
          else if (digest === undefined && tag === undefined)
            fault("digest", "is missing: give the digest of the image to run (sha256: and 64 hexadecimal digits)");
        })
        .meta({ description: "Image of the service" }),
      replicas: z
        .strictObject({
          min: wholeNumber(1, 1000).default(3).meta({ description: "Fewest pods", unit: "pods", requirement }),
          max: wholeNumber(1, 1000).default(10).meta({ description: "Most pods", unit: "pods", requirement }),
        })
        .superRefine(({ min, max }, context) => {
          if (min <= max) return;
          context.addIssue({
            code: "custom",
            path: ["min"],
            message: `min (${String(min)}) is above max (${String(max)}): lower min or raise max`,
          });
        })
        .prefault({})
        .meta({ description: "Bounds of the horizontal autoscaler" }),
      resources: z
        .strictObject({ requests: compute("requests", "that is reserved"), limits: compute("limits", "at most") })
        .prefault({})
        .meta({ description: "CPU and memory of a pod" }),
    })
    .meta({ description: `The ${name} service` });
}
