import { z } from "zod";
import { stateBackendSettings } from "./state-backend-settings";
import { azureRegion, guid, identifier, text } from "./values";

const operator = z.strictObject({
  principalId: guid.meta({ description: "Object id in Microsoft Entra" }),
  type: z.enum(["Group", "User", "ServicePrincipal"]).meta({ description: "What the object is" }),
});

/** Who works on a stack. */
export type StateOperator = Readonly<z.output<typeof operator>>;

/** Storage accounts take ranges up to /30 alone: https://learn.microsoft.com/azure/storage/common/storage-network-security-limitations */
const internetRange = text(
  /^(?:\d{1,3}\.){3}\d{1,3}(?:\/(?:[0-9]|[12]\d|30))?$/,
  "an IPv4 address, or a range of /30 or larger",
);

/**
 * Settings of the storage account and the vault that hold another stack's state on Azure. `platform backend bootstrap` writes
 * them.
 */
export const stateBackendAzure = z.strictObject({
  blueprint: z.literal("state-backend-azure").meta({ description: "The code that the stack runs" }),
  ...stateBackendSettings,
  subscription: guid.optional().meta({
    description: "Subscription that both are made in; left out, that of whoever deploys",
  }),
  region: azureRegion.meta({ description: "Region of both, with three zones" }),
  siteContract: z.enum(["delivered", "none"]).default("none").meta({
    description:
      "`delivered`: there is a second storage account, for the contract of the stack's site. It accepts shared keys, by which the SDK writes it",
  }),
  operators: z.record(identifier, operator).default({}).meta({
    description: "Who may use the state and its key, by a name of your choice that stays",
  }),
  reachableFrom: z.array(internetRange).default([]).meta({
    description: "IPv4 addresses and ranges on the internet that state and key answer; any, when the list is empty",
  }),
});

export type StateBackendAzureConfig = z.output<typeof stateBackendAzure>;
