import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

/** What the engine and the SDK allow, in bytes: the state of a large stack exceeds the default of 4 MiB. */
const MAX_MESSAGE = 400 * 1024 * 1024;

/** Serves one provider on a free port of the loopback interface. */
export async function listen(
  implementation: grpc.UntypedServiceImplementation,
): Promise<{ readonly port: number; close(): void }> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": MAX_MESSAGE });
  server.addService(ResourceProviderService, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    // IPv4 by number: the engine dials 127.0.0.1, and "localhost" may be ::1.
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error !== null) reject(error);
      else resolve(bound);
    });
  });
  return {
    port,
    close() {
      server.forceShutdown();
    },
  };
}
