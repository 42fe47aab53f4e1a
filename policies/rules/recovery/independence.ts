import { z } from "zod";
import { foreignReads, type ForeignRead } from "../../../recovery/independence";
import {
  backupRegionsSetting,
  cloudOf,
  declaredRegions,
  isOneRegion,
  region,
  regionOf,
  type Cloud,
} from "../../checks/regions";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Rule, type StackFacts } from "../../model/rule";
import { undecided } from "../../model/view";

const PILLAR = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar";

/**
 * Inputs that join a copy to what it is a copy of: without its source it stays what it is.
 */
const REPLICATION_LINKS: Readonly<Record<string, readonly string[]>> = {
  "aws:backup/plan:Plan": ["rules"],
  "aws:kms/replicaKey:ReplicaKey": ["primaryKeyArn"],
  "aws:msk/replicator:Replicator": ["kafkaClusters", "replicationInfoList"],
  "aws:rds/instance:Instance": ["replicateSourceDb"],
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": ["sourceDbInstanceArn"],
  "azure-native:dbforpostgresql:Server": ["sourceServerResourceId"],
  "gcp:gkebackup/backupPlan:BackupPlan": ["cluster"],
  "gcp:sql/databaseInstance:DatabaseInstance": ["masterInstanceName"],
};

/** Modules of AWS whose resources are in no region. */
const GLOBAL_MODULES = /^aws:(iam|route53|cloudfront|organizations|globalaccelerator)\//;

/** A group has a region for its own records, and none for what is in it. */
const EVERYWHERE: ReadonlySet<string> = new Set(["azure-native:resources:ResourceGroup"]);

/** Packages whose resources are something of a provider that must be named. */
const PROVIDED = /^(aws|gcp|azure-native|kubernetes):/;
/** Components of these packages, which have no provider of their own. */
const COMPONENTS = /^kubernetes:(helm\.sh\/v[24]|yaml|kustomize|yaml\/v2|kustomize\/v2):/;

export const independenceRules: readonly Rule[] = [
  graphRule({
    id: "dr-no-dependency-on-primary",
    title: "A site needs nothing of the place whose loss it is there for",
    severity: "critical",
    controls: { iso27001: ["A.8.14"], hipaa: ["164.308(a)(7)(ii)(C)"] },
    why: "A recovery that has to ask the lost cloud for an image, a key, a login or a state ends where it begins.",
    remedy: {
      text: "Take it from the site's own cloud, or from the contract of the other site, which is kept beside this stack's state. A copy may name its source by the input that replicates, and by no other.",
      example: 'new core.v1.Pod("api", { spec: { containers: [{ image: `${ownRegistry}/api@sha256:…` }] }, … })',
    },
    source: `${PILLAR}/rel_withstand_component_failures_avoid_control_plane.html`,
    starred: true,
    types: [],
    check: (graph, judge, { stack }) => {
      if (!isSite(stack)) return;
      const home = homeOf(graph);
      if (home === undefined) return;
      const reads = readsByUrn(graph, home);
      const homeRegion = stack.config["platform:region"];
      judge.each(graph.nodes, (node, expect) => {
        const own = reads.get(node.urn) ?? [];
        if (own.length === 0) expect("", "needs another cloud", () => true);
        for (const { path, read } of own) {
          const isSecret = [...node.secrets].some((secret) => path.replace(/^outputs\./, "").startsWith(secret));
          const what = isSecret ? (read.what.split(" ")[0] ?? "") : read.what;
          expect(path, `has ${what}: ${read.why}`, () => false);
        }
        if (homeRegion === undefined) return;
        for (const [property, urns] of Object.entries(node.propertyDependencies)) {
          if ((REPLICATION_LINKS[node.type] ?? []).includes(property) || !isAway(node, region(homeRegion))) continue;
          const needed = urns
            .map((urn) => graph.node(urn))
            .find((each) => each !== undefined && isAt(each, region(homeRegion)));
          expect(
            property,
            `comes from ${needed?.name ?? ""} in ${homeRegion}, which it is a copy of`,
            () => needed === undefined,
          );
        }
      });
    },
  }),
  graphRule({
    id: "dr-provider-explicit",
    title: "Every resource names its provider, and every provider works where the stack says",
    severity: "high",
    controls: { iso27001: ["A.8.9"] },
    why: "A provider that is taken from the environment makes resources in whatever account and region the deployer is logged in to: the other site's, in a drill.",
    remedy: {
      text: "Hand each resource the stack's own provider, made for the region and the project that the configuration names.",
      example: 'new s3.Bucket("objects", { … }, { provider: providers.main })',
    },
    source: "https://www.pulumi.com/docs/iac/concepts/resources/providers/",
    starred: true,
    settings: z.object({ backupRegions: backupRegionsSetting }),
    types: [],
    check: (graph, judge, { stack, settings }) => {
      const declared = declaredRegions(stack, settings.backupRegions);
      const project = stack.config["platform:project"];
      const subscription = stack.config["platform:subscription"];
      const provided = [...graph.nodes].filter(({ type }) => PROVIDED.test(type) && !COMPONENTS.test(type));
      judge.each(provided, (node, expect) => {
        const { provider } = node;
        if (provider === undefined) {
          expect("", "", () => undecided("", "has no provider that could be seen"));
          return;
        }
        expect("", "has the default provider, which is whatever the deployer is logged in to", () => {
          return !/^default(_|$)/.test(provider.name);
        });
        const cloud = cloudOf(node.type);
        if (cloud === undefined) return;
        const at = cloud === "azure" ? "location" : "region";
        const place = provider.inputs[at];
        if (declared.size > 0 && place !== undefined) {
          expect("", `is made in a region that the stack does not declare`, () =>
            declared.has(region(plain(place, at))),
          );
        }
        if (cloud === "aws" && place !== undefined && !GLOBAL_MODULES.test(node.type)) {
          expect("region", "is another region than that of its provider", () => {
            const own = (node.props as { readonly region?: string }).region;
            return own === undefined || own === plain(place, at);
          });
        }
        if (cloud === "gcp" && project !== undefined) {
          expect("", "is made in another project than the stack's", () => {
            const given = provider.inputs["project"];
            return given === undefined || plain(given, "project") === project;
          });
          expect("project", "is another project than the stack's", () => {
            const own = (node.props as { readonly project?: string }).project;
            return own === undefined || own === project;
          });
        }
        if (cloud === "azure" && subscription !== undefined) {
          expect("", "is made in another subscription than the stack's", () => {
            const given = provider.inputs["subscriptionId"];
            return given === undefined || plain(given, "subscriptionId") === subscription;
          });
        }
      });
    },
  }),
];

