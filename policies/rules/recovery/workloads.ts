import { z } from "zod";
import { servedFrom } from "../../../offline/services/kubernetes/image-registries";
import { imageReference, isPinned, liesIn } from "../../checks/images";
import { containersOf, podsOf, WORKLOADS } from "../../checks/pod-templates";
import { region, regionOf } from "../../checks/regions";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Expect, type Rule, type StackFacts } from "../../model/rule";
import { undecided } from "../../model/view";
import { homeOf, isSite } from "./independence";

const SERVERS = ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"] as const;
const CLUSTERS = [
  "aws:eks/cluster:Cluster",
  "gcp:container/cluster:Cluster",
  "azure-native:containerservice:ManagedCluster",
] as const;

const DISASTERS = "https://learn.microsoft.com/azure/well-architected/reliability/disaster-recovery";

export const workloadRules: readonly Rule[] = [
  graphRule({
    id: "dr-images-replicated",
    title: "A site pulls its images from a registry of its own",
    severity: "high",
    controls: { iso27001: ["A.8.14"] },
    why: "New nodes have no image yet. With the registry gone, or its limit of pulls reached, a site that takes the load cannot grow.",
    remedy: {
      text: "Push every image to the registry of each site, by digest and in one job, and name it there.",
      example: "image: `${site.registry}/api@sha256:…`",
    },
    source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html",
    starred: true,
    settings: z.object({
      registries: z
        .array(z.string())
        .default([])
        .describe("Registries outside of the site's cloud that may be relied on, such as docker.io/library/."),
    }),
    types: [
      ...WORKLOADS,
      "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster",
      "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    ],
    check: (graph, judge, { stack, settings }) => {
      judge.each(graph.all("aws:ecr/replicationConfiguration:ReplicationConfiguration"), (replication, expect) => {
        expect("replicationConfiguration", "copies images to no other region", () =>
          anyOf(replication.props.replicationConfiguration?.rules ?? [], ({ destinations }) =>
            anyOf(destinations ?? [], (to) => to.region !== regionOf(replication)),
          ),
        );
      });
      const home = homeOf(graph);
      if (!isSite(stack) || home === undefined) return;
      const homeRegion = stack.config["platform:region"];
      const judgeImage = (expect: Expect, path: string, label: string, image: () => string) => {
        expect(path, `of ${label} comes from no registry of the site`, () => {
          const reference = imageReference(image());
          if (settings.registries.some((place) => liesIn(reference, place))) return true;
          const places = servedFrom(reference.registry, home);
          return (
            places.length > 0 &&
            places.every(
              (place) =>
                place.cloud === home &&
                (place.region === undefined || homeRegion === undefined || place.region === region(homeRegion)),
            )
          );
        });
      };
      judge.each(graph.all(...WORKLOADS), (workload, expect) => {
        for (const { path, label, container } of containersOf(podsOf(workload))) {
          judgeImage(expect, `${path}.image`, label, () => container.image ?? "");
        }
      });
      judge.each(graph.all("kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster"), (broker, expect) => {
        const image = broker.props.spec?.["image"];
        // Without one, the operator names its own, which is of Docker Hub.
        judgeImage(expect, "spec.image", "the broker", () => (typeof image === "string" ? image : "rabbitmq"));
      });
    },
  }),
  graphRule({
    id: "dr-workload-parity",
    title: "Every site runs the same workloads, ready to take the load",
    severity: "high",
    controls: { hipaa: ["164.308(a)(7)(ii)(C)"] },
    why: "A site that lacks a service, or runs another build of it, fails over into an outage of its own.",
    remedy: {
      text: "Deploy each service to every site by the same digest, with at least the replicas that recovery needs, and list them in the rule's settings.",
      example: 'new apps.v1.Deployment("api", { spec: { replicas: 2, template: { … image: "…@sha256:…" } } })',
    },
    source: DISASTERS,
    starred: true,
    settings: z.object({
      minimumReplicas: z.int().min(0).default(1).describe("Replicas of a server, at least, while a site stands by."),
      workloads: z
        .record(z.string(), z.object({ digest: z.string().optional(), replicas: z.int().min(0).default(1) }))
        .default({})
        .describe("What every site runs, by namespace/name: digest of its image, and replicas at least."),
    }),
    types: [...SERVERS, ...CLUSTERS],
    check: (graph, judge, { stack, settings }) => {
      if (!isSite(stack)) return;
      const servers = graph.all(...SERVERS);
      judge.each(servers, (server, expect) => {
        const wanted = settings.workloads[placeOf(server)];
        const replicas = Math.max(wanted?.replicas ?? 0, settings.minimumReplicas);
        expect("spec.replicas", `are fewer than ${String(replicas)}`, () => replicasOf(graph, server) >= replicas);
        for (const { path, label, container } of containersOf(podsOf(server))) {
          expect(`${path}.image`, `of ${label} is a tag, which may be another build at each site`, () =>
            isPinned(imageReference(container.image ?? "")),
          );
        }
        if (wanted?.digest === undefined) return;
        const { digest } = wanted;
        expect("spec.template.spec.containers", "run another build than the other sites", () =>
          anyOf(
            containersOf(podsOf(server)),
            ({ container }) => imageReference(container.image ?? "").digest === digest,
          ),
        );
      });
      judge.each(graph.all(...CLUSTERS), (_cluster, expect) => {
        for (const place of Object.keys(settings.workloads)) {
          expect("", `does not run ${place}, which other sites do`, () =>
            servers.some((server) => placeOf(server) === place),
          );
        }
      });
      if (Object.keys(settings.workloads).length === 0) notTold(stack);
    },
  }),
];

function notTold({ stack }: StackFacts): never {
  return undecided("", `what other sites run is not told to ${stack}: name it in workloads of the rule's settings`);
}

/** `namespace/name`. */
function placeOf({ props }: Node<(typeof SERVERS)[number]>): string {
  return `${props.metadata?.namespace ?? "default"}/${props.metadata?.name ?? ""}`;
}

/** Replicas that a server has at least: those of its autoscaler, where it has one. */
function replicasOf(graph: Graph, server: Node<(typeof SERVERS)[number]>): number {
  const scaler = graph.all("kubernetes:autoscaling/v2:HorizontalPodAutoscaler").find(({ props }) => {
    const target = props.spec?.scaleTargetRef;
    return (
      target?.name === server.props.metadata?.name &&
      props.metadata?.namespace === server.props.metadata?.namespace &&
      server.type.endsWith(`:${target?.kind ?? ""}`)
    );
  });
  // Both are 1 where nothing is said: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/
  return scaler === undefined ? (server.props.spec?.replicas ?? 1) : (scaler.props.spec?.minReplicas ?? 1);
}
