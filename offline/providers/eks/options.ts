import type { Alias, ComponentResourceOptions, ProviderResource, Resource } from "@pulumi/pulumi";
import * as resources from "@pulumi/pulumi/resource";
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";

// Declared @internal, so absent from the typings: what the SDK's own component providers rebuild options with.
const { DependencyProviderResource, DependencyResource, rootStackResource } = resources as unknown as {
  DependencyProviderResource: new (reference: string) => ProviderResource;
  DependencyResource: new (urn: string) => Resource;
  rootStackResource: Resource;
};

/** The options that the component was declared with, as the engine passes them on. */
export function optionsOf(request: ConstructRequest): ComponentResourceOptions {
  const providers: Record<string, ProviderResource> = {};
  for (const [pkg, reference] of request.getProvidersMap().toArray()) {
    providers[pkg] = new DependencyProviderResource(reference);
  }
  const timeouts = request.getCustomtimeouts()?.toObject();
  const deletedWith = request.getDeletedwith();
  return {
    aliases: request.getAliasesList().flatMap(aliasOf),
    dependsOn: request.getDependenciesList().map((urn) => new DependencyResource(urn)),
    providers,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...optional("protect", request.getProtect()),
    ...optional("retainOnDelete", request.getRetainondelete()),
    ...(timeouts === undefined ? {} : { customTimeouts: timeouts }),
    ...(request.getParent() === "" ? {} : { parent: new DependencyResource(request.getParent()) }),
    ...(deletedWith === "" ? {} : { deletedWith: new DependencyResource(deletedWith) }),
  };
}

function optional<Key extends "protect" | "retainOnDelete">(
  key: Key,
  value: boolean | undefined,
): Partial<Record<Key, boolean>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, boolean>);
}

function aliasOf(message: AliasMessage): (string | Alias)[] {
  if (message.hasUrn()) return [message.getUrn()];
  const spec = message.getSpec();
  if (spec === undefined) return [];
  return [
    {
      ...(spec.getName() === "" ? {} : { name: spec.getName() }),
      ...(spec.getProject() === "" ? {} : { project: spec.getProject() }),
      ...(spec.getStack() === "" ? {} : { stack: spec.getStack() }),
      ...(spec.hasParenturn() ? { parent: spec.getParenturn() } : {}),
      ...(spec.hasNoparent() && spec.getNoparent() ? { parent: rootStackResource } : {}),
    },
  ];
}
