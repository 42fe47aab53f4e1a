import { z } from "zod";
import { protectionSwitch, stackClasses } from "../../components/planning/protection";
import { identifier } from "./values";

/** Settings of whatever holds another stack's state, on any cloud. */
export const stateBackendSettings = {
  owner: identifier.meta({ description: "The stack whose state it is" }),
  system: identifier.meta({ description: "The system of that stack" }),
  class: z.enum(stackClasses).default("production").meta({
    description: "The class of that stack, for the tags; the state of every class is protected as in production",
  }),
  protection: z.enum(protectionSwitch).default("on").meta({
    description: "`off` takes the guards against deletion down, in an update of its own before `destroy`",
  }),
} as const;
