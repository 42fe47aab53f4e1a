import type { CloudPackage, Session } from "../../cloud/package";
import type { ResourceType, Scope } from "../../cloud/resource-type";
import type { MutableProperties, Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { withCommonRules } from "./common";
import { lookUp } from "./data-sources";
import { describe } from "./errors";
import { genericType, isAutomaticName } from "./generic";
import { effectiveLabels } from "./labels";
import { requireControlPlane } from "./outage";
import { configProblems, configureSession } from "./provider-config";
import { GCP_TYPES } from "./registry";
import { gcpReplacement, isGrant } from "./replacements";
import { locationOf, reachOf, scopeFor, type Reach } from "./scope";
import { requireEnabledApi } from "./service-apis";

export interface GcpPackageOptions {
  /** What each resource type accepts and returns; undefined for a type that the SDK does not have. */
  readonly schema: (token: string) => ResourceSchema | undefined;
  /** Version of the installed SDK. */
  readonly version: string;
}

/** The Google Cloud of the offline cloud: what `@pulumi/gcp` and the services behind it know. */
export function gcpPackage(options: GcpPackageOptions): CloudPackage {
  const { schema } = options;
  const types = new Map<string, ResourceType>();
  const reaches = new Map<string, Reach>();
  const reach = (token: string): Reach => {
    const known = reaches.get(token) ?? (GCP_TYPES.get(token)?.reach === "global" ? "global" : reachOf(schema(token)));
    reaches.set(token, known);
    return known;
  };
  const resourceType = (token: string): ResourceType => {
    const known = types.get(token);
    if (known !== undefined) return known;
    const complete = withCommonRules(GCP_TYPES.get(token) ?? genericType(token, schema(token)), reach(token));
    types.set(token, complete);
    return complete;
  };
  const scopeOf = (token: string, inputs: Properties, session: Session): Scope =>
    scopeFor(reach(token), inputs, session);
  return {
    name: "gcp",
    get version() {
      return options.version;
    },
    checkConfig: configProblems,
    configure: configureSession,
    schema,
    resourceType,
    replacement: gcpReplacement,
    deletesFirst: (token, _oldInputs, newInputs) => {
      if (/^gcp:projects\/iAM(Member|Policy):/.test(token)) return true;
      const { name: rule } = resourceType(token);
      if (rule === undefined || isGrant(token)) return false;
      const name = newInputs[rule.property];
      const byPrefix = newInputs[`${rule.property}Prefix`] !== undefined;
      return typeof name === "string" && !byPrefix && !isAutomaticName(name);
    },
    scopeOf,
    invoke: lookUp,
    reachable: (call) => {
      requireEnabledApi(call);
      requireControlPlane(call);
    },
    describeError: describe,
    effectiveOutputs: (token, inputs, session) => {
      const declared = schema(token)?.outputs.properties ?? {};
      const scope = scopeOf(token, inputs, session);
      const outputs: MutableProperties = {};
      if ("project" in declared) outputs["project"] = inputs["project"] ?? scope.account;
      const at = reach(token);
      if (at === "regional" && "region" in declared) outputs["region"] = inputs["region"] ?? scope.region;
      if (at === "zonal" && "zone" in declared) outputs["zone"] = inputs["zone"] ?? scope.zone;
      if (at === "location" && "location" in declared)
        outputs["location"] = inputs["location"] ?? locationOf(inputs, scope);
      if ("pulumiLabels" in declared) {
        const labels = effectiveLabels(inputs, session);
        outputs["pulumiLabels"] = labels;
        outputs["effectiveLabels"] = labels;
      }
      return outputs;
    },
  };
}
