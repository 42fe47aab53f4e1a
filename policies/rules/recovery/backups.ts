import { z } from "zod";
import { valuesAt } from "../../../offline/cloud/value";
import { regionOf, regionsAt } from "../../checks/regions";
import { tagsOf } from "../../checks/tags";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Rule } from "../../model/rule";
import { NOT_KNOWN_YET, undecided } from "../../model/view";
import type { ResourceType } from "../../types";

const BACKUP = "https://docs.aws.amazon.com/aws-backup/latest/devguide";

type Plan = Node<"aws:backup/plan:Plan">;
type Selection = Node<"aws:backup/selection:Selection">;

/** Stores of AWS that AWS Backup copies. */
const BACKED_UP = [
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:docdb/cluster:Cluster",
  "aws:dynamodb/table:Table",
  "aws:s3/bucket:Bucket",
] as const satisfies readonly ResourceType[];

export const backupRules: readonly Rule[] = [
  graphRule({
    id: "dr-backup-copy-cross-region",
    title: "Every backup that a plan makes is copied to another region, and kept long enough there",
    severity: "high",
    controls: { iso27001: ["A.8.13"], hipaa: ["164.308(a)(7)(ii)(A)"] },
    why: "A backup in the region of its source goes with it, and one that is kept for days is gone before a slow fault is found.",
    remedy: {
      text: "Give each rule of the plan a copy action to a vault of another region, and keep both for the days that are asked.",
      example:
        "rules: [{ copyActions: [{ destinationVaultArn: otherRegion.arn, lifecycle: { deleteAfter: 35 } }], enableContinuousBackup: true, … }]",
    },
    source: `${BACKUP}/recov-point-create-a-copy.html`,
    starred: true,
    settings: z.object({
      minimumDays: z.int().min(1).default(30).describe("Days that backups and their copies are kept, at least."),
    }),
    types: ["aws:backup/plan:Plan"],
    check: (graph, judge, { stack, settings }) => {
      if (stack.class === "development") return;
      const days = String(settings.minimumDays);
      const kept = (lifecycle: { readonly deleteAfter?: number } | undefined) =>
        lifecycle?.deleteAfter === undefined || lifecycle.deleteAfter >= settings.minimumDays;
      judge.each(graph.all("aws:backup/plan:Plan"), (plan, expect) => {
        expect("rules", "has no rule", () => (plan.props.rules ?? []).length > 0);
        for (const [index, rule] of (plan.props.rules ?? []).entries()) {
          const at = `rules[${String(index)}]`;
          expect(`${at}.lifecycle.deleteAfter`, `deletes backups before ${days} days are over`, () =>
            kept(rule.lifecycle),
          );
          expect(`${at}.copyActions`, "copies nothing to another region", () => copiesElsewhere(graph, plan, index));
          for (const [number, copy] of (rule.copyActions ?? []).entries()) {
            const path = `${at}.copyActions[${String(number)}].lifecycle.deleteAfter`;
            expect(path, `deletes copies before ${days} days are over`, () => kept(copy.lifecycle));
          }
        }
        // Databases keep every change by themselves; buckets do so by the plan alone.
        expect("rules", "keeps no change of the buckets it backs up between one backup and the next", () => {
          const isContinuous = () => (plan.props.rules ?? []).some((rule) => rule.enableContinuousBackup === true);
          return !selectionsOf(graph, plan).some(selectsBuckets) || isContinuous();
        });
      });
    },
  }),
  graphRule({
    id: "dr-backup-covers-stateful",
    title: "Every store is in a backup plan",
    severity: "high",
    controls: { pciDss: ["10.3.3"] },
    why: "A store that no plan names is found out on the day it is to be restored.",
    remedy: {
      text: "Name the store in a selection, by its ARN or by a tag that all stores have, or copy its automated backups to another region.",
      example:
        'new backup.Selection("stores", { planId: plan.id, resources: [bucket.arn, "arn:aws:rds:*:*:db:*"], … })',
    },
    source: `${BACKUP}/assigning-resources.html`,
    types: BACKED_UP,
    check: (graph, judge, { stack }) => {
      if (stack.class === "development") return;
      judge.each(sources(graph), (store, expect) => {
        expect("", "is in no backup plan, and keeps no backups of its own in another region", () =>
          anyOf([() => keepsOwnBackups(graph, store), () => isSelected(graph, store)], (way) => way()),
        );
      });
    },
  }),
];

/** Stores that hold data of their own: a replica has those of its source. */
export function sources(graph: Graph): readonly Node<(typeof BACKED_UP)[number]>[] {
  return graph.all(...BACKED_UP).filter((node) => node.inputs["replicateSourceDb"] === undefined);
}

