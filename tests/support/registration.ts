import type { RegisterResourceRequest, ReadResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { Properties } from "../../offline/cloud/value";
import { decode } from "../../offline/providers/values";

/** One resource as the program registered it, with what the cloud made of it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** URN of the parent; absent for the stack itself. */
  readonly parent?: string;
  /** URN of the provider resource; absent for components and for a default provider. */
  readonly provider?: string;
  /** Providers handed to a component: package to URN of the provider resource. */
  readonly providers: Readonly<Record<string, string>>;
  /** Everything the resource waits for, by `dependsOn` or through its inputs, as the engine's state has it. */
  readonly dependsOn: readonly string[];
  /** The resources that each input comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deletedWith?: string;
  readonly replaceWith: readonly string[];
  /** URNs, or the parts of a former URN. */
  readonly aliases: readonly (string | Readonly<Record<string, string | boolean>>)[];
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Absent: the provider decides. */
  readonly deleteBeforeReplace?: boolean;
  readonly additionalSecretOutputs: readonly string[];
  readonly customTimeouts: { readonly create?: string; readonly update?: string; readonly delete?: string };
  /** Id to import. */
  readonly importId?: string;
  readonly custom: boolean;
  /** Read by `X.get`, not managed. */
  readonly external: boolean;
  /** As the program gave them, secrets unwrapped. */
  readonly inputs: Properties;
  /** Paths of inputs that are secret. */
  readonly secretPaths: readonly string[];
  /** Absent for a component, and in a preview. */
  id?: string;
  outputs: Properties;
  /** Paths of outputs that are secret. */
  secretOutputs: readonly string[];
}

export function registrationOf(request: RegisterResourceRequest, urn: string): Registration {
  const { properties, secrets } = decode(request.getObject());
  const timeouts = request.getCustomtimeouts();
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    ...optional("parent", request.getParent()),
    ...optional("provider", providerUrn(request.getProvider())),
    providers: Object.fromEntries(
      [...request.getProvidersMap().entries()].map(([pkg, ref]) => [pkg, providerUrn(ref)]),
    ),
    dependsOn: request.getDependenciesList(),
    propertyDependencies: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([property, from]) => [property, from.getUrnsList()]),
    ),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    ...optional("deletedWith", request.getDeletedwith()),
    replaceWith: request.getReplaceWithList(),
    aliases: request.getAliasesList().map(aliasOf),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...(request.getDeletebeforereplacedefined() ? { deleteBeforeReplace: request.getDeletebeforereplace() } : {}),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: {
      ...optional("create", timeouts?.getCreate()),
      ...optional("update", timeouts?.getUpdate()),
      ...optional("delete", timeouts?.getDelete()),
    },
    ...optional("importId", request.getImportid()),
    custom: request.getCustom(),
    external: false,
    inputs: properties,
    secretPaths: [...secrets],
    outputs: {},
    secretOutputs: [],
  };
}

export function readRegistrationOf(request: ReadResourceRequest, urn: string): Registration {
  const { properties, secrets } = decode(request.getProperties());
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    ...optional("parent", request.getParent()),
    ...optional("provider", providerUrn(request.getProvider())),
    providers: {},
    dependsOn: request.getDependenciesList(),
    propertyDependencies: {},
    protect: false,
    retainOnDelete: false,
    replaceWith: [],
    aliases: [],
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: {},
    custom: true,
    external: true,
    inputs: properties,
    secretPaths: [...secrets],
    id: request.getId(),
    outputs: {},
    secretOutputs: [],
  };
}

/** The URN in a provider reference, `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference === "" ? "" : reference.slice(0, reference.lastIndexOf("::"));
}

function aliasOf(alias: Alias): string | Record<string, string | boolean> {
  const spec = alias.getSpec();
  if (spec === undefined) return alias.getUrn();
  return {
    ...optional("name", spec.getName()),
    ...optional("type", spec.getType()),
    ...optional("stack", spec.getStack()),
    ...optional("project", spec.getProject()),
    ...optional("parent", spec.getParenturn()),
    ...(spec.getNoparent() ? { noParent: true } : {}),
  };
}

function optional<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined || value === "" ? {} : ({ [key]: value } as Record<Key, string>);
}
