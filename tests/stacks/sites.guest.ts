import { Provider } from "@pulumi/kubernetes/provider";
import type { Input } from "@pulumi/pulumi";
import type { Access, Grantable, GrantableKind } from "../../components/contracts/grant";
import type { Site } from "../../components/contracts/site";
import type { WorkloadIdentity } from "../../components/contracts/workload-identity";
import type { PlatformSite } from "../../components/kubernetes/add-ons";
import { Namespaces } from "../../components/kubernetes/namespaces";
import { NetworkPolicies } from "../../components/kubernetes/network-policies";
import { Workload } from "../../components/kubernetes/workload";

// A system that moves into a site and knows nothing but the contract: it imports no cloud.

const namespace = "guests";
export const accesses: readonly Access[] = ["read", "write"];

/** What a guest reads of a site's stores: how to reach them, none of their passwords. */
function addresses(site: Site): Record<string, Input<string>> {
  const [shard] = site.postgres.shards;
  return {
    REGION: site.region,
    NETWORK_CIDR: site.network.cidr,
    KEY_ID: site.keys.keyIds.data,
    ...(shard === undefined ? {} : { POSTGRES_HOST: shard.host }),
    REDIS_URL: site.redis.url,
    OBJECTS_BUCKET: site.objects.bucketName,
    ...(site.events === undefined ? {} : { KAFKA_SERVERS: site.events.bootstrapServers }),
    ...(site.queue === undefined ? {} : { QUEUE_ENDPOINT: site.queue.endpoint }),
    ...(site.documents === undefined ? {} : { DOCUMENTS_HOST: site.documents.host }),
    ...(site.lake === undefined ? {} : { LAKE_CATALOG: site.lake.catalogUri }),
  };
}

/** What a workload can be let into, of each kind. */
function grantables({ secrets, objects, lake, keyValues, images }: Site): readonly (Grantable | undefined)[] {
  const byKind: Record<GrantableKind, Grantable | undefined> = {
    secrets,
    objects,
    lake,
    "key-values": keyValues,
    images,
  };
  return Object.values(byKind);
}

/** What the platform layer is made of: any site with a cluster will do. */
export function platformSite(site: Site): PlatformSite {
  const { cluster } = site;
  if (cluster === undefined) throw new Error(`site ${site.name} has no cluster`);
  return { ...site, cluster };
}

/** Runs one workload for each kind of grant and each access. Gives their identities. */
export function moveIn(site: Site): readonly WorkloadIdentity[] {
  const { cluster } = platformSite(site);
  const kubernetes = new Provider("guests", { kubeconfig: cluster.kubeconfig });
  const opts = { providers: { kubernetes } };
  const spaces = new Namespaces(
    "guest-namespaces",
    { namespaces: { [namespace]: { enforce: "restricted" } } },
    { ...opts, dependsOn: [...cluster.podDependencies] },
  );
  const policies = new NetworkPolicies(
    "guest-policies",
    {
      namespaces: {
        [namespace]: {
          resource: spaces.resource(namespace),
          openings: [
            { id: "cloud", to: "https", reason: "Calls the cloud's services" },
            { id: "identity", to: "workload-identity", reason: "Logs in to them" },
          ],
        },
      },
      identityEndpoints: cluster.identityEndpoints,
    },
    opts,
  );
  return grantables(site).flatMap((to) => {
    if (to === undefined) return [];
    return accesses.map((access) => {
      const name = `guest-${to.kind}-${access}`;
      const identity = site.bindWorkload(`${name}-identity`, {
        namespace,
        serviceAccount: name,
        description: `Guest with ${access} access to ${to.kind}`,
        grants: [{ to, access }],
      });
      const environment = addresses(site);
      new Workload(
        name,
        {
          spec: {
            name,
            partOf: "guests",
            image: "registry.example.com/guest:1.0.0",
            port: 8080,
            replicas: { min: 2, max: 4 },
            resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
            probes: {
              liveness: { path: "/live", periodSeconds: 10 },
              readiness: { path: "/ready", periodSeconds: 5 },
            },
            environment: { secret: { name: `${name}-addresses`, keys: Object.keys(environment) } },
            autoscaling: {
              cpuPercent: 70,
              memoryPercent: 80,
              scaleUp: { pods: 2, seconds: 60 },
              scaleDown: { pods: 1, seconds: 60 },
            },
            rollout: { maxSurge: 1, maxUnavailable: 0 },
            zoneSpread: "preferred",
            service: { name, port: 80, type: "ClusterIP" },
            user: { kind: "non-root", uid: 1000, gid: 1000 },
            drain: { lingerSeconds: 0, connectionSeconds: 20 },
          },
          namespace: spaces.named(namespace),
          secretData: environment,
          identity,
        },
        { ...opts, dependsOn: [...policies.of(namespace)] },
      );
      return identity;
    });
  });
}
