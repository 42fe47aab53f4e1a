import type { InstanceArgs, TableArgs } from "@pulumi/gcp/bigtable";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { PROVIDER } from "./errors";
import { link, nameIn } from "./links";
import { inProject, requireNamed } from "./lookups";
import { boundedName, patternName } from "./names";
import { isZone, regionOfZone } from "./regions";
import { text } from "./text";

const INSTANCE = "gcp:bigtable/instance:Instance";
const TABLE = "gcp:bigtable/table:Table";
const DOCS = "https://docs.cloud.google.com/bigtable/docs";

type Inputs = Resolved<InstanceArgs>;

const instance = resourceType<InstanceArgs>({
  token: INSTANCE,
  service: "Bigtable",
  actions: { create: "CreateInstance", update: "PartialUpdateInstance", delete: "DeleteInstance" },
  reach: "global",
  name: boundedName("name", 6, 33, `${DOCS}/creating-instance`),
  defaults: () => ({ deletionProtection: true }),
  check: checkInstance,
  create: (context) => {
    const { inputs, scope } = context;
    for (const { kmsKeyName, zone } of inputs.clusters ?? []) {
      requireServiceKey(context, kmsKeyName, "bigtable.googleapis.com", [regionOfZone(zone ?? "")]);
    }
    const name = inputs.name ?? "";
    return {
      id: `projects/${scope.account}/instances/${name}`,
      outputs: { name, displayName: inputs.displayName ?? name, edition: inputs.edition ?? "ENTERPRISE" },
    };
  },
  // The tables go with it.
  delete: (context) => {
    const { resource, effects } = context;
    if (resource.inputs["deletionProtection"] !== false) {
      refuse(PROVIDER, "cannot destroy instance without setting deletion_protection=false and running `pulumi up`");
    }
    const tables = inProject(context, TABLE).filter(
      ({ inputs }) => nameIn(text(inputs["instanceName"])) === nameIn(resource.id),
    );
    for (const each of tables) {
      if (each.inputs["deletionProtection"] === "PROTECTED") {
        refuse("failedPrecondition", `Table ${each.id} is protected against deletion`);
      }
      effects.remove(each);
    }
  },
});

function checkInstance(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  checkChoices(context, [["edition", inputs.edition, ["ENTERPRISE", "ENTERPRISE_PLUS"]]]);
  const clusters = inputs.clusters ?? [];
  if (clusters.length === 0 && !context.isUnknown("clusters"))
    report("clusters", "at least one cluster must be specified");
  const zones = new Set<string>();
  for (const [index, { clusterId, zone, numNodes, autoscalingConfig: scaling, storageType }] of clusters.entries()) {
    const at = `clusters[${String(index)}]`;
    if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(clusterId))
      report(`${at}.clusterId`, "6 to 30 lower-case letters, digits and -");
    if (zone !== undefined && !isZone(zone)) report(`${at}.zone`, `there is no Google Cloud zone "${zone}"`);
    if (zone !== undefined && zones.has(zone)) report(`${at}.zone`, `two clusters of an instance cannot be in ${zone}`);
    zones.add(zone ?? "");
    if (numNodes !== undefined && scaling !== undefined) report(`${at}.numNodes`, "conflicts with autoscalingConfig");
    checkChoices(context, [[`${at}.storageType`, storageType, ["SSD", "HDD"]]]);
    checkRanges(context, [[`${at}.autoscalingConfig.cpuTarget`, scaling?.cpuTarget, 10, 80]]);
  }
}

const missing = { code: "notFound", message: "Instance {value} not found." };

/** https://docs.cloud.google.com/bigtable/docs/backups: a table has backups, and no recovery to any second. */
const table = resourceType<TableArgs>({
  token: TABLE,
  service: "Bigtable",
  actions: { create: "CreateTable", update: "UpdateTable", delete: "DeleteTable" },
  reach: "global",
  name: patternName("name", /^[A-Za-z0-9_.-]+$/, "1 to 50 letters, digits and -_.", 50, `${DOCS}/managing-tables`),
  references: [link("instanceName", INSTANCE, { holds: false, missing })],
  check: (context) => {
    const { inputs, refuse: report } = context;
    checkChoices(context, [["deletionProtection", inputs.deletionProtection, ["PROTECTED", "UNPROTECTED"]]]);
    const found = /^(\d+)h/.exec(inputs.changeStreamRetention ?? "");
    const hours = found === null ? undefined : Number(found[1]);
    if (hours !== undefined && hours !== 0 && (hours < 24 || hours > 168)) {
      report("changeStreamRetention", `24h to 168h, or 0 for none, got ${inputs.changeStreamRetention ?? ""}`);
    }
  },
  create: (context) => {
    const { inputs } = context;
    const on = requireNamed(context, INSTANCE, inputs.instanceName, missing);
    const name = inputs.name ?? "";
    return {
      id: `${on.id}/tables/${name}`,
      outputs: { name, deletionProtection: inputs.deletionProtection ?? "UNPROTECTED" },
    };
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtection"] === "PROTECTED") {
      refuse(
        "failedPrecondition",
        `The table ${resource.id} is protected. Set deletionProtection to UNPROTECTED first.`,
      );
    }
  },
});

export const bigtableTypes: readonly ResourceType[] = [instance, table];
