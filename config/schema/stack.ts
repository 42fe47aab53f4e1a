import { z } from "zod";
import { protectionSwitch, stackClasses, type StackClass } from "../../components/planning/protection";
import { accountId, region, requirementOf } from "./values";

/** Settings that every blueprint has, on any cloud. */
export function guardedStackSettings(defaults: { class: StackClass }) {
  return {
    class: z.enum(stackClasses).default(defaults.class).meta({
      description: "What the stack is for: decides deletion protection, final snapshots, retention, standby",
    }),
    protection: z.enum(protectionSwitch).default("on").meta({
      description: "`off` takes the guards against deletion down, in an update of its own before `destroy`",
    }),
  };
}

/** Settings that every blueprint on AWS has. */
export function stackSettings(defaults: {
  class: StackClass;
  region: string;
  backupRegion: string;
  requirement?: string;
}) {
  return {
    ...guardedStackSettings(defaults),
    region: region.default(defaults.region).meta({
      description: "Region of everything in the stack; zones are its letters",
      ...requirementOf(defaults.requirement),
    }),
    backupRegion: region.default(defaults.backupRegion).meta({
      description: "Region that automatic database backups are copied to, with a key of its own",
    }),
    accounts: z.array(accountId).default([]).meta({
      description: "Accounts the stack may be deployed to; any, when the list is empty",
    }),
  };
}
