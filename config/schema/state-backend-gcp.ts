import { z } from "zod";
import { stateBackendSettings } from "./state-backend-settings";
import { gcpRegion, projectId } from "./values";

/** Settings of the bucket and the key that hold another stack's state on Google Cloud. `platform backend bootstrap` writes them. */
export const stateBackendGcp = z.strictObject({
  blueprint: z.literal("state-backend-gcp").meta({ description: "The code that the stack runs" }),
  ...stateBackendSettings,
  project: projectId.meta({ description: "Id of the project that both are made in" }),
  region: gcpRegion.meta({ description: "Region of the bucket and of the key" }),
});

export type StateBackendGcpConfig = z.output<typeof stateBackendGcp>;