/** Whether one of the copies that a rule of a plan makes goes to another region than the plan's. */
export function copiesElsewhere(graph: Graph, plan: Plan, rule: number): boolean {
  const own = regionOf(plan);
  const copies = plan.props.rules?.[rule]?.copyActions ?? [];
  return anyOf(copies.keys(), (copy) => {
    const path = `rules[${String(rule)}].copyActions[${String(copy)}].destinationVaultArn`;
    const regions = regionsAt(graph, plan, path, ["aws:backup/vault:Vault"]);
    if (own === undefined || (regions.size > 1 && regions.has(own))) undecided(path, NOT_KNOWN_YET);
    return !regions.has(own);
  });
}

function selectionsOf(graph: Graph, plan: Plan): readonly Selection[] {
  return graph.from("aws:backup/selection:Selection", "planId", plan);
}

function selectsBuckets({ props }: Selection): boolean {
  return (props.resources ?? []).some((each) => /^arn:aws[a-z-]*:s3:/.test(each));
}

/** Whether a database copies its own automated backups to another region. */
export function keepsOwnBackups(graph: Graph, store: Node): boolean {
  if (store.type !== "aws:rds/instance:Instance") return false;
  const copies = graph.from(
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    "sourceDbInstanceArn",
    store,
  );
  return copies.some((copy) => regionOf(copy) !== regionOf(store));
}

/** Whether a selection of the store's region takes it in. */
export function isSelected(graph: Graph, store: Node, fits: (plan: Plan) => boolean = () => true): boolean {
  return anyOf(graph.all("aws:backup/selection:Selection"), (selection) => {
    if (regionOf(selection) !== regionOf(store) || !selects(graph, selection, store)) return false;
    const plans = graph.to(selection, "planId", "aws:backup/plan:Plan");
    return anyOf(plans, fits);
  });
}

/**
 * Tags of a selection each take in what has them; conditions must all hold of what its list of ARNs takes in.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html
 */
function selects(graph: Graph, selection: Selection, store: Node): boolean {
  const { props } = selection;
  return anyOf(
    [
      () =>
        (props.selectionTags ?? []).some(
          ({ type, key = "", value }) => type === "STRINGEQUALS" && tagsOf(store)[key] === value,
        ),
      () =>
        names(graph, selection, "resources", store) &&
        !names(graph, selection, "notResources", store) &&
        meetsConditions(selection, store),
    ],
    (way) => way(),
  );
}

function names(graph: Graph, selection: Selection, path: "resources" | "notResources", store: Node): boolean {
  const { nodes, unresolved } = graph.references(selection, path, ...BACKED_UP);
  if (nodes.some((node) => node.urn === store.urn)) return true;
  const patterns = valuesAt(selection.inputs, `${path}[*]`).flatMap(({ value }) =>
    typeof value === "string" ? value : [],
  );
  if (anyOf(patterns, (pattern) => takesIn(pattern, store))) return true;
  return unresolved && undecided("", `${path} of ${selection.name} ${NOT_KNOWN_YET}`);
}

function takesIn(pattern: string, store: Node): boolean {
  const arn = store.outputs["arn"] ?? store.inputs["arn"];
  if (pattern === "*") return true;
  if (typeof arn === "string") return fits(arn, pattern);
  // What is not there yet has no ARN: its kind, which is known, decides a pattern that asks for nothing else.
  const kind = KINDS[store.type] ?? "";
  const service = (text: string) => text.split(":")[2];
  if (pattern.startsWith(kind) && /^\**$/.test(pattern.slice(kind.length))) return true;
  return service(pattern) === service(kind) && undecided("", `the ARN ${NOT_KNOWN_YET}`);
}

/** How patterns for all stores of a kind begin. */
const KINDS: Readonly<Record<string, string>> = {
  "aws:rds/instance:Instance": "arn:aws:rds:*:*:db:",
  "aws:rds/cluster:Cluster": "arn:aws:rds:*:*:cluster:",
  "aws:docdb/cluster:Cluster": "arn:aws:rds:*:*:cluster:",
  "aws:dynamodb/table:Table": "arn:aws:dynamodb:*:*:table/",
  "aws:s3/bucket:Bucket": "arn:aws:s3:::",
};

/** Whether a text is of a pattern in which `*` stands for any text. */
function fits(text: string, pattern: string): boolean {
  const parts = pattern.split("*");
  const end = parts.pop() ?? "";
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const found = text.indexOf(part, at);
    if (found === -1 || (index === 0 && found !== 0)) return false;
    at = found + part.length;
  }
  return text.length - end.length >= at && text.endsWith(end);
}

function meetsConditions({ props }: Selection, store: Node): boolean {
  const tag = (key: string | undefined) => tagsOf(store)[(key ?? "").replace(/^aws:ResourceTag\//, "")];
  return (props.conditions ?? []).every(
    ({ stringEquals = [], stringNotEquals = [], stringLikes = [], stringNotLikes = [] }) =>
      stringEquals.every(({ key, value }) => tag(key) === value) &&
      stringNotEquals.every(({ key, value }) => tag(key) !== value) &&
      stringLikes.every(({ key, value }) => fits(tag(key) ?? "", value ?? "")) &&
      stringNotLikes.every(({ key, value }) => !fits(tag(key) ?? "", value ?? "")),
  );
}
