import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { BUILT_VERSION } from "../version";
import { killOwnGroup, Processes } from "./processes";
import { languageService } from "./service";

/** As the engine's own limit (https://github.com/pulumi/pulumi, sdk/go/common/util/rpcutil). */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Pulumi's language host for Node.js: the engine starts it with its own address, and reads the port that it prints. */
function main(): void {
  const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";
  const processes = new Processes();
  let ending = false;
  const end = (engineIsGone: boolean) => {
    if (ending) return;
    ending = true;
    void processes.endAll().then(() => {
      // An engine that is there clears the group itself.
      if (engineIsGone) killOwnGroup();
      process.exit(0);
    });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      end(false);
    });
  }
  // The engine is gone and nobody reads what is printed: not an error of ours.
  process.stdout.on("error", () => {
    end(true);
  });

  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(LanguageRuntimeService, languageService({ version: BUILT_VERSION, engineAddress, processes }));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      console.error(`cannot listen on 127.0.0.1: ${error.message}`);
      process.exit(1);
    }
    console.log(String(port));
    if (engineAddress !== "") {
      watchEngine(engineAddress, () => {
        end(true);
      });
    }
  });
}

/** Keeps a connection to the engine: the system closes it when the engine ends, however it does. */
function watchEngine(address: string, onGone: () => void): void {
  const channel = new grpc.Client(address, grpc.credentials.createInsecure()).getChannel();
  const watch = () => {
    const state = channel.getConnectivityState(true);
    if (state === grpc.connectivityState.TRANSIENT_FAILURE) onGone();
    else channel.watchConnectivityState(state, Infinity, watch);
  };
  watch();
}

main();
