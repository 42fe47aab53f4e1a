import type { NetworkSecurityGroupArgs, SecurityRuleArgs } from "@pulumi/azure-native/network";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CheckContext, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { parseCidr } from "../cidr";
import { armId, armType } from "./arm";
import { networkName } from "./references";
import { azureType, byId, childrenOf, parentOf } from "./service-support";
import { blocks, text, texts } from "./text";
import { SECURITY_GROUP, SECURITY_RULE } from "./types";

/**
 * Priorities of rules, and how many of them a group has.
 * https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
 * https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-networking-limits
 */
const PRIORITY = { low: 100, high: 4096 } as const;
const RULES = 1000;

/** What is wrong with one rule by itself, by property. */
function ruleProblems(rule: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const problems: { property: string; reason: string }[] = [];
  const { priority } = rule;
  if (typeof priority === "number" && (priority < PRIORITY.low || priority > PRIORITY.high)) {
    problems.push({
      property: "priority",
      reason: `SecurityRuleInvalidPriority: Security rule has invalid Priority. Value provided: ${String(priority)} Allowed range ${String(PRIORITY.low)}-${String(PRIORITY.high)}.`,
    });
  }
  for (const [one, several] of [
    ["sourceAddressPrefix", "sourceAddressPrefixes"],
    ["destinationAddressPrefix", "destinationAddressPrefixes"],
    ["sourcePortRange", "sourcePortRanges"],
    ["destinationPortRange", "destinationPortRanges"],
  ] as const) {
    const values = [text(rule[one]), ...texts(rule[several])].filter((value) => value !== undefined);
    if (text(rule[one]) !== undefined && texts(rule[several]).length > 0) {
      problems.push({ property: one, reason: `SecurityRuleParameterConflict: give ${one} or ${several}, not both` });
    }
    for (const value of values) {
      const problem = one.endsWith("PortRange") ? portProblem(value) : addressProblem(value);
      if (problem !== undefined) problems.push({ property: one, reason: problem });
    }
  }
  return problems;
}

function portProblem(value: string): string | undefined {
  const found = /^(?:\*|(\d+)(?:-(\d+))?)$/.exec(value);
  const [low, high] = [found?.[1], found?.[2]].map((port) => (port === undefined ? undefined : Number(port)));
  const isRange =
    found !== null && (low ?? 0) <= 65535 && (high ?? 0) <= 65535 && (high === undefined || (low ?? 0) <= high);
  return isRange
    ? undefined
    : `SecurityRuleInvalidPortRange: Security rule has invalid Port range. Value provided: ${value}`;
}

/** `*`, an address, a range or a service tag. */
function addressProblem(value: string): string | undefined {
  if (!/^\d/.test(value) || /^\d+(\.\d+){3}$/.test(value) || value.includes(":")) return undefined;
  return typeof parseCidr(value, false) === "string"
    ? `SecurityRuleInvalidAddressPrefix: Security rule has invalid Address prefix. Value provided: ${value}`
    : undefined;
}

/** Refuses two rules of one direction with one priority. */
function refuseConflict(name: string, rule: Properties, others: readonly Properties[]): void {
  const conflict = others.find(
    (other) => other["priority"] === rule["priority"] && other["direction"] === rule["direction"],
  );
  if (conflict === undefined) return;
  const named = text(conflict["securityRuleName"]) ?? text(conflict["name"]) ?? "";
  refuse(
    "SecurityRuleConflict",
    `Security rule ${name} conflicts with rule ${named}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`,
  );
}

/** Rules of a group: those it lists itself, and those that are resources. */
export function rulesOf(cloud: CloudView, groupId: string): readonly Properties[] {
  const group = byId(cloud, SECURITY_GROUP, groupId);
  return [
    ...blocks(group?.inputs["securityRules"]),
    ...childrenOf(cloud, SECURITY_RULE, groupId).map(({ inputs }) => inputs),
  ];
}

function reportRule(context: Pick<CheckContext<unknown>, "refuse">, path: string, rule: Properties): void {
  for (const { property, reason } of ruleProblems(rule)) context.refuse(path + property, reason);
}

