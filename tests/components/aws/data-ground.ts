import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { currentAccount } from "../../../components/aws/account";
import { Key, logsStatement } from "../../../components/aws/key";
import { Network } from "../../../components/aws/network";
import { SecretStore } from "../../../components/aws/secret-store";
import { subnetPlan, type Zone } from "../../../components/planning/address-plan";
import { documentLogGroups, shardedDatabaseLogGroups } from "../../../components/planning/names";
import { protectionOf, type StackClass } from "../../../components/planning/protection";
import type { Cloud } from "../../../offline/cloud/cloud";
import { Deployed } from "../../stacks/deployed";
import { runInProcess } from "../../support/in-process";

export const region = "eu-west-1";
export const zones: Zone[] = ["a", "b", "c"];

/** What data stores stand on: a network of three zones, keys, a security group and a store of secrets. */
export type Ground = ReturnType<typeof ground>;

/** Deploys stores; `errors` of the run say what was refused. */
export async function attempt(
  make: (made: Ground) => void,
  options: { readonly class?: StackClass; readonly cloud?: Cloud } = {},
): Promise<Deployed> {
  const program = () => {
    make(ground(options.class ?? "production"));
  };
  return new Deployed(await runInProcess(program, options.cloud === undefined ? {} : { cloud: options.cloud }));
}

/** The same for stores that must come up. */
export async function onGround(...args: Parameters<typeof attempt>): Promise<Deployed> {
  const stack = await attempt(...args);
  if (stack.run.errors.length > 0) throw new Error(stack.run.errors.join("\n"));
  return stack;
}

function ground(stackClass: StackClass) {
  const aws = new AwsProvider("aws", { region });
  const backup = new AwsProvider("aws-backup", { region: "eu-central-1" });
  const random = new RandomProvider("random");
  const account = currentAccount(region, { provider: aws });
  const onAws = { providers: { aws } };
  const protection = protectionOf(stackClass);
  const network = new Network(
    "network",
    {
      prefix: "test",
      region,
      cidr: "10.9.0.0/16",
      zones,
      subnets: subnetPlan("10.9.0.0/16", zones),
      nat: "single",
      clusterName: "test-eks",
    },
    onAws,
  );
  const key = (name: string, provider = aws, logGroups: readonly string[] = []) =>
    new Key(
      name,
      {
        account,
        prefix: "test",
        purpose: name,
        description: "Tests",
        statements: logGroups.length > 0 ? [logsStatement(account, logGroups)] : [],
        protection,
      },
      { providers: { aws: provider } },
    ).arn;
  const logGroups = [
    ...shardedDatabaseLogGroups("test", ["shard-0", "shard-1"], ["reports", "search"]),
    ...documentLogGroups("test"),
  ];
  const keyArn = key("data");
  const group = new SecurityGroup("stores", { vpcId: network.networkId, description: "Stores" }, { provider: aws });
  return {
    account,
    aws,
    backup,
    backupKeyArn: key("copies", backup),
    network,
    protection,
    stores: { providers: { aws, random } },
    shared: {
      account,
      prefix: "test",
      network,
      securityGroupId: group.id,
      keyArn,
      logsKeyArn: key("logs", aws, logGroups),
      secrets: new SecretStore("secrets", { account, prefix: "test", keyArn, protection }, onAws),
      protection,
    },
  };
}
