import { isIPv4, isIPv6 } from "node:net";
import type { RecordArgs } from "@pulumi/aws/route53";
import type { CheckContext, Resolved } from "../../cloud/resource-type";

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html */
const TYPES = [
  ...["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB"],
  ...["TLSA", "TXT"],
];

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html */
const MAX_TTL = 2147483647;
const MAX_TXT = 255;

const POLICIES = [
  ...(["cidrRoutingPolicy", "failoverRoutingPolicies", "geolocationRoutingPolicies"] as const),
  ...(["geoproximityRoutingPolicy", "latencyRoutingPolicies", "multivalueAnswerRoutingPolicy"] as const),
  ...(["weightedRoutingPolicies"] as const),
];

/** What the provider says of a record's inputs before it calls Route 53. */
export function checkRecord(context: CheckContext<Resolved<RecordArgs>>): void {
  const { inputs } = context;
  const given = (property: keyof RecordArgs) => inputs[property] !== undefined || context.isUnknown(property);
  if (inputs.type !== undefined && !TYPES.includes(inputs.type)) {
    context.refuse("type", `expected type to be one of ${TYPES.join(", ")}, got ${inputs.type}`);
  }
  if (given("aliases") === given("records")) {
    context.refuse("records", "exactly one of aliases, records must be specified");
  }
  if (given("records") && !given("ttl")) context.refuse("ttl", `"ttl": all of records, ttl must be specified`);
  if (given("aliases") && given("ttl")) context.refuse("ttl", `"ttl": conflicts with aliases`);
  if (inputs.ttl !== undefined && (inputs.ttl < 0 || inputs.ttl > MAX_TTL)) {
    context.refuse("ttl", `expected ttl to be in the range (0 - ${String(MAX_TTL)}), got ${String(inputs.ttl)}`);
  }
  const policies = POLICIES.filter(given);
  if (policies.length > 1) context.refuse(policies[1] ?? "", `only one of ${policies.join(", ")} can be specified`);
  const [policy] = policies;
  if (policy !== undefined && !given("setIdentifier")) {
    context.refuse("setIdentifier", `"${policy}": all of ${policy}, setIdentifier must be specified`);
  }
  if (inputs.type === "CNAME" && (inputs.records ?? []).length > 1) {
    context.refuse("records", "InvalidChangeBatch: a CNAME record has exactly one value");
  }
}

/** What Route 53 finds wrong with one value of a record, as it words it; undefined: nothing. */
export function valueProblem(type: string, value: string): string | undefined {
  const fatal = (code: string, what: string) => `FATAL problem: ${code} (${what}) encountered with '${value}'`;
  if (type === "A" && !isIPv4(value)) return fatal("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address");
  if (type === "AAAA" && !isIPv6(value)) {
    return fatal("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address");
  }
  // The provider puts the quotation marks around a text itself; longer texts come as several quoted strings.
  if (type === "TXT" && value.split('""').some((part) => part.replaceAll('"', "").length > MAX_TXT)) {
    return fatal("CharacterStringTooLong", `Value is longer than ${String(MAX_TXT)} characters`);
  }
  if (type === "MX" && !/^\d{1,5} \S+$/.test(value)) {
    return fatal("MXRRDATAIllegalFormat", "Value has no priority and mail server");
  }
  return undefined;
}
