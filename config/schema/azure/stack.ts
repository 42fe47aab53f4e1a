import { z } from "zod";
import type { StackClass } from "../../../components/planning/protection";
import { siteRoles, type SiteRole } from "../../../components/planning/role";
import { guardedStackSettings } from "../stack";
import { azureRegion, guid, requirementOf } from "../values";

/** Settings that every blueprint on Azure has. */
export function azureStackSettings(defaults: {
  readonly class: StackClass;
  readonly role: SiteRole;
  readonly region: string;
  readonly requirement?: string;
}) {
  return {
    ...guardedStackSettings(defaults),
    role: z.enum(siteRoles).default(defaults.role).meta({
      description:
        "`standby`: every store follows the other sites at the smallest size that it can grow from; `active`: production size. A switch replaces nothing",
      requirement: "PF-DR-03",
    }),
    subscription: guid.optional().meta({
      description: "Subscription the stack is deployed to; left out, that of whoever deploys",
    }),
    region: azureRegion.default(defaults.region).meta({
      description: "Region of everything in the stack",
      ...requirementOf(defaults.requirement),
    }),
  };
}
