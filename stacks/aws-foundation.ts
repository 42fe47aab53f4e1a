import type { Input, ProviderResource } from "@pulumi/pulumi";
import type { Account } from "../components/aws/account";
import { AdoptedNetwork, type AdoptedSubnets } from "../components/aws/adopted-network";
import { FlowLogs } from "../components/aws/flow-logs";
import { Network, type AwsNetwork } from "../components/aws/network";
import { NetworkAcls } from "../components/aws/network-acls";
import { SecurityGroups } from "../components/aws/security-groups";
import { SiteKeys } from "../components/aws/site-keys";
import type { KeyPurpose } from "../components/contracts/key-ring";
import { subnetPlan } from "../components/planning/address-plan";
import { controlPlaneLogGroup, siteLogGroups } from "../components/planning/names";
import type { AclNeed } from "../components/planning/network-acl-rules";
import type { Protection } from "../components/planning/protection";
import type { SecurityNeeds } from "../components/planning/security-rules";
import type { NetworkSettings } from "../config/schema/network";

export interface FoundationArgs {
  readonly account: Account;
  readonly prefix: string;
  /** Name of the cluster that will stand on it: subnets are tagged with it, its log group is under the logs key. */
  readonly clusterName: string;
  readonly network: NetworkSettings;
  /** Keys that exist already, in place of ones of its own. */
  readonly adoptedKeys?: Readonly<Partial<Record<KeyPurpose, string>>>;
  readonly security: SecurityNeeds;
  /** Group of the nodes of an adopted cluster in the network. Default: none. */
  readonly adoptedNodes?: ((network: AwsNetwork) => Input<string>) | undefined;
  /** What the database tier lets in besides PostgreSQL and Redis. Default: nothing. */
  readonly aclNeeds?: readonly AclNeed[];
  /** Log groups of the stores, which the logs key encrypts besides those of the foundation. */
  readonly logGroups: readonly string[];
  readonly protection: Protection;
  readonly aws: ProviderResource;
}

/** The ground that a site on AWS stands on: keys, network with both layers of filters, flow logs. */
export function layFoundation(args: FoundationArgs) {
  const { account, prefix, clusterName, protection } = args;
  const logGroups = siteLogGroups(prefix);
  const onAws = { providers: { aws: args.aws } };

  const keys = new SiteKeys(
    "keys",
    {
      account,
      prefix,
      logGroups: [...Object.values(logGroups), controlPlaneLogGroup(clusterName), ...args.logGroups],
      ...(args.adoptedKeys === undefined ? {} : { adopted: args.adoptedKeys }),
      protection,
    },
    onAws,
  );
  const network = args.network.adopt === undefined ? createNetwork(args) : adoptNetwork(args, args.network.adopt);
  // Filters and flow logs of an adopted network are its owner's.
  const networkAcls = args.network.adopt === undefined ? createFilters(args, network) : undefined;
  if (args.network.adopt === undefined) {
    new FlowLogs(
      "flow-logs",
      { account, network, logGroup: logGroups.flowLogs, keyArn: keys.keyIds.logs, protection },
      onAws,
    );
  }
  const securityGroups = new SecurityGroups(
    "security-groups",
    { network, prefix, needs: args.security, adoptedNodes: args.adoptedNodes?.(network) },
    onAws,
  );
  return { keys, network, networkAcls, securityGroups, logGroups };
}

function createNetwork({ account, prefix, clusterName, network, aws }: FoundationArgs): AwsNetwork {
  const { cidr, zones, nat } = network;
  const subnets = subnetPlan(cidr, zones, network.subnets);
  return new Network(
    "network",
    { prefix, region: account.region, cidr, zones, subnets, nat, clusterName },
    { providers: { aws } },
  );
}

function adoptNetwork(
  { account, network: { cidr, zones }, aws }: FoundationArgs,
  { vpcId, subnetIds }: { readonly vpcId: string; readonly subnetIds: AdoptedSubnets },
): AwsNetwork {
  return new AdoptedNetwork(
    "network",
    { region: account.region, vpcId, cidr, zones, subnetIds },
    { providers: { aws } },
  );
}

function createFilters(args: FoundationArgs, network: AwsNetwork): NetworkAcls {
  const { cidr, zones } = args.network;
  const { linked } = args.security;
  return new NetworkAcls(
    "network-acls",
    {
      network,
      prefix: args.prefix,
      zones,
      subnets: subnetPlan(cidr, zones, args.network.subnets),
      ...(args.aclNeeds === undefined ? {} : { needs: args.aclNeeds }),
      ...(linked === undefined ? {} : { linkedBlocks: linked.map(({ block }) => block) }),
    },
    { providers: { aws: args.aws } },
  );
}
