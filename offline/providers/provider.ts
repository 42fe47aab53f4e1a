import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import type { Cloud } from "../cloud/cloud";
import { ControlPlane, type DiffResult } from "../cloud/control-plane";
import { changes, covers, replaces } from "../cloud/diff";
import { refuse } from "../cloud/errors";
import type { CloudPackage, Place, Session } from "../cloud/package";
import { hasUnknown, type Properties } from "../cloud/value";
import { parseConfiguration } from "./configuration";
import { rpcError } from "./rpc-errors";
import { Sessions } from "./sessions";
import { decode, encode, type Marks } from "./values";

/** Keeps the marks of a request for the error that its answer may become. */
type Remember = <Kept extends Marks>(marks: Kept) => Kept;

export interface ProviderOptions {
  readonly pkg: CloudPackage;
  readonly cloud: Cloud;
  /** From where those that are served call. Default `network`. */
  readonly place?: Place;
  /** Told of every failure of our own code, with its stack. */
  readonly unexpected: (report: string) => void;
}

/**
 * A resource provider over the control plane of one package: requests in, cloud calls out. Calls that are not here (GetSchema,
 * GetMapping, Construct) are answered UNIMPLEMENTED, which the engine takes for "has none".
 */
export function resourceProvider({
  pkg,
  cloud,
  place = "network",
  unexpected,
}: ProviderOptions): UntypedServiceImplementation {
  const plane = new ControlPlane(cloud, pkg);
  const sessions = new Sessions();
  const providerType = `pulumi:providers:${pkg.name}`;

  /** One call: what it throws becomes the error that the engine expects, with the marks of the request. */
  function unary<Request, Response>(
    name: string,
    answer: (request: Request, peer: string, remember: Remember) => Response,
  ) {
    return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
      let marks: Marks = { secrets: new Set(), assets: new Map() };
      try {
        const remember: Remember = (seen) => {
          marks = seen;
          return seen;
        };
        done(null, answer(call.request, call.getPeer(), remember));
      } catch (error) {
        done(rpcError(error, `${name} ${subject(call.request)}`, marks, unexpected));
      }
    };
  }

  function sessionOf(peer: string, urn: string, inputs: Properties): Session {
    const region = inputs["region"];
    return (
      sessions.of(peer, urn, typeof region === "string" ? region : undefined) ??
      refuse("NotConfigured", `no instance of the provider ${pkg.name} is configured on this connection`)
    );
  }

  /** The marks of what is read and made: those of the inputs, and what the SDK declares secret. */
  function outputMarks(type: string, marks: Marks): Marks {
    return { ...marks, secrets: new Set([...marks.secrets, ...(pkg.schema(type)?.secrets ?? [])]) };
  }

  return {
    handshake: unary("Handshake", () => {
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    attach: unary("Attach", () => new Empty()),
    getPluginInfo: unary("GetPluginInfo", () => {
      const response = new PluginInfo();
      response.setVersion(pkg.version);
      return response;
    }),

    checkConfig: unary("CheckConfig", (request: messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      const { properties } = decode(request.getNews());
      if (!hasUnknown(properties)) {
        response.setFailuresList(
          pkg.checkConfig(parseConfiguration(properties, pkg.schema(providerType)?.inputs)).map(failure),
        );
      }
      return response;
    }),
    diffConfig: unary("DiffConfig", (request: messages.DiffRequest) => {
      const olds = decode(request.getOldInputs()).properties;
      const news = decode(request.getNews()).properties;
      const row = pkg.replacement(providerType, undefined, olds, news);
      const found = changes(olds, news);
      return diffResponse({
        changes: found.map((change) => ({ ...change, replaces: replaces(row, change) })),
        deleteBeforeReplace: false,
      });
    }),
    configure: unary("Configure", (request: messages.ConfigureRequest, peer) => {
      const { properties } = decode(request.getArgs());
      const config = parseConfiguration(properties, pkg.schema(providerType)?.inputs);
      const session = pkg.configure(config, cloud.view({ account: "", region: "" }));
      sessions.configured(peer, request.getUrn() ?? "", { ...session, place });
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),

    check: unary("Check", (request: messages.CheckRequest, peer, remember) => {
      const news = remember(decode(request.getNews()));
      const urn = request.getUrn();
      const olds = request.getOlds();
      const autonaming = request.getAutonaming();
      const checked = plane.check({
        urn,
        type: typeOf(urn),
        inputs: news.properties,
        session: sessionOf(peer, urn, news.properties),
        ...(olds === undefined || olds.getFieldsMap().getLength() === 0 ? {} : { oldInputs: decode(olds).properties }),
        ...(autonaming === undefined ? {} : { autonaming: namingOf(autonaming) }),
      });
      const response = new messages.CheckResponse();
      response.setInputs(encode(checked.inputs, news));
      response.setFailuresList(checked.failures.map(failure));
      return response;
    }),
    diff: unary("Diff", (request: messages.DiffRequest, peer) => {
      const urn = request.getUrn();
      const news = decode(request.getNews()).properties;
      const session = sessionOf(peer, urn, news);
      const result = plane.diff(typeOf(urn), decode(request.getOldInputs()).properties, news, session);
      const ignored = request.getIgnorechangesList();
      return diffResponse({
        ...result,
        changes: result.changes.filter(({ path }) => !ignored.some((pattern) => covers(pattern, path))),
      });
    }),

    create: unary("Create", (request: messages.CreateRequest, peer, remember) => {
      const urn = request.getUrn();
      const type = typeOf(urn);
      const news = decode(request.getProperties());
      const marks = remember(outputMarks(type, news));
      const call = {
        urn,
        type,
        inputs: news.properties,
        secrets: news.secrets,
        session: sessionOf(peer, urn, news.properties),
      };
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(encode(plane.plan(call), marks));
      } else {
        const { id, outputs } = plane.create(call);
        response.setId(id);
        response.setProperties(encode(outputs, marks));
      }
      return response;
    }),
    update: unary("Update", (request: messages.UpdateRequest, peer, remember) => {
      const urn = request.getUrn();
      const type = typeOf(urn);
      const news = decode(request.getNews());
      const marks = remember(outputMarks(type, news));
      const old = {
        inputs: decode(request.getOldInputs()).properties,
        outputs: decode(request.getOlds()).properties,
      };
      const call = {
        urn,
        type,
        inputs: news.properties,
        secrets: news.secrets,
        session: sessionOf(peer, urn, news.properties),
      };
      const outputs = request.getPreview()
        ? plane.plan(call, old)
        : plane.update({ ...call, id: request.getId(), oldInputs: old.inputs, oldOutputs: old.outputs }).outputs;
      const response = new messages.UpdateResponse();
      response.setProperties(encode(outputs, marks));
      return response;
    }),
    read: unary("Read", (request: messages.ReadRequest, peer) => {
      const urn = request.getUrn();
      const type = typeOf(urn);
      const inputs = decode(request.getInputs());
      const outputs = decode(request.getProperties());
      const found = plane.read({
        type,
        id: request.getId(),
        inputs: inputs.properties,
        outputs: outputs.properties,
        session: sessionOf(peer, urn, { ...outputs.properties, ...inputs.properties }),
      });
      const response = new messages.ReadResponse();
      if (found === undefined) return response;
      response.setId(request.getId());
      response.setInputs(encode(found.inputs, outputMarks(type, inputs)));
      response.setProperties(encode(found.outputs, outputMarks(type, outputs)));
      return response;
    }),
    delete: unary("Delete", (request: messages.DeleteRequest, peer) => {
      const urn = request.getUrn();
      const { properties } = decode(request.getOldInputs());
      plane.delete({
        urn,
        type: typeOf(urn),
        id: request.getId(),
        inputs: properties,
        session: sessionOf(peer, urn, properties),
      });
      return new Empty();
    }),

    invoke: unary("Invoke", (request: messages.InvokeRequest, peer) => {
      const { properties } = decode(request.getArgs());
      if (hasUnknown(properties)) refuse("UnknownArgument", `${request.getTok()}: an argument is not known yet`);
      const response = new messages.InvokeResponse();
      response.setReturn(encode(plane.invoke(request.getTok(), properties, sessionOf(peer, "", properties))));
      return response;
    }),
    // The engine cancels at the end of every command; the server lives on for the next one.
    cancel: unary("Cancel", () => new Empty()),
  };
}

function diffResponse(result: DiffResult): messages.DiffResponse {
  const response = new messages.DiffResponse();
  const changed = result.changes;
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  response.setDiffsList(topLevel(changed.map(({ path }) => path)));
  response.setReplacesList(topLevel(changed.filter((change) => change.replaces).map(({ path }) => path)));
  response.setDeletebeforereplace(result.deleteBeforeReplace);
  for (const change of changed) {
    const detail = new messages.PropertyDiff();
    detail.setKind(messages.PropertyDiff.Kind[KINDS[change.kind][change.replaces ? 1 : 0]]);
    // Inputs are compared with inputs, so the old value is shown from there too.
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(change.path, detail);
  }
  return response;
}

const KINDS = {
  add: ["ADD", "ADD_REPLACE"],
  delete: ["DELETE", "DELETE_REPLACE"],
  update: ["UPDATE", "UPDATE_REPLACE"],
} as const;

function topLevel(paths: readonly string[]): string[] {
  return [
    ...new Set(paths.map((path) => /^\["([^"]*)"\]|^[^.[]+/.exec(path)).map((match) => match?.[1] ?? match?.[0] ?? "")),
  ];
}

function failure({ property, reason }: { readonly property: string; readonly reason: string }): messages.CheckFailure {
  const message = new messages.CheckFailure();
  message.setProperty(property);
  message.setReason(reason);
  return message;
}

function namingOf(options: messages.CheckRequest.AutonamingOptions): { name: string; disabled: boolean } {
  return {
    name: options.getProposedName(),
    disabled: options.getMode() === messages.CheckRequest.AutonamingOptions.Mode.DISABLE,
  };
}

/** `aws:ec2/vpc:Vpc` of `urn:pulumi:dev::platform::platform:aws:Network$aws:ec2/vpc:Vpc::main`. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function subject(request: unknown): string {
  const named = request as { getUrn?(): string | undefined; getTok?(): string };
  return named.getUrn?.() ?? named.getTok?.() ?? "";
}
