import * as grpc from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderClient, type IResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Properties } from "../../offline/cloud/value";
import { decode, encode } from "../../offline/providers/values";

/** A failed call, with what the engine would unpack of it. */
export class CallFailed extends Error {
  constructor(
    readonly code: grpc.status,
    message: string,
    readonly initFailed?: messages.ErrorResourceInitFailed,
  ) {
    super(message);
  }
}

type Method = keyof IResourceProviderClient;
type Call<Response> = (request: object, done: (error: grpc.ServiceError | null, response: Response) => void) => void;

/** The engine's side of one provider instance: a connection of its own. */
export class ProviderClient {
  readonly grpc: ResourceProviderClient;

  constructor(port: number) {
    this.grpc = new ResourceProviderClient(`127.0.0.1:${String(port)}`, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  close(): void {
    this.grpc.close();
  }

  /** Makes one call by the name of its method. */
  send<Response>(method: Method, request: object): Promise<Response> {
    const call = Reflect.get(this.grpc, method) as Call<Response>;
    return new Promise((resolve, reject) => {
      call.call(this.grpc, request, (error, response) => {
        if (error === null) resolve(response);
        else reject(failed(error));
      });
    });
  }

  async configure(urn: string, config: Properties): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setUrn(urn);
    request.setArgs(encode(config));
    await this.send<messages.ConfigureResponse>("configure", request);
  }

  check(urn: string, news: Struct, olds?: Properties): Promise<messages.CheckResponse> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setNews(news);
    if (olds !== undefined) request.setOlds(encode(olds));
    return this.send<messages.CheckResponse>("check", request);
  }

  diff(urn: string, oldInputs: Properties, news: Properties, ignore: string[] = []): Promise<messages.DiffResponse> {
    const request = new messages.DiffRequest();
    request.setUrn(urn);
    request.setOldInputs(encode(oldInputs));
    request.setOlds(encode(oldInputs));
    request.setNews(encode(news));
    request.setIgnorechangesList(ignore);
    return this.send<messages.DiffResponse>("diff", request);
  }

  create(urn: string, properties: Struct, preview = false): Promise<messages.CreateResponse> {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(properties);
    request.setPreview(preview);
    return this.send<messages.CreateResponse>("create", request);
  }

  async update(
    urn: string,
    id: string,
    old: { inputs: Properties; outputs: Properties },
    news: Properties,
    preview = false,
  ): Promise<Properties> {
    const request = new messages.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(encode(old.inputs));
    request.setOlds(encode(old.outputs));
    request.setNews(encode(news));
    request.setPreview(preview);
    const response = await this.send<messages.UpdateResponse>("update", request);
    return decode(response.getProperties()).properties;
  }

  read(urn: string, id: string, known: { inputs?: Properties; outputs?: Properties } = {}) {
    const request = new messages.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setInputs(encode(known.inputs ?? {}));
    request.setProperties(encode(known.outputs ?? {}));
    return this.send<messages.ReadResponse>("read", request);
  }

  async delete(urn: string, id: string, inputs: Properties): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(encode(inputs));
    request.setProperties(encode(inputs));
    await this.send<Empty>("delete", request);
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(encode(args));
    const response = await this.send<messages.InvokeResponse>("invoke", request);
    return decode(response.getReturn()).properties;
  }

  async cancel(): Promise<void> {
    await this.send<Empty>("cancel", new Empty());
  }
}

function failed(error: grpc.ServiceError): CallFailed {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  const detail = packed === undefined ? undefined : Status.deserializeBinary(Buffer.from(packed)).getDetailsList()[0];
  const init = detail?.unpack(
    (bytes) => messages.ErrorResourceInitFailed.deserializeBinary(bytes),
    "pulumirpc.ErrorResourceInitFailed",
  );
  return new CallFailed(error.code, error.details, init ?? undefined);
}
