import { output, secret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { currentAccount } from "../components/aws/account";
import { Alarms, type WatchedResource } from "../components/aws/alarms";
import { Cache } from "../components/aws/cache";
import { WorkloadIdentity } from "../components/aws/identity";
import { ImageRegistry } from "../components/aws/image-registry";
import { Key } from "../components/aws/key";
import { ManagedCluster } from "../components/aws/managed-cluster";
import { ObjectStore } from "../components/aws/object-store";
import { Postgres } from "../components/aws/postgres";
import { RequestLog } from "../components/aws/request-log";
import { ServiceEndpoints } from "../components/aws/service-endpoints";
import { ThreatDetection } from "../components/aws/threat-detection";
import {
  applicationLoadBalancerAnnotations,
  networkLoadBalancerAnnotations,
} from "../components/kubernetes/aws-load-balancing";
import { Ingress } from "../components/kubernetes/ingress";
import { loadBalancerControllerWebhookPort } from "../components/kubernetes/load-balancer-controller";
import { kubernetesMinor } from "../components/kubernetes/charts";
import { MetricsServer } from "../components/kubernetes/metrics-server";
import { Namespaces } from "../components/kubernetes/namespaces";
import { NetworkPolicies } from "../components/kubernetes/network-policies";
import { Workload } from "../components/kubernetes/workload";
import {
  assetsBucketName,
  databaseInstances,
  namePrefix,
  postgresLogGroups,
  requestBucketName,
} from "../components/planning/names";
import { protectionOf } from "../components/planning/protection";
import type { DurgaPujaConfig } from "../config/schema/durga-puja";
import { layFoundation } from "./aws-foundation";
import { installControllers } from "./cluster-controllers";
import { backendSpec, frontendSpec, ingressSpec, namespaces, ports } from "./durga-puja.workloads";
import { systemOpenings } from "./durga-puja.openings";
import { clusterProvider } from "./cluster-provider";
import { awsProviders } from "./providers-aws";
import { endpoint, nodeGroup, postgres, redis } from "./settings";

const system = "durga-puja";

/** The photo app durga-puja on AWS: one region, three zones. */
export function deploy(config: DurgaPujaConfig, stack: string) {
  const prefix = namePrefix(system, stack);
  const protection = protectionOf(config.class, config.protection);
  const { aws, backup, eks, random } = awsProviders({ ...config, system, stack });
  const account = currentAccount(config.region, { provider: aws });

  // Network, keys, security groups
  const { keys, network, networkAcls, securityGroups, logGroups } = layFoundation({
    account,
    prefix,
    clusterName: config.cluster.name,
    network: config.network,
    security: { podPorts: Object.values(ports), webhookPorts: [loadBalancerControllerWebhookPort] },
    logGroups: postgresLogGroups(prefix),
    protection,
    aws,
  });
  // The database tier has routes of the network alone.
  new ServiceEndpoints(
    "service-endpoints",
    { account, prefix, network, services: [], routed: ["private"] },
    { providers: { aws } },
  );

  // Cluster
  const { primary, spot, autoscaler } = config.cluster;
  const cluster = new ManagedCluster(
    "cluster",
    {
      account,
      prefix,
      clusterName: config.cluster.name,
      version: config.cluster.version,
      supportType: config.cluster.supportType,
      endpoint: endpoint(config.cluster.endpoint),
      logs: config.cluster.logs,
      admins: config.cluster.admins,
      network,
      networkAcls,
      securityGroups,
      secretsKeyArn: keys.keyIds.secrets,
      logsKeyArn: keys.keyIds.logs,
      nodeGroups: {
        primary: nodeGroup(primary, "on-demand"),
        ...(spot.enabled ? { spot: nodeGroup(spot, "spot") } : {}),
      },
      networkPolicies: "enforced",
      protection,
    },
    { providers: { aws, eks } },
  );
  const kubernetes = clusterProvider(cluster, `${config.region}/${config.cluster.name}`);
  const { loadBalancerController } = installControllers({
    account,
    cluster,
    clusterName: config.cluster.name,
    network,
    scaling: autoscaler,
    preferredNodeGroups: ["spot"],
    providers: { aws, kubernetes },
  });
  new MetricsServer(
    "metrics-server",
    { kubernetesVersion: kubernetesMinor(cluster.version) },
    { providers: { kubernetes }, dependsOn: [...cluster.podDependencies] },
  );

  // Data
  const backupKey = new Key(
    "backups",
    {
      account: { ...account, region: config.backupRegion },
      prefix,
      purpose: "backups",
      description: "Copies of database backups",
      protection,
    },
    { providers: { aws: backup } },
  );
  const database = new Postgres(
    "postgres",
    {
      ...postgres(config.database, protection),
      account,
      prefix,
      network,
      securityGroupId: securityGroups.ids.database,
      keyArn: keys.keyIds.data,
      logsKeyArn: keys.keyIds.logs,
      backupCopy: config.database.backupCopy ? { provider: backup, keyArn: backupKey.arn } : undefined,
      protection,
    },
    { providers: { aws, random } },
  );
  const cache = new Cache(
    "redis",
    {
      ...redis(config.cache, protection),
      network,
      securityGroupId: securityGroups.ids.cache,
      keyArn: keys.keyIds.data,
      logGroup: logGroups.redisSlow,
      logsKeyArn: keys.keyIds.logs,
      protection,
    },
    { providers: { aws, random } },
  );
  const assetsName = account.id.apply((id) => assetsBucketName(prefix, id, config.region));
  const assets = new ObjectStore(
    "assets",
    { ...config.objects, bucketName: assetsName, protection },
    { providers: { aws } },
  );
  const registry = new ImageRegistry(
    "images",
    { prefix, repositories: ["frontend", "backend"], keyArn: keys.keyIds.images, protection },
    { providers: { aws } },
  );

  // Audit and alarms
  new RequestLog(
    "assets-requests",
    {
      account,
      of: assets,
      bucketName: assetsName.apply(requestBucketName),
      retentionDays: protection.logRetentionDays,
      protection,
    },
    { providers: { aws } },
  );
  if (config.threatDetection === "create") {
    // Agents on nodes would need a private address of GuardDuty in the network, which the documented one does not have.
    new ThreatDetection("threat-detection", { account, prefix, nodes: "unwatched" }, { providers: { aws } });
  }
  if (config.alarms === "create") {
    new Alarms(
      "alarms",
      { account, prefix, watched: watchedStores(config, prefix, cache.nodeIds), protection },
      { providers: { aws } },
    );
  }

  // Workloads
  const inCluster = { providers: { kubernetes } };
  const spaces = new Namespaces(
    "namespaces",
    { namespaces },
    { ...inCluster, dependsOn: [...cluster.podDependencies] },
  );
  const namespace = spaces.named(system);
  // Those of monitoring and delivery come with what is installed there: no one else knows what that connects to.
  const policies = new NetworkPolicies(
    "network-policies",
    {
      namespaces: { [system]: { resource: spaces.resource(system), openings: systemOpenings(config) } },
      identityEndpoints: cluster.identityEndpoints,
    },
    inCluster,
  );
  // Admitted by the controller's webhook, served by its load balancers, and gone before it goes. It comes after what pods need.
  const served = { ...inCluster, dependsOn: [loadBalancerController, ...policies.of(system)] };
  const drainSeconds = config.connectionDrainingSeconds;
  const loadBalancer = {
    scheme: "internet-facing",
    securityGroupId: securityGroups.ids.loadBalancer,
    drainSeconds,
  } as const;
  const jwtSecret = new RandomPassword("jwt-secret", { length: 64, special: false }, { provider: random });
  const backendService = backendSpec(config);
  const backendIdentity = new WorkloadIdentity(
    "backend-identity",
    {
      clusterName: cluster.clusterName,
      namespace: system,
      serviceAccount: backendService.name,
      description: "Backend of the photo app: its assets",
      policy: assets.objectAccess,
      agent: cluster.podIdentityAgent,
    },
    { providers: { aws } },
  );
  const backend = new Workload(
    "backend",
    {
      spec: backendService,
      namespace,
      secretData: {
        MONGODB_URI: secret(config.secrets.mongodbUri),
        REDIS_URL: cache.url,
        JWT_SECRET: jwtSecret.result,
      },
    },
    // A pod gets its credentials as it starts: one that starts before its identity runs without it.
    { ...served, dependsOn: [...served.dependsOn, backendIdentity] },
  );
  const frontend = new Workload(
    "frontend",
    {
      spec: frontendSpec(config),
      namespace,
      serviceAnnotations: networkLoadBalancerAnnotations({ ...loadBalancer, healthCheckPath: "/" }),
    },
    served,
  );
  const ingress = new Ingress(
    "ingress",
    {
      spec: ingressSpec,
      namespace,
      annotations: applicationLoadBalancerAnnotations({
        ...loadBalancer,
        healthCheckPath: "/health",
        ...(config.certificateArn === undefined ? {} : { certificateArn: output(config.certificateArn) }),
      }),
    },
    { ...inCluster, dependsOn: [loadBalancerController, frontend.service, backend.service] },
  );

  return {
    networkId: network.networkId,
    clusterName: cluster.clusterName,
    databaseHost: database.host,
    databaseReplicaHost: database.replicaHosts[0],
    cacheHost: cache.host,
    assetsBucket: assets.bucketName,
    imageRepositories: registry.repositoryUrls,
    ingressHostname: ingress.hostname,
  };
}

function watchedStores(
  { database }: DurgaPujaConfig,
  prefix: string,
  cacheNodes: Cache["nodeIds"],
): Record<string, WatchedResource> {
  const { source, replica } = databaseInstances(prefix);
  const found: Record<string, WatchedResource> = {
    postgres: { subject: "postgres", dimensions: { DBInstanceIdentifier: source } },
  };
  if (database.replicaZone !== "none") {
    found["postgres-replica"] = { subject: "postgres-replica", dimensions: { DBInstanceIdentifier: replica } };
  }
  for (const [node, id] of cacheNodes.entries()) {
    found[`redis-${String(node + 1)}`] = { subject: "redis", dimensions: { CacheClusterId: id } };
  }
  return found;
}
