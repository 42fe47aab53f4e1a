import { z } from "zod";
import { Unknown, valuesAt } from "../../../offline/cloud/value";
import { contains, overlap, rangeOf, type Range } from "../../checks/ranges";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Rule, type StackFacts } from "../../model/rule";
import { NOT_KNOWN_YET, undecided } from "../../model/view";
import type { ResourceType } from "../../types";

/** Where each type writes its ranges, and what they are. A network holds subnets; the rest holds nothing. */
const RANGES = [
  ["aws:ec2/vpc:Vpc", "network", ["cidrBlock"]],
  ["aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "network", ["cidrBlock"]],
  ["aws:ec2/subnet:Subnet", "subnet", ["cidrBlock"]],
  ["aws:eks/cluster:Cluster", "cluster", ["kubernetesNetworkConfig.serviceIpv4Cidr"]],
  ["gcp:compute/subnetwork:Subnetwork", "subnet", ["ipCidrRange", "secondaryIpRanges[*].ipCidrRange"]],
  [
    "gcp:container/cluster:Cluster",
    "cluster",
    [
      "ipAllocationPolicy.clusterIpv4CidrBlock",
      "ipAllocationPolicy.servicesIpv4CidrBlock",
      "privateClusterConfig.masterIpv4CidrBlock",
    ],
  ],
  ["azure-native:network:VirtualNetwork", "network", ["addressSpace.addressPrefixes[*]"]],
  ["azure-native:network:Subnet", "subnet", ["addressPrefix", "addressPrefixes[*]"]],
  [
    "azure-native:containerservice:ManagedCluster",
    "cluster",
    [
      "networkProfile.podCidr",
      "networkProfile.serviceCidr",
      "networkProfile.podCidrs[*]",
      "networkProfile.serviceCidrs[*]",
    ],
  ],
] as const satisfies readonly (readonly [ResourceType, "network" | "subnet" | "cluster", readonly string[]])[];

/** A range of addresses that a resource of the stack has. */
interface Block {
  readonly node: Node;
  readonly path: string;
  readonly kind: "network" | "subnet" | "cluster";
  readonly cidr: string;
  readonly range: Range;
}

/** Routes to other sites: where they write what is there. */
const ROUTES = [
  ["aws:ec2/route:Route", "destinationCidrBlock", ["transitGatewayId"]],
  ["aws:ec2/vpnConnectionRoute:VpnConnectionRoute", "destinationCidrBlock", []],
  ["azure-native:network:LocalNetworkGateway", "localNetworkAddressSpace.addressPrefixes[*]", []],
] as const satisfies readonly (readonly [ResourceType, string, readonly string[]])[];

/**
 * Blocks of the address plan, by site: `components/planning/site-plan.ts` gives them, and a test compares. A site that is in no plan
 * links to none of them.
 */
export const PLANNED_SITES: Readonly<Record<string, readonly string[]>> = {
  dev: ["10.16.0.0/12"],
  prod: ["10.32.0.0/12"],
  "prod-gcp": ["10.48.0.0/12"],
  dr: ["10.64.0.0/12"],
};

export const sitesSetting = z
  .record(z.string(), z.array(z.string()))
  .default(() => Object.fromEntries(Object.entries(PLANNED_SITES).map(([site, blocks]) => [site, [...blocks]])))
  .describe(
    "Ranges of every site that links to others, by its name. A stack whose site is not among them links to none.",
  );

export const addressRules: readonly Rule[] = [
  graphRule({
    id: "net-no-cidr-overlap",
    title: "Addresses of networks, pods and services are those of one site alone",
    severity: "critical",
    controls: { iso27001: ["A.8.20"] },
    why: "Two sites with the same addresses cannot be joined: packets for the other one never leave, so replication and failover stop where they are needed.",
    remedy: {
      text: "Give each network, subnet, range of pods and range of services a part of the site's own block.",
      example: 'new ec2.Vpc("network", { cidrBlock: "10.32.0.0/16", … }) // prod has 10.32.0.0/12',
    },
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    starred: true,
    settings: z.object({ sites: sitesSetting }),
    types: [...RANGES.map(([type]) => type), "gcp:compute/globalAddress:GlobalAddress"],
    check: (graph, judge, { stack, settings }) => {
      const blocks = blocksOf(graph);
      const networkOf = networks(graph);
      const others = otherSites(stack, settings.sites);
      const routes = routesOf(graph);
      const owners = new Map<Node, Block[]>();
      for (const block of blocks) owners.set(block.node, [...(owners.get(block.node) ?? []), block]);
      judge.each(graph.all(...RANGES.map(([type]) => type)), (node, expect) => {
        for (const path of unknownPaths(node)) expect(path, "", () => undecided(path, NOT_KNOWN_YET));
        for (const block of owners.get(node) ?? []) {
          const clash = blocks.find((other) => other !== block && clashes(block, other));
          expect(block.path, `overlaps with ${clash === undefined ? "" : named(clash)}`, () => clash === undefined);
          const site = others.find(([, range]) => overlap(range, block.range))?.[0];
          expect(block.path, `lies in the addresses of site ${site ?? ""}`, () => site === undefined);
          const route = routes.find(({ range }) => contains(block.range, range));
          expect(
            block.path,
            `holds addresses that ${route?.node.name ?? ""} sends to another site`,
            () => route === undefined,
          );
        }
      });
      judge.each(graph.all("gcp:compute/globalAddress:GlobalAddress"), (address, expect) => {
        for (const block of owners.get(address) ?? []) {
          const clash = blocks.find((other) => other !== block && clashes(block, other));
          expect("address", `overlaps with ${clash === undefined ? "" : named(clash)}`, () => clash === undefined);
          const site = others.find(([, range]) => overlap(range, block.range))?.[0];
          expect("address", `lies in the addresses of site ${site ?? ""}`, () => site === undefined);
        }
      });
      const within = blocks.filter(({ kind, node }) => kind === "subnet" && SUBNETS.has(node.type));
      judge.each(new Set(within.map(({ node }) => node)), (subnet, expect) => {
        for (const block of within.filter(({ node }) => node === subnet)) {
          expect(block.path, "lies outside of its network", () => {
            const network = networkOf(subnet);
            const own = blocks.filter(({ kind, node }) => kind === "network" && (networkOf(node) ?? node) === network);
            if (own.length === 0) undecided(block.path, "is of a network whose addresses are not known");
            return own.some(({ range }) => contains(range, block.range));
          });
        }
      });
    },
  }),
];

/** Subnets that lie in a range of their network: one of Google Cloud has none. */
const SUBNETS: ReadonlySet<string> = new Set(["aws:ec2/subnet:Subnet", "azure-native:network:Subnet"]);

function blocksOf(graph: Graph): readonly Block[] {
  const found: Block[] = [];
  for (const [type, kind, paths] of RANGES) {
    for (const node of graph.all(type)) {
      for (const { path, value } of paths.flatMap((each) => valuesAt(node.inputs, each))) {
        if (typeof value !== "string") continue;
        const range = rangeOf(value);
        // The same range is written twice where a form has one value and a list.
        if (range === undefined || found.some((block) => block.node === node && block.cidr === value)) continue;
        found.push({ node, path, kind, cidr: value, range });
      }
    }
  }
  // Ranges that are kept for managed services of Google Cloud.
  for (const node of graph.all("gcp:compute/globalAddress:GlobalAddress")) {
    const { address, prefixLength } = node.inputs;
    if (typeof address !== "string" || typeof prefixLength !== "number") continue;
    const cidr = `${address}/${String(prefixLength)}`;
    const range = rangeOf(cidr);
    if (range !== undefined) found.push({ node, path: "address", kind: "subnet", cidr, range });
  }
  return found;
}

function unknownPaths(node: Node): readonly string[] {
  const paths = RANGES.find(([type]) => type === node.type)?.[2] ?? [];
  return paths.flatMap((each) => {
    // The path, and the blocks around it.
    const steps = [each, each.replace(/\[\*\].*$/, ""), each.split(/[.[]/)[0] ?? each];
    return [...new Set(steps)]
      .flatMap((step) => valuesAt(node.inputs, step))
      .filter(({ value }) => value instanceof Unknown)
      .map(({ path }) => path);
  });
}

/** The network that a subnet or a further range is of. Undecided where it is not of this stack. */
function networks(graph: Graph): (node: Node) => Node | undefined {
  return (node) => {
    if (node.type === "azure-native:network:Subnet") {
      return graph.to(node, "virtualNetworkName", "azure-native:network:VirtualNetwork")[0];
    }
    return IN_VPC.has(node.type) ? graph.to(node, "vpcId", "aws:ec2/vpc:Vpc")[0] : undefined;
  };
}

const IN_VPC: ReadonlySet<string> = new Set([
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
]);

/** Whether two blocks are for the same addresses. A subnet lies in its network, whose addresses are judged by themselves. */
function clashes(a: Block, b: Block): boolean {
  const isNested =
    (a.kind === "network" && SUBNETS.has(b.node.type)) || (b.kind === "network" && SUBNETS.has(a.node.type));
  return !isNested && overlap(a.range, b.range);
}

/** Ranges of the other sites of the plan that this stack's site is in. */
export function otherSites(
  stack: StackFacts,
  sites: Readonly<Record<string, readonly string[]>>,
): readonly (readonly [site: string, range: Range])[] {
  const own = stack.config["platform:site"] ?? stack.stack;
  if (sites[own] === undefined) return [];
  return Object.entries(sites).flatMap(([site, blocks]) =>
    site === own ? [] : blocks.flatMap((block) => rangeOf(block) ?? []).map((range) => [site, range] as const),
  );
}

/** Ranges that routes of this stack send to other sites. */
function routesOf(graph: Graph): readonly { readonly node: Node; readonly range: Range }[] {
  return ROUTES.flatMap(([type, path, targets]) =>
    graph.all(type).flatMap((node) => {
      const leaves = targets.length === 0 || targets.some((target) => node.inputs[target] !== undefined);
      if (!leaves) return [];
      return valuesAt(node.inputs, path)
        .flatMap(({ value }) => (typeof value === "string" ? (rangeOf(value) ?? []) : []))
        .map((range) => ({ node, range }));
    }),
  );
}

function named({ node, cidr }: Block): string {
  return `${cidr} of ${node.name}`;
}
