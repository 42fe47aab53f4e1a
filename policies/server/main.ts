import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { RULES } from "../rules";
import { analyzerService } from "./service";

/** As the engine's own limit (https://github.com/pulumi/pulumi, sdk/go/common/util/rpcutil). */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** The day on which exemptions are judged: today, or another, `YYYY-MM-DD`, for a run that must be the same on every day. */
function dayOf(date: string | undefined): Date {
  return date === undefined ? new Date() : new Date(`${date}T00:00:00Z`);
}

/**
 * Serves the pack to the engine, which reads the port from standard output.
 *
 * @param folder folder of the pack: its package.json and its exemptions
 */
export function serve(folder: string): void {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const exemptions = readFileSync(join(folder, "exemptions.yaml"), "utf8");
  const service = analyzerService({
    rules: RULES,
    version,
    exemptions,
    reportFile: process.env["PLATFORM_POLICY_REPORT"],
    today: dayOf(process.env["PLATFORM_POLICY_DATE"]),
    reportOnly: process.env["PLATFORM_POLICY_REPORT_ONLY"] !== undefined,
  });
  server.addService(AnalyzerService, service);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      console.error(`the policy pack cannot listen on 127.0.0.1: ${error.message}`);
      process.exit(1);
    }
    console.log(String(port));
  });
}
