import type { ProviderResource } from "@pulumi/pulumi";
import type { Account } from "../components/aws/account";
import { FlowLogs } from "../components/aws/flow-logs";
import { Network } from "../components/aws/network";
import { NetworkAcls } from "../components/aws/network-acls";
import { SecurityGroups } from "../components/aws/security-groups";
import { SiteKeys } from "../components/aws/site-keys";
import { subnetPlan } from "../components/planning/address-plan";
import {
  controlPlaneLogGroup,
  databaseInstances,
  databaseLogGroup,
  databaseLogs,
  siteLogGroups,
} from "../components/planning/names";
import type { Protection } from "../components/planning/protection";
import type { SecurityNeeds } from "../components/planning/security-rules";
import type { NetworkSettings } from "../config/schema/network";

export interface FoundationArgs {
  readonly account: Account;
  readonly prefix: string;
  /** Name of the cluster that will stand on it: subnets are tagged with it, its log group is under the logs key. */
  readonly clusterName: string;
  readonly network: NetworkSettings;
  readonly security: SecurityNeeds;
  readonly protection: Protection;
  readonly aws: ProviderResource;
}

/** The ground that a site on AWS stands on: keys, network with both layers of filters, flow logs. */
export function layFoundation(args: FoundationArgs) {
  const { account, prefix, clusterName, protection } = args;
  const { cidr, zones, nat } = args.network;
  const subnets = subnetPlan(cidr, zones, args.network.subnets);
  const logGroups = siteLogGroups(prefix);
  const databaseLogGroups = Object.values(databaseInstances(prefix)).flatMap((instance) =>
    databaseLogs.map((log) => databaseLogGroup(instance, log)),
  );
  const onAws = { providers: { aws: args.aws } };

  const keys = new SiteKeys(
    "keys",
    {
      account,
      prefix,
      logGroups: [...Object.values(logGroups), controlPlaneLogGroup(clusterName), ...databaseLogGroups],
      protection,
    },
    onAws,
  );
  const network = new Network(
    "network",
    { prefix, region: account.region, cidr, zones, subnets, nat, clusterName },
    onAws,
  );
  const networkAcls = new NetworkAcls("network-acls", { network, prefix, zones, subnets }, onAws);
  new FlowLogs(
    "flow-logs",
    { account, network, logGroup: logGroups.flowLogs, keyArn: keys.keyIds.logs, protection },
    onAws,
  );
  const securityGroups = new SecurityGroups("security-groups", { network, prefix, needs: args.security }, onAws);
  return { keys, network, networkAcls, securityGroups, logGroups };
}
