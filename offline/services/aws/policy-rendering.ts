import { createHash } from "node:crypto";
import { ServiceError } from "../../cloud/errors";
import { isList, isProperties, type Properties, type Value } from "../../cloud/value";
import { text } from "./text";

type Document = Record<string, unknown>;

/**
 * The answer of `aws.iam.getPolicyDocument`: statements rendered to JSON, documents to start from below them, overriding ones above.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function renderPolicyDocument(args: Properties): Properties {
  const own: Document = { Version: args["version"] ?? "2012-10-17" };
  if (typeof args["policyId"] === "string") own["Id"] = args["policyId"];
  const statements = blocks(args["statements"]).map(renderStatement);
  refuseTwins(statements);
  own["Statement"] = statements;
  let document: Document = {};
  for (const source of documents(args["sourceJson"], args["sourcePolicyDocuments"]))
    document = merged(document, source, false);
  document = merged(document, own, true);
  for (const override of documents(args["overridePolicyDocuments"], args["overrideJson"])) {
    document = merged(document, override, true);
  }
  const ordered = inOrder(document);
  const json = JSON.stringify(ordered, null, 2);
  const id = parseInt(createHash("sha256").update(json).digest("hex").slice(0, 8), 16);
  return { ...args, id: String(id), json, minifiedJson: JSON.stringify(ordered), version: String(document["Version"]) };
}

function renderStatement(block: Properties): Document {
  const statement: Document = {};
  if (typeof block["sid"] === "string" && block["sid"] !== "") statement["Sid"] = block["sid"];
  statement["Effect"] = block["effect"] ?? "Allow";
  for (const [property, element] of [
    ["actions", "Action"],
    ["notActions", "NotAction"],
    ["resources", "Resource"],
    ["notResources", "NotResource"],
  ] as const) {
    const values = texts(block[property]).map(substitute);
    if (values.length > 0) statement[element] = oneOrMany(values);
  }
  for (const [property, element] of [
    ["principals", "Principal"],
    ["notPrincipals", "NotPrincipal"],
  ] as const) {
    const principals = blocks(block[property]);
    if (principals.length > 0) statement[element] = renderPrincipals(principals);
  }
  const conditions = blocks(block["conditions"]);
  if (conditions.length > 0) statement["Condition"] = renderConditions(conditions);
  return statement;
}

function renderPrincipals(principals: readonly Properties[]): unknown {
  const only = principals[0];
  const all = principals.length === 1 && only?.["type"] === "*" && texts(only["identifiers"])[0] === "*";
  if (all) return "*";
  const rendered: Record<string, string[]> = {};
  for (const principal of principals) {
    const type = text(principal["type"]);
    rendered[type] = [...(rendered[type] ?? []), ...texts(principal["identifiers"]).map(substitute)];
  }
  return Object.fromEntries(Object.entries(rendered).map(([type, values]) => [type, oneOrMany(values)]));
}

function renderConditions(conditions: readonly Properties[]): unknown {
  const rendered: Record<string, Record<string, unknown>> = {};
  for (const condition of conditions) {
    const test = text(condition["test"]);
    const operator = (rendered[test] ??= {});
    operator[text(condition["variable"])] = oneOrMany(texts(condition["values"]).map(substitute));
  }
  return rendered;
}

/** `&{…}` stands for a policy variable `${…}`, which the configuration languages would take for their own. */
function substitute(text: string): string {
  return text.replaceAll("&{", "${");
}

/** One value stands alone; more are listed from last to first, the order the provider gives. */
function oneOrMany(values: readonly string[]): unknown {
  return values.length === 1 ? values[0] : [...new Set(values)].sort().reverse();
}

/** `over` wins for a statement of the same Sid; without `replacing` two documents with one Sid are refused. */
function merged(base: Document, over: Document, replacing: boolean): Document {
  const kept = [...statementsOf(base)];
  for (const statement of statementsOf(over)) {
    const sid = statement["Sid"];
    const at = sid === undefined ? -1 : kept.findIndex((each) => each["Sid"] === sid);
    if (at >= 0 && !replacing) throw new ServiceError("InvalidParameter", `duplicate Sid (${String(sid)})`);
    if (at >= 0) kept[at] = statement;
    else kept.push(statement);
  }
  return { ...base, ...over, Statement: kept };
}

function statementsOf(document: Document): readonly Document[] {
  const statement = document["Statement"];
  if (statement === undefined) return [];
  return (Array.isArray(statement) ? statement : [statement]) as readonly Document[];
}

function refuseTwins(statements: readonly Document[]): void {
  const sids = statements.map((statement) => statement["Sid"]).filter((sid) => sid !== undefined);
  const twin = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twin !== undefined) throw new ServiceError("InvalidParameter", `duplicate Sid (${text(twin)})`);
}

function documents(...sources: readonly (Value | undefined)[]): readonly Document[] {
  return sources
    .flatMap((source) => texts(source))
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as Document);
}

function inOrder(document: Document): Document {
  const { Version, Id, Statement } = document;
  return { Version, ...(Id === undefined ? {} : { Id }), Statement };
}

function blocks(value: Value | undefined): readonly Properties[] {
  return (isList(value) ? value : []).filter(isProperties);
}

function texts(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return (isList(value) ? value : []).filter((each) => typeof each === "string");
}
