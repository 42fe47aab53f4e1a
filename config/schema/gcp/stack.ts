import type { StackClass } from "../../../components/planning/protection";
import { guardedStackSettings } from "../stack";
import { gcpRegion, projectId, requirementOf } from "../values";

/** Settings that every blueprint on Google Cloud has. */
export function gcpStackSettings(defaults: {
  readonly class: StackClass;
  readonly region: string;
  readonly backupRegion: string;
  readonly requirement?: string;
}) {
  return {
    ...guardedStackSettings(defaults),
    project: projectId.meta({
      description: "Id of the project that everything is made in; it holds the clusters of this stack alone",
    }),
    region: gcpRegion.default(defaults.region).meta({
      description: "Region of everything in the stack; zones are its letters",
      ...requirementOf(defaults.requirement),
    }),
    backupRegion: gcpRegion.default(defaults.backupRegion).meta({
      description: "Region that backups and credentials are copied to, with keys of its own",
    }),
  };
}
