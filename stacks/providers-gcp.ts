import { Provider as GcpProvider } from "@pulumi/gcp/provider";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { stackTags } from "../components/planning/names";
import type { StackClass } from "../components/planning/protection";

/** What the providers of a stack on Google Cloud are made from. */
export interface GcpTarget {
  readonly system: string;
  readonly stack: string;
  readonly class: StackClass;
  readonly project: string;
  readonly region: string;
}

export type GcpProviders = ReturnType<typeof gcpProviders>;

/** The providers of a stack on Google Cloud. A component gets those that it needs, by package. */
export function gcpProviders({ system, stack, class: stackClass, project, region }: GcpTarget) {
  return {
    gcp: new GcpProvider("gcp", {
      project,
      region,
      defaultLabels: stackTags(system, stack, stackClass),
      // The label would say no more than `managed-by` does.
      addPulumiAttributionLabel: false,
      // APIs that charge calls to a project, Identity Platform's for one, refuse a user's own credentials without it.
      // https://docs.cloud.google.com/docs/quotas/set-quota-project
      userProjectOverride: true,
      billingProject: project,
    }),
    random: new RandomProvider("random"),
  };
}
