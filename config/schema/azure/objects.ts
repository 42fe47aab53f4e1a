import { mostRecoveryDays } from "../../../components/azure/object-store.plan";
import { objectSettings } from "../data";

/** A container of objects, with the settings that it has on every cloud. Azure keeps what was deleted for a year at most. */
export function azureObjectSettings(defaults: Parameters<typeof objectSettings>[0]) {
  return objectSettings(defaults)
    .superRefine(({ keepVersionsDays }, context) => {
      if (keepVersionsDays <= mostRecoveryDays) return;
      context.addIssue({
        code: "custom",
        path: ["keepVersionsDays"],
        message: `keepVersionsDays (${String(keepVersionsDays)}) is more than the ${String(mostRecoveryDays)} days that Azure keeps deleted objects: lower it`,
      });
    })
    .meta({ description: "Container of objects" });
}
