import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { ComponentResourceOptions, Inputs, Output, Resource } from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import * as server from "@pulumi/pulumi/provider/server";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import * as config from "@pulumi/pulumi/runtime/config";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import type { Map as ProtoMap } from "google-protobuf";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { componentError } from "./errors";
import { optionsOf } from "./options";

// Declared @internal, so absent from the typings: what the SDK's own component providers are made of. `provider.main` itself
// keeps one engine's address for all, and one component's error fails every other that is being built.
const { deserializeInputs } = server as unknown as {
  deserializeInputs: (inputs: Struct, dependencies: ProtoMap<string, unknown>) => Promise<Inputs>;
};
const { resetOptions, awaitFeatureSupport, waitForRPCs } = settings as unknown as {
  resetOptions: (...options: readonly unknown[]) => void;
  awaitFeatureSupport: () => Promise<void>;
  waitForRPCs: () => Promise<void>;
};
const { withLocalStorage, getLocalStore } = state as unknown as {
  withLocalStorage: <Result>(callback: () => Promise<Result>) => Promise<Result>;
  getLocalStore: () => object | undefined;
};
function promiseOf<Value>(value: Output<Value>): Promise<Value> {
  return (value as unknown as { promise(): Promise<Value> }).promise();
}

/** Engines beyond this many are forgotten, the oldest first: each command opens a few connections. */
const ENGINES_KEPT = 1024;

export interface ComponentProviderOptions {
  /** Version of the SDK package. */
  readonly version: string;
  construct(name: string, type: string, inputs: Inputs, options: ComponentResourceOptions): Promise<ConstructResult>;
  /** Carries out a method of a component; the arguments hold the component as `__self__`. */
  call(token: string, args: Inputs): Promise<Inputs>;
  /** Told of what went wrong outside of any request, with its stack. */
  unexpected(report: string): void;
}

/** The fields by which a request says for which engine and stack it is. */
type RuntimeRequest = messages.ConstructRequest | messages.CallRequest;

/**
 * A component provider that serves several engines at once: every request has a runtime of its own, with the address of the
 * engine that attached on its connection, and its errors are its own.
 */
export function componentProvider(options: ComponentProviderOptions): UntypedServiceImplementation {
  const engines = new Map<string, string>();
  const running = new Map<object, (error: unknown) => void>();
  const answered = new WeakSet<object>();

  // What is thrown in `apply` and awaited by nobody: it fails the request in whose runtime it happened.
  const uncaught = (error: unknown) => {
    const store = getLocalStore();
    const fail = store === undefined ? undefined : running.get(store);
    if (fail !== undefined) fail(error);
    // What an answered request leaves behind: its engine has ended or knows the first error already.
    else if (store !== undefined && answered.has(store)) return;
    else options.unexpected(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  process.on("unhandledRejection", uncaught);
  process.on("uncaughtException", uncaught);

  function isolated<Request extends RuntimeRequest, Response>(answer: (request: Request) => Promise<Response>) {
    return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
      const response = withLocalStorage(async () => {
        const store = getLocalStore() ?? {};
        const failed = new Promise<never>((_resolve, reject) => running.set(store, reject));
        try {
          return await Promise.race([
            failed,
            configureRuntime(call.request, engines.get(call.getPeer()) ?? "").then(() => answer(call.request)),
          ]);
        } finally {
          running.delete(store);
          answered.add(store);
        }
      });
      response.then(
        (value) => {
          done(null, value);
        },
        (error: unknown) => {
          done(componentError(error));
        },
      );
    };
  }

  return {
    handshake: unary(() => {
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      return response;
    }),
    attach: unary((request: { getAddress(): string }, peer) => {
      engines.delete(peer);
      engines.set(peer, request.getAddress());
      for (const oldest of engines.keys()) {
        if (engines.size <= ENGINES_KEPT) break;
        engines.delete(oldest);
      }
      return new Empty();
    }),
    getPluginInfo: unary(() => {
      const response = new PluginInfo();
      response.setVersion(options.version);
      return response;
    }),
    checkConfig: unary((request: messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(() => new messages.DiffResponse()),
    configure: unary(() => {
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      return response;
    }),
    // The engine says so at the end of each of its instances; other engines go on.
    cancel: unary(() => new Empty()),

    construct: isolated(async (request: messages.ConstructRequest) => {
      const inputs = await deserializeInputs(request.getInputs() ?? new Struct(), request.getInputdependenciesMap());
      const result = await options.construct(request.getName(), request.getType(), inputs, optionsOf(request));
      const response = new messages.ConstructResponse();
      response.setUrn(await promiseOf(output(result.urn)));
      const [values, dependencies] = await rpc.serializeResourceProperties(
        `construct(${request.getType()}, ${request.getName()})`,
        result.state,
      );
      for (const [property, resources] of dependencies) {
        const list = new messages.ConstructResponse.PropertyDependencies();
        list.setUrnsList(await urnsOf(resources));
        response.getStatedependenciesMap().set(property, list);
      }
      response.setState(Struct.fromJavaScript(values as Record<string, JavaScriptValue>));
      await waitForRPCs();
      return response;
    }),
    call: isolated(async (request: messages.CallRequest) => {
      const args = await deserializeInputs(request.getArgs() ?? new Struct(), request.getArgdependenciesMap());
      const outputs = await options.call(request.getTok(), args);
      const response = new messages.CallResponse();
      const [values, dependencies] = await rpc.serializeResourceProperties(`call(${request.getTok()})`, outputs);
      for (const [property, resources] of dependencies) {
        const list = new messages.CallResponse.ReturnDependencies();
        list.setUrnsList(await urnsOf(resources));
        response.getReturndependenciesMap().set(property, list);
      }
      response.setReturn(Struct.fromJavaScript(values as Record<string, JavaScriptValue>));
      await waitForRPCs();
      return response;
    }),
  };
}

function unary<Request, Response>(answer: (request: Request, peer: string) => Response) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
    done(null, answer(call.request, call.getPeer()));
  };
}

async function configureRuntime(request: RuntimeRequest, engine: string): Promise<void> {
  resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    engine,
    request.getMonitorendpoint(),
    request.getDryrun(),
    request.getOrganization(),
  );
  await awaitFeatureSupport();
  config.setAllConfig(Object.fromEntries(request.getConfigMap().toArray()), request.getConfigsecretkeysList());
}

function urnsOf(resources: ReadonlySet<Resource>): Promise<string[]> {
  return Promise.all([...resources].map((resource) => promiseOf(resource.urn)));
}
