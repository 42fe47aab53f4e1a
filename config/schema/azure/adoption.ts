import { z } from "zod";
import { keyPurposes } from "../../../components/contracts/key-ring";
import { checkRegistry, registryFields, zoneName } from "../adoption";
import type { AddIssue } from "../data";
import { resourceGroup, text } from "../values";

/** Rules of names: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const vaultName = text(
  /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
  "the name of a key vault: 3 to 24 letters, digits and hyphens",
);
const keyName = text(/^[A-Za-z0-9-]{1,127}$/, "the name of a key: letters, digits and hyphens");
const registryName = text(/^[A-Za-z0-9]{5,50}$/, "the name of a registry: 5 to 50 letters and digits");

/** Keys of a site that exist already. */
export function azureKeyAdoption() {
  return z
    .partialRecord(
      z.enum(keyPurposes),
      z.strictObject({
        resourceGroup: resourceGroup.meta({ description: "Resource group of the vault" }),
        vault: vaultName.meta({ description: "Name of the vault, which has purge protection and no access policies" }),
        key: keyName.meta({ description: "Name of the key" }),
      }),
    )
    .refine(
      (keys) => {
        const named = Object.values(keys).map(({ vault, key }) => `${vault}/${key}`.toLowerCase());
        return new Set(named).size === named.length;
      },
      { error: "names a key twice, so that a right to one opens both: name a key for each purpose" },
    )
    .default({})
    .meta({ description: "Existing keys by what they are for; the others are new" });
}

/** Repositories of a registry on Azure. */
export function azureImageSettings(defaults: {
  readonly mode: "create" | "adopt" | "skip";
  readonly images: string[];
}) {
  return z
    .strictObject({
      ...registryFields(
        defaults,
        text(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, "the name of a repository in small letters"),
        "Names of existing repositories in `registry` by the image, with mode adopt",
      ),
      registry: z
        .strictObject({
          resourceGroup: resourceGroup.meta({ description: "Resource group of the registry" }),
          name: registryName.meta({ description: "Name of the registry" }),
        })
        .optional()
        .meta({ description: "The existing registry, with mode adopt" }),
    })
    .superRefine(checkRegistry)
    .superRefine(({ mode, registry }, context) => {
      const isNamed = registry !== undefined;
      if (isNamed === (mode === "adopt")) return;
      const message = isNamed
        ? `is given while mode is ${mode}: set mode to adopt, or take it out`
        : "is missing while mode is adopt: name the existing registry";
      context.addIssue({ code: "custom", path: ["registry"], message });
    })
    .prefault({})
    .meta({ description: "Registry of container images" });
}

/** A public zone of Azure DNS. */
export function azureZoneSettings(defaults: { readonly mode: "create" | "adopt" | "skip" }) {
  return z
    .strictObject({
      mode: z
        .enum(["create", "adopt", "skip"])
        .default(defaults.mode)
        .meta({ description: "`adopt`: the subscription has the zone already, and nothing of it is changed" }),
      name: zoneName.optional().meta({ description: "Name of the zone" }),
      resourceGroup: resourceGroup.optional().meta({
        description: "Resource group of the zone to adopt; left out, that of the site",
      }),
    })
    .superRefine(({ mode, name, resourceGroup: group }, context: AddIssue) => {
      const fault = (path: string, message: string) => {
        context.addIssue({ code: "custom", path: [path], message });
      };
      if (mode !== "skip" && name === undefined) {
        fault("name", `is missing while mode is ${mode}: give the zone's name, or set mode to skip`);
      }
      if (mode !== "adopt" && group !== undefined) {
        fault("resourceGroup", `is given while mode is ${mode}: set mode to adopt, or take it out`);
      }
    })
    .prefault({})
    .meta({ description: "Public DNS zone" });
}