const group = azureType<NetworkSecurityGroupArgs>({
  token: SECURITY_GROUP,
  name: networkName("networkSecurityGroupName"),
  inUse: {
    code: "InUseNetworkSecurityGroupCannotBeDeleted",
    message: "Network security group {id} cannot be deleted because it is in use by the following resources: {holder}.",
  },
  check: (context) => {
    blocks((context.inputs as Properties)["securityRules"]).forEach((rule, index) => {
      reportRule(context, `securityRules[${String(index)}].`, rule);
    });
  },
  create: ({ inputs }) => {
    checkList(blocks((inputs as Properties)["securityRules"]));
    return { id: "", outputs: { securityRules: listed(inputs), defaultSecurityRules: DEFAULT_RULES } };
  },
  update: ({ inputs, cloud, resource }) => {
    checkList([
      ...blocks((inputs as Properties)["securityRules"]),
      ...childrenOf(cloud, SECURITY_RULE, resource.id).map((each) => each.inputs),
    ]);
    return { securityRules: listed(inputs) };
  },
});

function checkList(rules: readonly Properties[]): void {
  if (rules.length > RULES)
    refuse("SecurityRuleLimitReached", `A network security group has at most ${String(RULES)} rules.`);
  rules.forEach((rule, index) => {
    refuseConflict(text(rule["securityRuleName"]) ?? text(rule["name"]) ?? "", rule, rules.slice(0, index));
  });
}

function listed(inputs: Properties): readonly Properties[] {
  return blocks(inputs["securityRules"]).map((rule) => ({ ...rule, provisioningState: "Succeeded" }));
}

/** What every group has below its own rules. */
const DEFAULT_RULES: readonly Properties[] = (
  [
    ["AllowVnetInBound", "Allow", "Inbound", 65000, "VirtualNetwork", "VirtualNetwork"],
    ["AllowAzureLoadBalancerInBound", "Allow", "Inbound", 65001, "AzureLoadBalancer", "*"],
    ["DenyAllInBound", "Deny", "Inbound", 65500, "*", "*"],
    ["AllowVnetOutBound", "Allow", "Outbound", 65000, "VirtualNetwork", "VirtualNetwork"],
    ["AllowInternetOutBound", "Allow", "Outbound", 65001, "*", "Internet"],
    ["DenyAllOutBound", "Deny", "Outbound", 65500, "*", "*"],
  ] as const
).map(([name, access, direction, priority, sourceAddressPrefix, destinationAddressPrefix]) => ({
  name,
  access,
  direction,
  priority,
  protocol: "*",
  sourceAddressPrefix,
  destinationAddressPrefix,
  sourcePortRange: "*",
  destinationPortRange: "*",
  provisioningState: "Succeeded",
}));

const rule = azureType<SecurityRuleArgs>({
  token: SECURITY_RULE,
  name: networkName("securityRuleName"),
  check: (context) => {
    reportRule(context, "", context.inputs);
  },
  create: (context) => {
    const owner = parentOf(context, SECURITY_RULE, SECURITY_GROUP);
    const others = owner === undefined ? [] : rulesOf(context.cloud, owner.id);
    if (others.length >= RULES)
      refuse("SecurityRuleLimitReached", `A network security group has at most ${String(RULES)} rules.`);
    refuseConflict(context.inputs.securityRuleName ?? "", context.inputs, others);
    return { id: "", outputs: {} };
  },
  update: (context) => {
    const id = armId(armType(SECURITY_RULE, undefined), context.inputs, context.scope.account);
    const owner = parentOf(context, SECURITY_RULE, SECURITY_GROUP);
    const others = childrenOf(context.cloud, SECURITY_RULE, owner?.id ?? "").filter((each) => each.id !== id);
    refuseConflict(context.inputs.securityRuleName ?? "", context.inputs, [
      ...blocks(owner?.inputs["securityRules"]),
      ...others.map(({ inputs }) => inputs),
    ]);
    return {};
  },
});

export const securityTypes: readonly ResourceType[] = [group, rule];
