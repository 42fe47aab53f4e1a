import assert from "node:assert/strict";
import { catalogue } from "../../stacks/catalogue";
import type { Registration } from "../support/in-process";
import { deployed } from "./deployed";

/**
 * How many resources the engine looks at when a step of one fails: it walks every path to what the step depends on, and the parents
 * that it comes across once each. docs/decisions/dependency-paths.md
 */
function visits(resources: readonly Registration[]): ReadonlyMap<string, number> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const references = ({ provider, deletedWith, replaceWith, dependsOn, propertyDependencies }: Registration) =>
    [provider, deletedWith, ...replaceWith, ...dependsOn, ...Object.values(propertyDependencies).flat()].flatMap(
      (urn) => byUrn.get(urn ?? "") ?? [],
    );
  const counted = new Map<Registration, number>();
  const paths = (resource: Registration): number => {
    const known = counted.get(resource);
    if (known !== undefined) return known;
    const sum = references(resource).reduce((total, reference) => total + paths(reference), 1);
    counted.set(resource, sum);
    return sum;
  };
  const walk = (from: Registration): number => {
    const referenced = new Set<Registration>();
    const parents = new Set<Registration>();
    const visit = (resource: Registration) => {
      const parent = byUrn.get(resource.parent ?? "");
      for (const reference of references(resource)) {
        if (referenced.has(reference)) continue;
        referenced.add(reference);
        visit(reference);
      }
      if (parent === undefined || parents.has(parent)) return;
      parents.add(parent);
      visit(parent);
    };
    visit(from);
    return [from, ...parents].reduce((total, resource) => total + paths(resource), 0);
  };
  return new Map(resources.map((resource) => [resource.urn, walk(resource)]));
}

/** Three seconds. */
const most = 10_000_000;

describe("dependencies of every stack", function () {
  this.timeout(60_000);

  for (const { stack } of Object.values(catalogue)) {
    it(`[PF-DR-03] let the engine answer at once when a step of ${stack} fails`, async () => {
      const { run } = await deployed(stack);
      const tooMany = [...visits(run.resources)]
        .filter(([, count]) => count > most)
        .sort(([, a], [, b]) => b - a)
        .map(([urn, count]) => `${urn}: ${count.toLocaleString("en")} visits`);
      assert.deepEqual(tooMany, []);
    });
  }

  const orders = {
    prod: {
      "platform-namespaces-services": [
        "cluster-volumes-driver",
        "cluster-volumes-policy",
        "cluster-dns-coredns",
        "cluster-general-group",
        "cluster-spot-group",
        "cluster-accelerated-group",
        "cluster-addons-vpc-cni",
        "cluster-addons-vpc-cni-policy",
        "cluster-addons-kube-proxy",
        "cluster-addons-eks-pod-identity-agent",
        "cluster-control-plane-logs",
        "network-private-a-internet",
        "network-acls-private-network-in",
        "security-groups-worker-kubelet-in",
        "security-groups-control-plane-api",
      ],
      "platform-external-secrets-chart-release": [
        "platform-network-policies-external-secrets-default-deny",
        "platform-namespaces-external-secrets",
        "platform-certificate-manager-internal",
        "platform-certificate-manager-chart-release",
        "platform-network-policies-cert-manager-default-deny",
      ],
    },
    "durga-puja": {
      "ingress-ingress": ["load-balancer-controller-chart-release", "backend-service", "frontend-service"],
      "backend-deployment": ["namespaces-durga-puja", "cluster-dns-coredns", "backend-identity-association"],
      "namespaces-durga-puja": ["cluster-primary-group", "cluster-addons-vpc-cni"],
    },
    dr: {
      "queue-operator-deployment": ["queue-network-policies-rabbitmq-default-deny", "queue-operator-definition"],
      "queue-login": ["queue-namespace-rabbitmq"],
      "queue-disruption-budget": ["queue-namespace-rabbitmq"],
      "events-login": ["events-namespace-kafka"],
      "events-operator-release": ["events-network-policies-kafka-default-deny"],
      "events-certificate": ["events-namespace-kafka", "platform-certificate-manager-internal"],
      "iceberg-catalog-secret-store": ["platform-external-secrets-chart-release"],
      "iceberg-catalog-namespace-iceberg": ["cluster-general-nodes", "cluster-rights-to-nodes"],
    },
  } as const;

  for (const [stack, before] of Object.entries(orders)) {
    it(`keep the orders of ${stack} that matter`, async () => {
      const made = await deployed(stack);
      for (const [name, others] of Object.entries<readonly string[]>(before)) {
        const found = made.waitsFor(name);
        for (const other of others) assert.ok(found.has(other), `${name} does not wait for ${other}`);
      }
    });
  }
});
