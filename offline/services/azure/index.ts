import type { CloudPackage } from "../../cloud/package";
import type { ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { armType, nameInput, typeName } from "./arm";
import { withCommonRules } from "./common";
import { lookUp } from "./data-sources";
import { ALREADY_EXISTS, requireResourceManager } from "./front-door";
import { completeInputs, genericType, isAutomaticName } from "./generic";
import { requireControlPlane } from "./outage";
import { configProblems, configureSession } from "./provider-config";
import { AZURE_TYPES } from "./registry";
import { azureReplacement } from "./replacements";

export interface AzurePackageOptions {
  /** What each resource type accepts and returns; undefined for a type that the SDK does not have. */
  readonly schema: (token: string) => ResourceSchema | undefined;
  /** Version of the installed SDK. */
  readonly version: string;
}

/** The Azure of the offline cloud: what `@pulumi/azure-native`, Resource Manager and the services behind it know. */
export function azurePackage(options: AzurePackageOptions): CloudPackage {
  const { schema } = options;
  const types = new Map<string, ResourceType>();
  const resourceType = (token: string): ResourceType => {
    const known = types.get(token);
    if (known !== undefined) return known;
    const declared = schema(token);
    const complete = withCommonRules(AZURE_TYPES.get(token) ?? genericType(token, declared), declared);
    types.set(token, complete);
    return complete;
  };
  return {
    name: "azure-native",
    // The typings are opened only for who asks.
    get version() {
      return options.version;
    },
    checkConfig: configProblems,
    configure: configureSession,
    schema,
    resourceType,
    replacement: (token, _session, _before, after) =>
      token.startsWith("pulumi:") ? undefined : azureReplacement(token, schema(token), after),
    // Whatever was not named at random is deleted first: its successor would be taken for itself.
    // https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go (Diff)
    deletesFirst: (token, oldInputs) => {
      const property = nameInput(armType(token, schema(token)));
      const name = property === undefined ? undefined : oldInputs[property];
      return typeof name !== "string" || !isAutomaticName(name);
    },
    // An id of Resource Manager is one of the whole subscription, wherever the resource is.
    scopeOf: (_token, _inputs, session) => ({ account: session.scope.account, region: "" }),
    invoke: (token, args, session, cloud) => lookUp({ token, args, session, cloud }, schema),
    prepareInputs: (call, suffix, cloud) => completeInputs(call, schema(call.type), suffix, cloud),
    reachable: (call) => {
      requireControlPlane(call);
      requireResourceManager(call, schema(call.token));
    },
    effectiveOutputs: (token) => effectiveOutputs(token, schema(token)),
    describeError: ({ code, message }) => (code === ALREADY_EXISTS ? message : `Code="${code}" Message="${message}"`),
  };
}

/** What follows from the type alone, so that a preview shows it. */
function effectiveOutputs(token: string, schema: ResourceSchema | undefined): Properties {
  const type = armType(token, schema);
  const declared = schema?.outputs.properties ?? {};
  return {
    ...(declared["type"]?.required === true ? { type: typeName(type) } : {}),
    ...("azureApiVersion" in declared && type.api !== undefined ? { azureApiVersion: type.api } : {}),
  };
}
