import { createHash } from "node:crypto";
import * as grpc from "@grpc/grpc-js";
import { Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/resource_pb";
import type { Cloud } from "../../offline/cloud/cloud";
import { ControlPlane } from "../../offline/cloud/control-plane";
import { PartialFailure } from "../../offline/cloud/errors";
import type { CloudPackage, Session } from "../../offline/cloud/package";
import { hasUnknown, type Properties } from "../../offline/cloud/value";
import { parseConfiguration } from "../../offline/providers/configuration";
import { decode, encode, isUnknownId, type Marks } from "../../offline/providers/values";
import { constructComponent, type Construct } from "./component";
import { registrationOf, readRegistrationOf, type Registration } from "./registration";
import { applyTransforms } from "./transforms";

const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_TYPE = "pulumi:providers:";
/** Packages of remote components alone: their providers hold no configuration that matters here. */
const COMPONENT_PACKAGES = new Set(["eks"]);

/** Something that happens at most once. */
export class Signal {
  raise: () => void = () => undefined;
  readonly first = new Promise<void>((resolve) => {
    this.raise = resolve;
  });
}

/** How an answer goes back to the SDK: as from a gRPC client. */
type Answer<Response> = (error: Partial<grpc.ServiceError> | null, response?: Response) => void;

export interface MonitorOptions {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  readonly config: ReadonlyMap<string, string>;
  readonly cloud: Cloud;
  readonly packages: readonly CloudPackage[];
  /** Builds the children of a remote component. */
  readonly construct: Construct;
}

/**
 * What the SDK takes for the engine's resource monitor: registers what the program asks for, against the control planes of the
 * offline cloud. A resource that fails is never answered, so whatever depends on it never starts, as in the engine.
 */
export class Monitor {
  readonly registrations: Registration[] = [];
  readonly errors: string[] = [];
  /** Tokens of the data sources that were asked. */
  readonly invokes = new Set<string>();
  /** Raised by the first failure, of a resource or of the program. */
  readonly failed = new Signal();
  /** Counts requests, so that a caller can see the program come to rest. */
  requests = 0;
  stackOutputs: { properties: Properties; secrets: readonly string[] } = { properties: {}, secrets: [] };

  private readonly planes = new Map<string, { pkg: CloudPackage; plane: ControlPlane }>();
  private readonly sessions = new Map<string, Session | undefined>();
  private readonly states = new Map<string, { id: string; outputs: Struct }>();
  private readonly byUrn = new Map<string, Registration>();
  private readonly waiting = new Map<string, () => void>();
  private readonly stackTransforms: Callback[] = [];
  private readonly transforms = new Map<string, readonly Callback[]>();

  constructor(private readonly options: MonitorOptions) {
    for (const pkg of options.packages) {
      this.planes.set(pkg.name, { pkg, plane: new ControlPlane(options.cloud, pkg) });
    }
  }

  supportsFeature(request: messages.SupportsFeatureRequest, answer: Answer<messages.SupportsFeatureResponse>): void {
    const response = new messages.SupportsFeatureResponse();
    // Output values would wrap the inputs of remote components; there is no engine here to unwrap them.
    response.setHassupport(request.getId() !== "outputValues");
    answer(null, response);
  }

  registerPackage(request: messages.RegisterPackageRequest, answer: Answer<messages.RegisterPackageResponse>): void {
    const response = new messages.RegisterPackageResponse();
    response.setRef(`${request.getName()}@${request.getVersion()}`);
    answer(null, response);
  }

  registerStackTransform(callback: Callback, answer: Answer<Empty>): void {
    this.stackTransforms.push(callback);
    answer(null, new Empty());
  }

  registerResource(request: messages.RegisterResourceRequest, answer: Answer<messages.RegisterResourceResponse>): void {
    this.requests += 1;
    void this.register(request).then(
      (response) => {
        this.requests += 1;
        answer(null, response);
      },
      (error: unknown) => {
        this.fail(this.urnOf(request.getParent(), request.getType(), request.getName()), error);
      },
    );
  }

  readResource(request: messages.ReadResourceRequest, answer: Answer<messages.ReadResourceResponse>): void {
    this.requests += 1;
    const urn = this.urnOf(request.getParent(), request.getType(), request.getName());
    try {
      answer(null, this.read(request, urn));
    } catch (error) {
      this.fail(urn, error);
    }
  }

  registerResourceOutputs(request: messages.RegisterResourceOutputsRequest, answer: Answer<Empty>): void {
    this.requests += 1;
    const { properties, secrets } = decode(request.getOutputs());
    const registration = this.byUrn.get(request.getUrn());
    if (registration !== undefined) {
      registration.outputs = properties;
      registration.secretOutputs = [...secrets];
      if (registration.type === STACK_TYPE) this.stackOutputs = { properties, secrets: [...secrets] };
    }
    this.states.set(request.getUrn(), { id: "", outputs: request.getOutputs() ?? new Struct() });
    this.waiting.get(request.getUrn())?.();
    answer(null, new Empty());
  }

  invoke(request: messages.ResourceInvokeRequest, answer: Answer<InvokeResponse>): void {
    this.requests += 1;
    try {
      answer(null, this.answerInvoke(request));
    } catch (error) {
      answer({ code: grpc.status.UNKNOWN, details: messageOf(error) });
    }
  }

  private answerInvoke(request: messages.ResourceInvokeRequest): InvokeResponse {
    const response = new InvokeResponse();
    const { properties } = decode(request.getArgs());
    if (request.getTok() === "pulumi:pulumi:getResource") {
      response.setReturn(this.stateOf(properties["urn"] as string));
      return response;
    }
    this.invokes.add(request.getTok());
    const { pkg, plane } = this.planeOf(request.getTok());
    const session = this.session(pkg, request.getProvider(), request.getTok());
    if (session === undefined) return response;
    if (hasUnknown(properties)) {
      throw new Error(`${request.getTok()}: an argument is not known yet`);
    }
    response.setReturn(encode(plane.invoke(request.getTok(), properties, session)));
    return response;
  }

  /** Methods of remote components run in their provider's process only. */
  call(request: messages.ResourceCallRequest, answer: Answer<never>): void {
    answer({ code: grpc.status.UNIMPLEMENTED, details: `${request.getTok()} cannot be called in-process` });
  }

  private async register(request: messages.RegisterResourceRequest): Promise<messages.RegisterResourceResponse> {
    await this.transform(request);
    if (request.getRemote()) return this.component(request);
    const urn = this.urnOf(request.getParent(), request.getType(), request.getName());
    if (this.byUrn.has(urn)) throw new Error("Duplicate resource URN; try giving it a unique name");
    const registration = registrationOf(request, urn);
    this.byUrn.set(urn, registration);
    this.transforms.set(urn, request.getTransformsList());
    const made = this.make(request, registration);
    this.registrations.push(registration);
    const response = new messages.RegisterResourceResponse();
    response.setUrn(urn);
    response.setId(made.id);
    response.setObject(made.outputs);
    if (request.getCustom()) this.states.set(urn, made);
    return response;
  }

  private make(request: messages.RegisterResourceRequest, registration: Registration): { id: string; outputs: Struct } {
    const { type } = registration;
    const decoded = decode(request.getObject());
    if (!registration.custom) return { id: "", outputs: encode(decoded.properties, decoded) };
    if (type.startsWith(PROVIDER_TYPE)) return this.makeProvider(registration, decoded);

    const { pkg, plane } = this.planeOf(type);
    const session = this.session(pkg, request.getProvider(), registration.urn);
    if (session === undefined) return { id: "", outputs: encode({}) };
    const checked = plane.check({ urn: registration.urn, type, inputs: registration.inputs, session });
    if (checked.failures.length > 0) {
      throw new Error(
        checked.failures
          .map(({ property, reason }) => (property === "" ? reason : `${property}: ${reason}`))
          .join("\n"),
      );
    }
    const call = { urn: registration.urn, type, inputs: checked.inputs, secrets: decoded.secrets, session };
    if (registration.importId !== undefined) {
      return this.keep(registration, this.import(plane, call, registration.importId), decoded);
    }
    if (this.options.preview) return this.keep(registration, { id: "", outputs: plane.plan(call) }, decoded);
    return this.keep(registration, plane.create(call), decoded);
  }

  private makeProvider(registration: Registration, marks: Marks): { id: string; outputs: Struct } {
    const name = registration.type.slice(PROVIDER_TYPE.length);
    const id = createHash("sha256").update(registration.urn).digest("hex").slice(0, 32);
    if (!COMPONENT_PACKAGES.has(name)) {
      this.sessions.set(registration.urn, this.configure(this.planeOf(name).pkg, registration.inputs));
    }
    return this.keep(registration, { id: this.options.preview ? "" : id, outputs: registration.inputs }, marks);
  }

  /** An instance for each configuration; undefined while some of it is unknown, as the engine then asks a provider nothing. */
  private configure(pkg: CloudPackage, inputs: Properties): Session | undefined {
    if (hasUnknown(inputs)) return undefined;
    const config = parseConfiguration(inputs, pkg.schema(`${PROVIDER_TYPE}${pkg.name}`)?.inputs);
    const problems = pkg.checkConfig(config);
    if (problems.length > 0) {
      throw new Error(problems.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
    }
    return pkg.configure(config, this.options.cloud.view({ account: "", region: "" }));
  }

  private import(
    plane: ControlPlane,
    call: Parameters<ControlPlane["create"]>[0],
    id: string,
  ): { id: string; outputs: Properties } {
    const found = plane.read({ ...call, id, outputs: {} });
    if (found === undefined) throw new Error(`resource '${id}' does not exist`);
    return { id, outputs: found.outputs };
  }

  private read(request: messages.ReadResourceRequest, urn: string): messages.ReadResourceResponse {
    const registration = readRegistrationOf(request, urn);
    const { pkg, plane } = this.planeOf(registration.type);
    const session = this.session(pkg, request.getProvider(), urn);
    const response = new messages.ReadResourceResponse();
    response.setUrn(urn);
    if (session !== undefined && !isUnknownId(request.getId())) {
      const found = plane.read({
        type: registration.type,
        id: request.getId(),
        inputs: registration.inputs,
        outputs: {},
        session,
      });
      if (found === undefined) throw new Error(`resource '${request.getId()}' does not exist`);
      const marks = decode(request.getProperties());
      const made = this.keep(registration, { id: request.getId(), outputs: found.outputs }, marks);
      response.setProperties(made.outputs);
      this.states.set(urn, made);
    } else {
      response.setProperties(encode({}));
    }
    this.byUrn.set(urn, registration);
    this.registrations.push(registration);
    return response;
  }

  private async component(request: messages.RegisterResourceRequest): Promise<messages.RegisterResourceResponse> {
    const [name] = request.getType().split(":");
    if (request.getProvider() === "") {
      this.requireDefaultProvider(name ?? "", this.urnOf(request.getParent(), request.getType(), request.getName()));
    }
    return constructComponent(this.options.construct, request, async (urn) => {
      if (!this.states.has(urn)) await new Promise<void>((resolve) => this.waiting.set(urn, resolve));
    });
  }

  private async transform(request: messages.RegisterResourceRequest): Promise<void> {
    const chain = [...request.getTransformsList()];
    for (let parent = this.byUrn.get(request.getParent()); parent !== undefined;) {
      chain.push(...(this.transforms.get(parent.urn) ?? []));
      parent = this.byUrn.get(parent.parent ?? "");
    }
    await applyTransforms([...chain, ...this.stackTransforms], request);
  }

  private keep(
    registration: Registration,
    made: { id: string; outputs: Properties },
    marks: Marks,
  ): { id: string; outputs: Struct } {
    const secrets = new Set([...marks.secrets, ...registration.additionalSecretOutputs]);
    registration.outputs = made.outputs;
    registration.secretOutputs = [...secrets].filter(
      (path) => made.outputs[path.split(/[.[]/)[0] ?? path] !== undefined,
    );
    if (made.id !== "") registration.id = made.id;
    return { id: made.id, outputs: encode(made.outputs, { ...marks, secrets }) };
  }

  private session(pkg: CloudPackage, reference: string, asked: string): Session | undefined {
    if (reference !== "") return this.sessions.get(reference.slice(0, reference.lastIndexOf("::")));
    this.requireDefaultProvider(pkg.name, asked);
    const inputs: Record<string, string> = {};
    for (const [key, value] of this.options.config) {
      if (key.startsWith(`${pkg.name}:`)) inputs[key.slice(pkg.name.length + 1)] = value;
    }
    return this.configure(pkg, inputs);
  }

  private requireDefaultProvider(name: string, asked: string): void {
    const disabled = this.options.config.get("pulumi:disable-default-providers") ?? "[]";
    if (disabled.includes('"*"') || disabled.includes(`"${name}"`)) {
      throw new Error(`Default provider for '${name}' disabled. '${asked}' must use an explicit provider.`);
    }
  }

  private planeOf(token: string): { pkg: CloudPackage; plane: ControlPlane } {
    const name = token.split(":")[0] ?? "";
    const plane = this.planes.get(name);
    if (plane === undefined) throw new Error(`no provider for the package "${name}"`);
    return plane;
  }

  private stateOf(urn: string): Struct {
    const state = this.states.get(urn);
    if (state === undefined) throw new Error(`unknown resource ${urn}`);
    const result = encode({ urn, id: state.id });
    result.getFieldsMap().set("state", valueOf(state.outputs));
    return result;
  }

  private urnOf(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2] ?? STACK_TYPE;
    const qualified = parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.options.stack}::${this.options.project}::${qualified}::${name}`;
  }

  private fail(urn: string, error: unknown): void {
    this.requests += 1;
    this.failed.raise();
    for (const line of messageOf(error).split("\n")) this.errors.push(`${urn}: ${line}`);
  }
}

function valueOf(struct: Struct): Value {
  const value = new Value();
  value.setStructValue(struct);
  return value;
}

function messageOf(error: unknown): string {
  if (error instanceof PartialFailure) return error.reasons.join("\n");
  return error instanceof Error ? error.message : String(error);
}
