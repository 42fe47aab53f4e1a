import { z } from "zod";
import { stateBackendSettings } from "./state-backend-settings";
import { accountId, region } from "./values";

/** Settings of the bucket and the key that hold another stack's state on AWS. `platform backend bootstrap` writes them. */
export const stateBackend = z.strictObject({
  blueprint: z.literal("state-backend").meta({ description: "The code that the stack runs" }),
  ...stateBackendSettings,
  region: region.meta({ description: "Region of the bucket and of the key" }),
  accounts: z.array(accountId).default([]).meta({
    description: "Accounts the stack may be deployed to; any, when the list is empty",
  }),
});

export type StateBackendConfig = z.output<typeof stateBackend>;
