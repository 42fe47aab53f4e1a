// In one process with the program, the EKS component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as EksProvider } from "@pulumi/eks/provider";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { currentAccount } from "../../../components/aws/account";
import { AuditStore } from "../../../components/aws/audit-store";
import { Key, logsStatement } from "../../../components/aws/key";
import { Network, type NatMode } from "../../../components/aws/network";
import { subnetPlan, type Zone } from "../../../components/planning/address-plan";
import {
  controlPlaneLogGroup,
  databaseInstances,
  databaseLogGroup,
  databaseLogs,
} from "../../../components/planning/names";
import { protectionOf, type StackClass } from "../../../components/planning/protection";
import type { Cloud } from "../../../offline/cloud/cloud";
import { Deployed } from "../../stacks/deployed";
import { runInProcess } from "../../support/in-process";

export const region = "eu-west-1";
export const backupRegion = "eu-central-1";
export const range = "10.9.0.0/16";
/** The account of every program that runs in the process. */
export const accountId = "111122223333";

export interface GroundOptions {
  /** Default: `a` and `b`. */
  readonly zones?: Zone[];
  /** Default: `single`. */
  readonly nat?: NatMode;
  /** Default: `staging`. */
  readonly class?: StackClass;
  /** What exists already. Default: nothing. */
  readonly cloud?: Cloud;
  /** Default: `test`. */
  readonly stack?: string;
}

/** What components stand on: a network, a key, an account in a region, providers. */
export type Ground = ReturnType<typeof ground>;

/** Deploys components on a small network; `errors` of the run say what was refused. */
export async function attempt(make: (made: Ground) => void, options: GroundOptions = {}): Promise<Deployed> {
  const { cloud, stack } = options;
  const program = () => {
    make(ground(options));
  };
  const run = await runInProcess(program, {
    ...(cloud === undefined ? {} : { cloud }),
    ...(stack === undefined ? {} : { stack }),
  });
  return new Deployed(run);
}

/** The same for components that must come up. */
export async function onNetwork(...args: Parameters<typeof attempt>): Promise<Deployed> {
  const stack = await attempt(...args);
  if (stack.run.errors.length > 0) throw new Error(stack.run.errors.join("\n"));
  return stack;
}

function ground({ zones = ["a", "b"], nat = "single", class: stackClass = "staging", stack }: GroundOptions) {
  const prefix = stack ?? "test";
  const aws = new AwsProvider("aws", { region });
  const backup = new AwsProvider("aws-backup", { region: backupRegion });
  const eks = new EksProvider("eks");
  const random = new RandomProvider("random");
  const account = currentAccount(region, { provider: aws });
  const onAws = { providers: { aws } };
  const network = new Network(
    "network",
    { prefix, region, cidr: range, zones, subnets: subnetPlan(range, zones), nat, clusterName: "test-eks" },
    onAws,
  );
  const protection = protectionOf(stackClass);
  const key = new Key(
    "key",
    {
      account,
      prefix,
      purpose: "data",
      description: "Tests",
      statements: [
        logsStatement(account, [
          controlPlaneLogGroup("test-eks"),
          ...databaseLogs.map((log) => databaseLogGroup(databaseInstances("test").source, log)),
        ]),
      ],
      protection,
    },
    onAws,
  );
  return { account, aws, backup, eks, key, network, onAws, protection, random };
}

/** Logical names of all resources of a component, itself left out, without those of the ground. */
export function childrenOf(stack: Deployed, component: string): readonly string[] {
  const { resources } = stack.run;
  const under = (urn: string): readonly string[] =>
    resources.filter(({ parent }) => parent === urn).flatMap(({ name, urn: child }) => [name, ...under(child)]);
  return [...under(stack.component(component).urn)].sort();
}

/** Where records of the account go. */
export function auditStore({ account, onAws, protection }: Ground): AuditStore {
  return new AuditStore(
    "audit",
    { account, prefix: "test", bucketName: "test-audit-1", retentionDays: 2190, protection },
    onAws,
  );
}
