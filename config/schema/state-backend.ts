import { z } from "zod";
import { protectionSwitch, stackClasses } from "../../components/planning/protection";
import { accountId, identifier, region, wholeNumber } from "./values";

/** Settings of the bucket and the key that hold another stack's state. `platform backend bootstrap` writes them. */
export const stateBackend = z.strictObject({
  blueprint: z.literal("state-backend").meta({ description: "The code that the stack runs" }),
  owner: identifier.meta({ description: "The stack whose state it is" }),
  system: identifier.meta({ description: "The system of that stack" }),
  class: z.enum(stackClasses).default("production").meta({
    description: "The class of that stack, for the tags; the state of every class is protected as in production",
  }),
  protection: z.enum(protectionSwitch).default("on").meta({
    description: "`off` takes the guards against deletion down, in an update of its own before `destroy`",
  }),
  region: region.meta({ description: "Region of the bucket and of the key" }),
  accounts: z.array(accountId).default([]).meta({
    description: "Accounts the stack may be deployed to; any, when the list is empty",
  }),
  keepVersionsDays: wholeNumber(7, 3650).default(90).meta({
    description: "How long a state that a newer one replaced can be brought back",
    unit: "days",
  }),
});

export type StateBackendConfig = z.output<typeof stateBackend>;
