import { join } from "node:path";
import { Bastion } from "../components/aws/bastion";
import { currentAccount } from "../components/aws/account";
import { workloadBinder } from "../components/aws/bind-workload";
import { Gateway } from "../components/aws/gateway";
import { ManagedCluster } from "../components/aws/managed-cluster";
import { ServiceEndpoints } from "../components/aws/service-endpoints";
import type { Site } from "../components/contracts/site";
import { PlatformLayer } from "../components/kubernetes/platform-layer";
import { loadBalancerControllerWebhookPort } from "../components/kubernetes/load-balancer-controller";
import { namePrefix } from "../components/planning/names";
import { awsPool } from "../components/planning/node-pools";
import { protectionOf } from "../components/planning/protection";
import { linkedSites, siteRanges } from "../components/planning/site-plan";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";
import { layFoundation } from "./aws-foundation";
import { installControllers } from "./cluster-controllers";
import { createServices } from "./portfolio-aws.services";
import { createStores } from "./portfolio-aws.stores";
import { deliverSiteContract } from "./portfolio-aws.contract";
import { backUp, governAccount, watchStores } from "./portfolio-aws.governance";
import { aclNeeds, securityGroupNeeds, storeLogGroups } from "./portfolio-aws.parts";
import { awsProviders, clusterProvider } from "./providers";
import { endpoint } from "./settings";

const system = "portfolio";

/** The AWS site of the portfolio. */
export function deploy(config: PortfolioAwsConfig, stack: string, root: string) {
  const prefix = namePrefix(system, stack);
  const protection = protectionOf(config.class, config.protection);
  const providers = awsProviders({ ...config, system, stack });
  const { aws, eks } = providers;
  const account = currentAccount(config.region, { provider: aws });
  const ranges = siteRanges(config.site);
  const linked = config.gateway === "create" ? linkedSites(config.site) : [];
  const onAws = { providers: { aws } };

  // Network, keys, security groups
  const { keys, network, networkAcls, securityGroups, logGroups } = layFoundation({
    account,
    prefix,
    clusterName: config.cluster.name,
    network: config.network,
    security: {
      podPorts: [],
      // Those of the platform layer answer on the kubelet's port, which is open already.
      webhookPorts: [loadBalancerControllerWebhookPort],
      groups: securityGroupNeeds(config),
      linked,
    },
    aclNeeds: aclNeeds(config),
    logGroups: storeLogGroups(config, prefix),
    protection,
    aws,
  });
  if (config.serviceEndpoints.length > 0) {
    new ServiceEndpoints(
      "service-endpoints",
      {
        account,
        prefix,
        network,
        services: config.serviceEndpoints,
        securityGroupId: securityGroups.idOf("endpoints"),
      },
      onAws,
    );
  }
  const gateway =
    config.gateway === "create"
      ? new Gateway(
          "gateway",
          { prefix, region: config.region, network, zones: config.network.zones, asn: ranges.asn, linked },
          onAws,
        )
      : undefined;

  // Cluster
  const cluster = new ManagedCluster(
    "cluster",
    {
      account,
      prefix,
      clusterName: config.cluster.name,
      version: config.cluster.version,
      supportType: config.cluster.supportType,
      endpoint: endpoint(config.cluster.endpoint),
      access: config.cluster.access,
      serviceRange: ranges.services,
      logs: config.cluster.logs,
      admins: config.cluster.admins,
      network,
      networkAcls,
      securityGroups,
      secretsKeyArn: keys.keyIds.secrets,
      logsKeyArn: keys.keyIds.logs,
      nodeGroups: Object.fromEntries(
        Object.entries(config.nodePools).map(([name, pool]) => [name, awsPool(name, pool)]),
      ),
      networkPolicies: "enforced",
      volumes: "ebs",
      protection,
    },
    { providers: { aws, eks } },
  );
  if (config.cluster.access === "bastion") {
    new Bastion(
      "bastion",
      { account, prefix, network, securityGroupId: securityGroups.idOf("runner"), keyArn: keys.keyIds.data },
      onAws,
    );
  }

  // Stores and services of the cloud
  const stores = createStores({
    config,
    account,
    prefix,
    network,
    securityGroups,
    keys,
    logGroups,
    protection,
    providers,
  });
  const services = createServices({
    config,
    account,
    prefix,
    network,
    securityGroups,
    keys,
    stores,
    protection,
    providers,
    codeFolder: join(root, "functions"),
  });

  // Audit, threats, backups
  const governance = { config, account, prefix, stack, keys, stores, protection, aws, backup: providers.backup };
  governAccount(governance);
  backUp(governance);

  // What runs on the cluster before the workloads
  const kubernetes = clusterProvider(cluster, `${config.region}/${config.cluster.name}`);
  installControllers({
    account,
    cluster,
    clusterName: config.cluster.name,
    network,
    scaling: config.cluster.autoscaler,
    preferredNodeGroups: Object.keys(config.nodePools).filter((pool) => config.nodePools[pool]?.capacity === "spot"),
    providers: { aws, kubernetes },
  });
  const site: Site = {
    name: config.site,
    class: config.class,
    region: config.region,
    network,
    gateway,
    dns: undefined,
    keys,
    cluster,
    ...stores,
    ...services,
    telemetry: watchStores(governance),
    bindWorkload: workloadBinder({
      account,
      clusterName: cluster.clusterName,
      agent: cluster.podIdentityAgent,
      aws,
    }),
  };
  new PlatformLayer(
    "platform",
    {
      site: { ...site, cluster },
      namespaces: config.platformLayer.namespaces,
      nodePools: config.nodePools,
    },
    { providers: { kubernetes } },
  );

  return {
    networkId: network.networkId,
    clusterName: cluster.clusterName,
    databaseHosts: stores.postgres.shards.map(({ host }) => host),
    cacheHost: stores.redis.host,
    objectsBucket: stores.objects.bucketName,
    ...(config.siteContract === "create"
      ? { siteContract: deliverSiteContract({ config, account, prefix, system, stack, site, aws }) }
      : {}),
  };
}
