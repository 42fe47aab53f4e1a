import type { ComponentResourceOptions, Inputs } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import * as resources from "@pulumi/pulumi/resource";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import * as server from "@pulumi/pulumi/provider/server";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import type { Map as ProtoMap } from "google-protobuf";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { RegisterResourceResponse, type RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** Builds a remote component from ordinary resources, as `Provider.construct` of the SDK does. */
export type Construct = (
  name: string,
  type: string,
  inputs: Inputs,
  options: ComponentResourceOptions,
) => Promise<ConstructResult>;

// Declared @internal, so absent from the typings: the SDK's own component providers use both for the same purpose.
const { deserializeInputs } = server as unknown as {
  deserializeInputs: (inputs: Struct, dependencies: ProtoMap<string, unknown>) => Promise<Inputs>;
};
const { DependencyProviderResource, DependencyResource } = resources as unknown as {
  DependencyProviderResource: new (reference: string) => pulumi.ProviderResource;
  DependencyResource: new (urn: string) => pulumi.Resource;
};

/** Answers the registration of a remote component: its children register themselves with the same monitor. */
export async function constructComponent(
  construct: Construct,
  request: RegisterResourceRequest,
  outputsRegistered: (urn: string) => Promise<void>,
): Promise<RegisterResourceResponse> {
  const inputs = await deserializeInputs(request.getObject() ?? new Struct(), request.getPropertydependenciesMap());
  const providers: Record<string, pulumi.ProviderResource> = {};
  for (const [pkg, reference] of request.getProvidersMap().entries()) {
    providers[pkg] = new DependencyProviderResource(reference);
  }
  const options: ComponentResourceOptions = {
    providers,
    dependsOn: request.getDependenciesList().map((urn) => new DependencyResource(urn)),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ...(request.getProtect() === undefined ? {} : { protect: request.getProtect() ?? false }),
    ...(request.getRetainondelete() === undefined ? {} : { retainOnDelete: request.getRetainondelete() ?? false }),
    ...(request.getParent() === "" ? {} : { parent: new DependencyResource(request.getParent()) }),
    ...(request.getDeletedwith() === "" ? {} : { deletedWith: new DependencyResource(request.getDeletedwith()) }),
  };
  const built = await construct(request.getName(), request.getType(), inputs, options);
  const urn = await new Promise<string>((resolve) => pulumi.output(built.urn).apply(resolve));
  await outputsRegistered(urn);
  const [state, dependencies] = await rpc.serializeResourceProperties(`construct(${urn})`, built.state);
  const response = new RegisterResourceResponse();
  response.setUrn(urn);
  response.setObject(Struct.fromJavaScript(state));
  for (const [property, from] of dependencies) {
    const urns = await Promise.all(
      [...from].map((resource) => new Promise<string>((resolve) => resource.urn.apply(resolve))),
    );
    const list = new RegisterResourceResponse.PropertyDependencies();
    list.setUrnsList(urns);
    response.getPropertydependenciesMap().set(property, list);
  }
  return response;
}
