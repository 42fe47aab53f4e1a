import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as EksProvider } from "@pulumi/eks/provider";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { stackTags } from "../components/planning/names";
import type { StackClass } from "../components/planning/protection";

/** What the providers of a stack on AWS are made from. */
export interface AwsTarget {
  readonly system: string;
  readonly stack: string;
  readonly class: StackClass;
  readonly region: string;
  readonly backupRegion: string;
  /** Accounts the stack may be deployed to; any, when empty. */
  readonly accounts: readonly string[];
}

export type AwsProviders = ReturnType<typeof awsProviders>;

/** The providers of a stack on AWS. A component gets those that it needs, by package. */
export function awsProviders(target: AwsTarget) {
  const aws = (name: string, region: string) =>
    new AwsProvider(name, {
      region,
      defaultTags: { tags: stackTags(target.system, target.stack, target.class) },
      ...(target.accounts.length > 0 ? { allowedAccountIds: [...target.accounts] } : {}),
    });
  return {
    aws: aws("aws", target.region),
    /** The other region, for copies of backups. */
    backup: aws("aws-backup", target.backupRegion),
    /** A further region, for copies of tables. */
    inRegion: (region: string) => aws(`aws-${region}`, region),
    eks: new EksProvider("eks"),
    random: new RandomProvider("random"),
  };
}
