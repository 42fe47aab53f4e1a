import { z } from "zod";

/** The key vaults of a site: one for keys, one for secrets. */
export function vaultSettings(defaults: { readonly keys: "standard" | "premium" }) {
  return z
    .strictObject({
      keys: z.enum(["standard", "premium"]).default(defaults.keys).meta({
        description: "`premium`: keys never leave hardware modules, and cost more; a change replaces them",
        requirement: "PF-SEC-05",
      }),
      createMode: z.enum(["default", "recover"]).default("default").meta({
        description:
          "`recover` brings deleted vaults of the same names back with all that was in them: as long as they can be restored, their names are taken",
      }),
      renewSecretsBy: z.iso.date('give a day in quotes, such as "2027-11-20"').optional().meta({
        description:
          "Day by which passwords are made anew, the expiry of secrets: Key Vault announces it 30 days before, and lets them be read after it",
      }),
    })
    .prefault({})
    .meta({ description: "Key vaults" });
}