/** A stack that is a site, and so has to stand by itself: it says so, or is there for recovery. */
export function isSite({ class: stackClass, config }: StackFacts): boolean {
  return stackClass === "recovery" || config["platform:site"] !== undefined;
}

/** The cloud that most resources of a stack are in. */
export function homeOf(graph: Graph): Cloud | undefined {
  const counts = new Map<Cloud, number>();
  for (const { type } of graph.nodes) {
    const cloud = cloudOf(type);
    if (cloud !== undefined) counts.set(cloud, (counts.get(cloud) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** What is read of another cloud, by the URN of who reads it. */
function readsByUrn(graph: Graph, cloud: Cloud): ReadonlyMap<string, readonly { path: string; read: ForeignRead }[]> {
  const found = new Map<string, { path: string; read: ForeignRead }[]>();
  for (const read of foreignReads({ cloud, resources: [...graph.nodes] })) {
    // A place is the URN and, behind a blank, the path: a URN may have blanks of its own.
    const urn = graph.node(read.where) === undefined ? read.where.slice(0, read.where.lastIndexOf(" ")) : read.where;
    const path = read.where.slice(urn.length).trim();
    found.set(urn, [...(found.get(urn) ?? []), { path, read }]);
  }
  return found;
}

/** Whether something is in another region than the stack's. What is everywhere, or in several, is in none. */
function isAway(node: Node, home: string): boolean {
  const cloud = cloudOf(node.type);
  if (cloud === undefined || GLOBAL_MODULES.test(node.type)) return false;
  const place = regionOf(node);
  if (place === undefined || place === home || place === "global") return false;
  return cloud !== "gcp" || isOneRegion(place);
}

/** Whether something is in the stack's region alone. */
function isAt(node: Node, home: string): boolean {
  const cloud = cloudOf(node.type);
  if (cloud === undefined || GLOBAL_MODULES.test(node.type) || EVERYWHERE.has(node.type)) return false;
  // Of Google Cloud, what says no place is everywhere.
  const says = ["region", "location", "locationId", "zone"].some((key) => node.inputs[key] !== undefined);
  return (cloud !== "gcp" || says) && regionOf(node) === home;
}

function plain(value: unknown, path: string): string {
  return typeof value === "string" ? value : undecided(path, "of its provider is not known before the update");
}
