import { catalogue } from "../../../stacks/catalogue";
import { aws } from "./aws";
import { azure } from "./azure";
import type { CloudFacts } from "./facts";
import { gcp } from "./gcp";

const byCloud = { aws, gcp, azure } as const satisfies Record<
  (typeof catalogue)[keyof typeof catalogue]["clouds"][number],
  CloudFacts
>;

export type StackName = keyof typeof catalogue;

/** Every stack, with the facts of the cloud that it stands on. */
export const stacks = Object.entries(catalogue).map(([name, { clouds }]) => {
  const [cloud] = clouds;
  const facts: CloudFacts = byCloud[cloud];
  return { name: name as StackName, facts };
});
