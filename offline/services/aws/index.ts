import { changedPresence } from "../../cloud/diff";
import { refuse } from "../../cloud/errors";
import type { CloudPackage, Session } from "../../cloud/package";
import type { ResourceType, Scope } from "../../cloud/resource-type";
import { Unknown, type Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { lookUp } from "./data-sources";
import { durationOf } from "./durations";
import { alwaysDeletedFirst, genericType, isAutomaticName } from "./generic";
import { requireControlPlane } from "./outage";
import { configProblems, configureSession, effectiveTags } from "./provider-config";
import { refuseMissingService } from "./region-services";
import { isRegion } from "./regions";
import { AWS_TYPES } from "./registry";
import { awsReplacement } from "./replacements";
import { tagProblems } from "./tags";
import { zoneProblems } from "./zones";

export { admits } from "./reachability";

export interface AwsPackageOptions {
  /** What each resource type accepts and returns; undefined for a type that the SDK does not have. */
  readonly schema: (token: string) => ResourceSchema | undefined;
  /** Version of the installed SDK. */
  readonly version: string;
}

/** The AWS of the offline cloud: what `@pulumi/aws` and the services behind it know. */
export function awsPackage({ schema, version }: AwsPackageOptions): CloudPackage {
  const types = new Map<string, ResourceType>();
  const resourceType = (token: string): ResourceType => {
    const known = types.get(token);
    if (known !== undefined) return known;
    const rules = AWS_TYPES.get(token) ?? genericType(token, schema(token));
    const complete = withCommonRules(rules);
    types.set(token, complete);
    return complete;
  };
  // Every regional type has the input `region`, no global one has it.
  const isGlobal = (token: string): boolean => {
    const { reach } = resourceType(token);
    if (reach !== undefined) return reach === "global";
    const inputs = schema(token)?.inputs.properties;
    return inputs !== undefined && !("region" in inputs);
  };
  const scopeOf = (token: string, inputs: Properties, session: Session): Scope => {
    if (isGlobal(token)) return { account: session.scope.account, region: "" };
    const own = inputs["region"];
    return { account: session.scope.account, region: typeof own === "string" ? own : session.scope.region };
  };
  return {
    name: "aws",
    version,
    checkConfig: configProblems,
    configure: configureSession,
    schema,
    resourceType,
    replacement: awsReplacement,
    deletesFirst: (token, _oldInputs, newInputs) => {
      if (alwaysDeletedFirst(token)) return true;
      const { name: rule } = resourceType(token);
      if (rule === undefined || awsReplacement(token)?.framework === true) return false;
      const name = newInputs[rule.property];
      const byPrefix = newInputs[`${rule.property}Prefix`] !== undefined;
      return typeof name === "string" && !byPrefix && !isAutomaticName(rule, name);
    },
    scopeOf,
    invoke: lookUp,
    reachable: (call) => {
      requireControlPlane(call);
      refuseMissingService(call);
    },
    effectiveOutputs: (token, inputs, session) => {
      const outputs = schema(token)?.outputs.properties ?? {};
      const tags = inputs["tags"] instanceof Unknown ? Unknown.value : effectiveTags(inputs, session);
      return {
        ...("tagsAll" in outputs ? { tagsAll: tags } : {}),
        ...("region" in outputs && !isGlobal(token) ? { region: scopeOf(token, inputs, session).region } : {}),
      };
    },
  };
}

/** What holds for every type alike: regions and tags that AWS accepts, how long it takes, blocks whose coming or going replaces. */
function withCommonRules(rules: ResourceType): ResourceType {
  const row = awsReplacement(rules.token);
  const duration = rules.duration ?? durationOf(rules.token);
  const { create } = rules;
  const foreignZones = ({ inputs, scope }: { readonly inputs: Properties; readonly scope: Scope }) =>
    zoneProblems(rules.token, inputs, scope.region);
  return {
    ...rules,
    ...(duration === undefined ? {} : { duration }),
    ...(create === undefined
      ? {}
      : {
          create: (context) => {
            const created = create(context);
            const [problem] = foreignZones(context);
            if (problem !== undefined) refuse("InvalidParameterValue", problem.reason);
            return created;
          },
        }),
    check: (context) => {
      const region = context.inputs["region"];
      if (typeof region === "string" && rules.reach !== "global" && !isRegion(region)) {
        context.refuse("region", `invalid AWS Region: ${region}`);
      }
      for (const { property, reason } of tagProblems(context.inputs)) context.refuse(property, reason);
      // A type with rules of its own may refuse a zone in its own words, when the call is made.
      for (const { property, reason } of create === undefined ? foreignZones(context) : []) {
        context.refuse(property, `InvalidParameterValue: ${reason}`);
      }
      rules.check?.(context);
    },
    replacesWhen: (oldInputs, newInputs) => [
      ...(rules.replacesWhen?.(oldInputs, newInputs) ?? []),
      ...(row === undefined ? [] : changedPresence(row, oldInputs, newInputs)),
    ],
  };
}
