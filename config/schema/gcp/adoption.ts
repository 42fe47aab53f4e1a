import { z } from "zod";
import { keyPurposes } from "../../../components/contracts/key-ring";
import { checkRegistry, registryFields, zoneName } from "../adoption";
import type { AddIssue } from "../data";
import { text } from "../values";
import { resourceName } from "./network";

/** Keys of a site that exist already. */
export function gcpKeyAdoption() {
  return z
    .partialRecord(
      z.enum(keyPurposes),
      text(
        /^projects\/[a-z0-9-]+\/locations\/[a-z0-9-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/,
        "the id of a key: projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>",
      ),
    )
    .refine((keys) => new Set(Object.values(keys)).size === Object.keys(keys).length, {
      error: "names a key twice, so that a right to one opens both: name a key for each purpose",
    })
    .default({})
    .meta({
      description:
        "Ids of existing keys by what they are for; the others are new. Names of keys are never given away again: a site that is made anew adopts those it had",
    });
}

/** Repositories on Artifact Registry. */
export function gcpImageSettings(defaults: { readonly mode: "create" | "adopt" | "skip"; readonly images: string[] }) {
  const repository = z.strictObject({
    repository: resourceName.meta({ description: "Name of the repository in the stack's region" }),
    image: text(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, "the name of an image in it").meta({
      description: "Name of the image in it",
    }),
  });
  return z
    .strictObject(
      registryFields(defaults, repository, "Existing repositories of Artifact Registry by the image, with mode adopt"),
    )
    .superRefine(checkRegistry)
    .prefault({})
    .meta({ description: "Registry of container images" });
}

/** A public zone of Cloud DNS. */
export function gcpZoneSettings(defaults: { readonly mode: "create" | "adopt" | "skip" }) {
  return z
    .strictObject({
      mode: z
        .enum(["create", "adopt", "skip"])
        .default(defaults.mode)
        .meta({ description: "`adopt`: the project has the zone already, and nothing of it is changed" }),
      name: zoneName.optional().meta({ description: "Name of the zone" }),
      zoneId: resourceName.optional().meta({ description: "Name of the zone to adopt, as Cloud DNS has it" }),
    })
    .superRefine(({ mode, name, zoneId }, context: AddIssue) => {
      const fault = (path: string, message: string) => {
        context.addIssue({ code: "custom", path: [path], message });
      };
      if (mode !== "skip" && name === undefined) {
        fault("name", `is missing while mode is ${mode}: give the zone's name, or set mode to skip`);
      }
      if (mode === "adopt" && zoneId === undefined) {
        fault("zoneId", "is missing while mode is adopt: give the zone's name in Cloud DNS");
      }
      if (mode !== "adopt" && zoneId !== undefined) {
        fault("zoneId", `is given while mode is ${mode}: set mode to adopt, or take it out`);
      }
    })
    .prefault({})
    .meta({ description: "Public DNS zone" });
}
