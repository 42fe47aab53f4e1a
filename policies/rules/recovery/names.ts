import { z } from "zod";
import { namedIn } from "../../../recovery/addresses";
import type { Cloud } from "../../checks/regions";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";

type DnsRecord = Node<"aws:route53/record:Record">;

/** Records that send users somewhere. */
const SERVING: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME"]);

const ROUTE53 = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide";

export const nameRules: readonly Rule[] = [
  graphRule({
    id: "dr-dns-failover-pair",
    title: "Every public name leads to another cloud when the first one is gone",
    severity: "critical",
    controls: { iso27001: ["A.8.14"], hipaa: ["164.308(a)(7)(ii)(B)"] },
    why: "A name with one target is down with it, and changing it by hand needs the control plane that may be down too.",
    remedy: {
      text: "Write each name as a pair of failover records in different clouds, with a health check on the first and a TTL of a minute, before it is needed.",
      example:
        'new route53.Record("app-primary", { failoverRoutingPolicies: [{ type: "PRIMARY" }], healthCheckId: check.id, ttl: 60, … })',
    },
    source: `${ROUTE53}/dns-failover-configuring.html`,
    starred: true,
    settings: z.object({
      maximumTtl: z.int().min(1).default(60).describe("Seconds that resolvers may keep an answer, at most."),
      minimumRegions: z.int().min(3).default(3).describe("Regions that a health check looks from, at least."),
      primaryRegions: z
        .array(z.string())
        .default(["us-west-2"])
        .describe("Regions whose loss the names are to survive."),
      oneSite: z.array(z.string()).default([]).describe("Names that are served by one site alone."),
    }),
    types: ["aws:route53/record:Record", "aws:route53/healthCheck:HealthCheck"],
    check: (graph, judge, { stack, settings }) => {
      if (stack.class === "development") return;
      const records = graph.all("aws:route53/record:Record");
      judge.each(records, (record, expect) => {
        const { props } = record;
        if (!SERVING.has(props.type ?? "") || settings.oneSite.includes(props.name ?? "")) return;
        // Names that begin so prove who has a domain: https://www.rfc-editor.org/rfc/rfc8552
        if (props.name?.startsWith("_") === true || isPrivate(graph, record)) return;
        const kind = () => kindOf(record);
        expect("failoverRoutingPolicies", "is missing: the name has one target", () => kind() !== undefined);
        const twin = () => {
          const other = kind() === "PRIMARY" ? "SECONDARY" : "PRIMARY";
          return records.find((each) => each !== record && isSameName(graph, each, record) && kindOf(each) === other);
        };
        expect("failoverRoutingPolicies", "has no other half: the name has one target", () => {
          return kind() === undefined || twin() !== undefined;
        });
        // A second half without a check is taken for healthy, which is what a last resort should be.
        expect("healthCheckId", "is missing: nothing notices that the first target is gone", () => {
          if (kind() !== "PRIMARY" || props.healthCheckId !== undefined) return true;
          return (props.aliases ?? []).some(({ evaluateTargetHealth }) => evaluateTargetHealth === true);
        });
        // An alias has the TTL of its target, a minute for a load balancer.
        expect("ttl", `is longer than ${String(settings.maximumTtl)} seconds`, () => {
          return (props.aliases ?? []).length > 0 || (props.ttl ?? Infinity) <= settings.maximumTtl;
        });
        expect("records", "leads to the same cloud as the other half", () => {
          const other = twin();
          if (kind() !== "PRIMARY" || other === undefined) return true;
          const [own, others] = [cloudsOf(records, record), cloudsOf(records, other)];
          return ![...own].some((cloud) => others.has(cloud));
        });
      });
      judge.each(graph.all("aws:route53/healthCheck:HealthCheck"), (check, expect) => {
        const { props } = check;
        expect("regions", `are fewer than ${String(settings.minimumRegions)}`, () => {
          // Without a list it looks from all of them.
          return props.regions === undefined || new Set(props.regions).size >= settings.minimumRegions;
        });
        expect("cloudwatchAlarmRegion", "is a region that may be lost, and the alarm with it", () => {
          return !settings.primaryRegions.includes(props.cloudwatchAlarmRegion ?? "");
        });
      });
    },
  }),
];

function kindOf({ props }: DnsRecord): string | undefined {
  return props.failoverRoutingPolicies?.[0]?.type;
}

function isSameName(graph: Graph, a: DnsRecord, b: DnsRecord): boolean {
  return a.props.name === b.props.name && a.props.type === b.props.type && zoneOf(graph, a) === zoneOf(graph, b);
}

/** What tells the zone of a record from others: the zone itself where it is of this stack. */
function zoneOf(graph: Graph, record: DnsRecord): string | undefined {
  const [zone] = graph.references(record, "zoneId", "aws:route53/zone:Zone").nodes;
  return zone === undefined ? record.props.zoneId : zone.urn;
}

/** Whether the zone of a record answers in networks alone. One outside of the stack is taken for public. */
function isPrivate(graph: Graph, record: DnsRecord): boolean {
  const { nodes } = graph.references(record, "zoneId", "aws:route53/zone:Zone");
  return nodes.some(({ props }) => (props.vpcs ?? []).length > 0);
}

/**
 * The clouds that a record leads to. One that leads to another name of the same zone leads where that does.
 * Undecided where the target is no host of a cloud: an address does not say whose it is.
 */
function cloudsOf(
  records: readonly DnsRecord[],
  record: DnsRecord,
  seen: ReadonlySet<DnsRecord> = new Set(),
): ReadonlySet<Cloud> {
  if (seen.has(record)) return new Set();
  const targets = [...(record.props.records ?? []), ...(record.props.aliases ?? []).map(({ name = "" }) => name)];
  const found = new Set<Cloud>();
  for (const target of targets) {
    const next = records.filter(({ props }) => props.name === target.replace(/\.$/, ""));
    if (next.length > 0) {
      for (const each of next)
        for (const cloud of cloudsOf(records, each, new Set([...seen, record]))) found.add(cloud);
      continue;
    }
    const [host] = namedIn(target, "aws");
    if (host === undefined) undecided("records", "names a target of no cloud that could be told");
    found.add(host.cloud);
  }
  return found;
}
