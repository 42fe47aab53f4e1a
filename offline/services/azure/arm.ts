import type { Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import known from "./arm-types.json";
import { text } from "./text";

/** Where a resource type stands in Azure Resource Manager. */
export interface ArmType {
  /**
   * What follows `/providers/` in an id of a resource group, with the inputs that name each step: `Microsoft.X/things/{thingName}`.
   * A path that begins with an input in braces hangs on any resource; `{subscription}` is the subscription. Empty: a resource group.
   */
  readonly path: string;
  /** Version of the REST API that the SDK calls; absent where it calls none of Resource Manager. */
  readonly api?: string;
}

/*
 * Source of the paths: https://github.com/Azure/azure-rest-api-specs; of the versions: the typings of @pulumi/azure-native 3.28.0.
 */
const KNOWN: Readonly<Record<string, ArmType>> = known;

/** Tokens with a path of their own. */
export function armTokens(): readonly string[] {
  return Object.keys(KNOWN);
}

/** The path of a type. One that the table lacks gets a path of the usual shape, from the inputs that its class has. */
export function armType(token: string, schema: ResourceSchema | undefined): ArmType {
  return KNOWN[token] ?? { path: guessedPath(token, schema) };
}

function guessedPath(token: string, schema: ResourceSchema | undefined): string {
  const [, module = "", className = ""] = token.split(":");
  const inputs = Object.entries(schema?.inputs.properties ?? {}).filter(
    ([name, { schema: type }]) => /^name$|Name$/.test(name) && name !== "resourceGroupName" && type.kind === "string",
  );
  const camel = className.charAt(0).toLowerCase() + className.slice(1);
  // The name of the resource itself is the one that the provider fills in.
  const own =
    inputs.find(([name]) => name === `${camel}Name` || name === "resourceName") ??
    inputs.find(([, { required }]) => !required) ??
    inputs.at(-1);
  const parents = inputs.filter(([name, { required }]) => required && name !== own?.[0]);
  const steps = parents.map(([name]) => `${name.replace(/Name$/, "")}s/{${name}}`);
  const last = own === undefined ? `${camel}s/default` : `${camel}s/{${own[0]}}`;
  return [`Microsoft.${module.charAt(0).toUpperCase()}${module.slice(1)}`, ...steps, last].join("/");
}

/** Inputs that stand in the id, in its order. All of them replace. */
export function pathInputs({ path }: ArmType): readonly string[] {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).filter((name) => name !== "subscription");
  return path.startsWith("{") ? named : ["resourceGroupName", ...named];
}

/** The input that names the resource; undefined where the path ends with a word of its own. */
export function nameInput(type: ArmType): string | undefined {
  return type.path === "" ? "resourceGroupName" : /\{(\w+)\}$/.exec(type.path)?.[1];
}

/** How many inputs the path itself has: more than one is a child of another resource. */
export function isChild({ path }: ArmType): boolean {
  return (path.split("Microsoft.")[1]?.match(/\{/g)?.length ?? 0) > 1;
}

/** `Microsoft.Network/virtualNetworks/subnets`, as Resource Manager calls it. */
export function typeName({ path }: ArmType): string {
  if (path === "") return "Microsoft.Resources/resourceGroups";
  const [namespace = "", ...steps] = path.replace(/^\{\w+\}\//, "").split("/");
  return [namespace, ...steps.filter((_, index) => index % 2 === 0).filter((step) => !step.startsWith("{"))].join("/");
}

/** `Microsoft.Network` of a path. */
export function namespaceOf(type: ArmType): string {
  return typeName(type).split("/")[0] ?? "";
}

/** The id of the resource that these inputs describe. Inputs that are absent leave their braces. */
export function armId(type: ArmType, inputs: Properties, subscription: string): string {
  const filled = type.path.replace(/\{(\w+)\}/g, (braces, name: string) =>
    name === "subscription" ? braces : trimmed(text(inputs[name]) ?? braces),
  );
  const group = `/subscriptions/${subscription}/resourceGroups/${text(inputs["resourceGroupName"]) ?? "{resourceGroupName}"}`;
  if (type.path === "") return group;
  if (!type.path.startsWith("{")) return `${group}/providers/${filled}`;
  const namespace = filled.lastIndexOf("/Microsoft.");
  const owner = filled.slice(0, namespace).replace("{subscription}", `subscriptions/${subscription}`);
  return `/${owner}/providers/${filled.slice(namespace + 1)}`;
}

/** Providers take the slashes off an id that stands for a scope. */
function trimmed(value: string): string {
  return value.replace(/^\/+|\/+$/g, "");
}

/** What the resource is a child of: the id without what the last input names. Undefined: of a resource group or nothing at all. */
export function parentId(type: ArmType, inputs: Properties, subscription: string): string | undefined {
  const steps = type.path.split("/");
  const last = steps.reduce(
    (found, step, index) => (index < steps.length - 1 && step.startsWith("{") ? index : found),
    -1,
  );
  if (last < 0) return undefined;
  if (last === 0)
    return steps[0] === "{subscription}" ? undefined : `/${trimmed(text(inputs[steps[0]?.slice(1, -1) ?? ""]) ?? "")}`;
  return armId({ path: steps.slice(0, last + 1).join("/") }, inputs, subscription);
}

/** The parts of an id of Resource Manager; undefined for any other text. */
export interface ArmId {
  readonly subscription: string;
  readonly resourceGroup: string | undefined;
  /** `Microsoft.Network/virtualNetworks/subnets`; that of a resource group where the id names one. */
  readonly type: string;
  /** Names along the path, the resource's own last. */
  readonly names: readonly string[];
}

export function parseArmId(id: string): ArmId | undefined {
  const found = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(\/.*)?$/i.exec(id);
  if (found === null) return undefined;
  const [, subscription = "", resourceGroup, rest = ""] = found;
  // What hangs on another resource has two parts that begin so: its own is the last.
  const at = rest.toLowerCase().lastIndexOf("/providers/");
  if (at < 0 && rest !== "" && rest !== "/") return undefined;
  const [namespace, ...own] = at < 0 ? [] : rest.slice(at + "/providers/".length).split("/");
  const path = own.join("/");
  const steps = path.split("/").filter((step) => step !== "");
  const even = (parity: number) => steps.filter((_, index) => index % 2 === parity);
  return {
    subscription,
    resourceGroup,
    type: namespace === undefined ? "Microsoft.Resources/resourceGroups" : [namespace, ...even(0)].join("/"),
    names: namespace === undefined ? [resourceGroup ?? subscription] : even(1),
  };
}

/** Names and ids compare without regard to case: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export function sameId(one: unknown, other: unknown): boolean {
  return typeof one === "string" && typeof other === "string" && one.toLowerCase() === other.toLowerCase();
}

/** Whether `id` is of something inside `owner`. */
export function isInside(id: string, owner: string): boolean {
  return id.toLowerCase().startsWith(`${owner.toLowerCase()}/`);
}
