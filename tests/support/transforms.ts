import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type Callback } from "@pulumi/pulumi/proto/callback_pb";
import {
  TransformRequest,
  TransformResourceOptions,
  TransformResponse,
  type RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";

/** Runs the transforms that the SDK registered, in order, and writes what they change back into the request. */
export async function applyTransforms(
  transforms: readonly Callback[],
  request: RegisterResourceRequest,
): Promise<void> {
  for (const transform of transforms) {
    const call = new TransformRequest();
    call.setType(request.getType());
    call.setName(request.getName());
    call.setCustom(request.getCustom());
    call.setParent(request.getParent());
    call.setProperties(request.getObject());
    call.setOptions(optionsOf(request));
    const response = TransformResponse.deserializeBinary(await invoke(transform, call.serializeBinary()));
    request.setObject(response.getProperties());
    const options = response.getOptions();
    if (options !== undefined) applyOptions(options, request);
  }
}

function optionsOf(request: RegisterResourceRequest): TransformResourceOptions {
  const options = new TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  options.setProvider(request.getProvider());
  options.setProtect(request.getProtect() ?? false);
  options.setRetainOnDelete(request.getRetainondelete() ?? false);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setAliasesList(request.getAliasesList());
  options.setDeletedWith(request.getDeletedwith());
  options.setVersion(request.getVersion());
  options.setImport(request.getImportid());
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  for (const [pkg, provider] of request.getProvidersMap().entries()) options.getProvidersMap().set(pkg, provider);
  return options;
}

function applyOptions(options: TransformResourceOptions, request: RegisterResourceRequest): void {
  request.setDependenciesList(options.getDependsOnList());
  request.setProvider(options.getProvider());
  request.setProtect(options.getProtect() ?? false);
  request.setRetainondelete(options.getRetainOnDelete() ?? false);
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setReplaceonchangesList(options.getReplaceOnChangesList());
  request.setAliasesList(options.getAliasesList());
  request.setDeletedwith(options.getDeletedWith());
  request.setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  const deleteFirst = options.getDeleteBeforeReplace();
  if (deleteFirst !== undefined && options.hasDeleteBeforeReplace()) {
    request.setDeletebeforereplace(deleteFirst);
    request.setDeletebeforereplacedefined(true);
  }
}

function invoke(callback: Callback, payload: Uint8Array): Promise<Uint8Array> {
  const client = new CallbacksClient(callback.getTarget(), grpc.credentials.createInsecure());
  const request = new CallbackInvokeRequest();
  request.setToken(callback.getToken());
  request.setRequest(payload);
  return new Promise((resolve, reject) => {
    client.invoke(request, (error, response) => {
      client.close();
      if (error !== null) reject(new Error(error.details));
      else resolve(response.getResponse_asU8());
    });
  });
}
