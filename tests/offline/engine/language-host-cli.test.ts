import { strict as assert } from "node:assert";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isAlive } from "../../../boot/lock.cjs";
import { engineEnvironment } from "../../../offline/engine/environment";
import { findEngine } from "../../../offline/engine/find";
import { REPOSITORY, until } from "./fakes";

const PROJECT = `
name: tiny
runtime:
  name: nodejs
  options: { typescript: false, nodeargs: --stack-trace-limit=0 }
`;

const PROGRAM = `
const fs = require("fs");
const { ComponentResource } = require("@pulumi/pulumi");
class Part extends ComponentResource {
  constructor(name) { super("tiny:index:Part", name, {}); this.registerOutputs({}); }
}
module.exports = async () => {
  new Part("one");
  console.log("from the program");
  if (fs.existsSync("wait")) {
    fs.writeFileSync("waiting.tmp", JSON.stringify([process.ppid, process.pid]));
    fs.renameSync("waiting.tmp", "waiting");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
  return { frames: Error.stackTraceLimit };
};
`;

/** The smallest policy pack: what @pulumi/policy does for one rule, by hand. */
const PACK = `
const grpc = require("@grpc/grpc-js");
const { AnalyzerService } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const pb = require("@pulumi/pulumi/proto/analyzer_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const policy = () => new pb.PolicyInfo().setName("no-parts").setEnforcementlevel(pb.EnforcementLevel.MANDATORY);
const server = new grpc.Server();
const violation = () => new pb.AnalyzeDiagnostic().setPolicyname("no-parts").setPolicypackname("pack")
  .setPolicypackversion("0.0.1").setMessage("parts are forbidden").setEnforcementlevel(pb.EnforcementLevel.MANDATORY);
const answer = (make) => (call, callback) => callback(null, make(call.request));
server.addService(AnalyzerService, {
  getPluginInfo: answer(() => new PluginInfo().setVersion("0.0.1")),
  getAnalyzerInfo: answer(() => new pb.AnalyzerInfo().setName("pack").setVersion("0.0.1").setPoliciesList([policy()])),
  configure: answer(() => new Empty()),
  analyze: answer((r) => new pb.AnalyzeResponse().setDiagnosticsList(r.getType() === "tiny:index:Part" ? [violation()] : [])),
  analyzeStack: answer(() => new pb.AnalyzeResponse()),
  remediate: answer(() => new pb.RemediateResponse()),
});
require("fs").writeFileSync("pack.pid", String(process.pid));
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_error, port) => console.log(port));
`;

describe("offline/engine/language-host, on the real engine", function () {
  this.timeout(60_000);

  let folder: string;
  let executable: string;
  let env: NodeJS.ProcessEnv;

  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  };
  const pulumi = (...args: string[]) => spawnSync(executable, args, { cwd: folder, env, encoding: "utf8" });
  const launch = (...args: string[]): ChildProcess => spawn(executable, args, { cwd: folder, env, stdio: "ignore" });

  before(async function () {
    // A build takes minutes; `npm test` makes it before the tests run.
    this.timeout(15 * 60_000);
    const engine = await findEngine({ root: REPOSITORY, env: process.env, report: console.error });
    // A release brings a language host of its own, and these tests are about ours.
    if (engine.origin === "path") this.skip();
    ({ executable } = engine);
    folder = realpathSync(mkdtempSync(join(tmpdir(), "platform-host-cli-")));
    env = {
      ...engineEnvironment(),
      PATH: process.env["PATH"],
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${folder}/state`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    mkdirSync(join(folder, "state"));
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    write("Pulumi.yaml", PROJECT);
    write("package.json", `{"main": "index.js", "dependencies": {"@pulumi/pulumi": "*"}}`);
    write("index.js", PROGRAM);
    assert.equal(pulumi("stack", "init", "dev").status, 0);
  });

  after(() => {
    // Undefined where the tests were skipped.
    if (typeof folder === "string") rmSync(folder, { recursive: true });
  });

  it("runs a program, passes its output and options on, and tells what it is made of", () => {
    const up = pulumi("up", "--yes", "--skip-preview", "--non-interactive");
    assert.equal(up.status, 0, up.stdout);
    assert.match(up.stdout, /from the program/);
    assert.match(up.stdout, /frames: 0\n/);
    const about = JSON.parse(pulumi("about", "--json").stdout) as {
      runtime: { executable: string; version: string };
      dependencies: { name: string; version: string }[];
    };
    assert.equal(about.runtime.version, process.version);
    const { version } = JSON.parse(
      readFileSync(join(REPOSITORY, "node_modules/@pulumi/pulumi/package.json"), "utf8"),
    ) as { version: string };
    assert.deepEqual(about.dependencies, [{ name: "@pulumi/pulumi", version }]);
  });

  it("runs a policy pack, and ends it with the command", async () => {
    write("pack/PulumiPolicy.yaml", "runtime: nodejs\n");
    write("pack/package.json", `{"name": "pack", "version": "0.0.1"}`);
    write("pack/index.js", PACK);
    const preview = pulumi("preview", "--non-interactive", "--policy-pack", "pack");
    assert.match(preview.stdout, /\[mandatory\] {2}no-parts {2}\(tiny:index:Part: one\)\s+parts are forbidden/);
    assert.equal(preview.status, 1);
    await until(() => !isAlive(Number(readFileSync(join(folder, "pack/pack.pid"), "utf8"))));
  });

  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    it(`ends, with the program, within 2 s of a ${signal} to the engine`, async () => {
      write("wait", "");
      const engine = launch("up", "--yes", "--skip-preview", "--non-interactive");
      const waiting = join(folder, "waiting");
      await until(() => existsSync(waiting));
      const pids = JSON.parse(readFileSync(waiting, "utf8")) as number[];
      assert.deepEqual(pids.map(isAlive), [true, true]);
      engine.kill(signal);
      const killed = Date.now();
      await until(() => !pids.some(isAlive));
      assert.ok(Date.now() - killed < 2_000, `it took ${String(Date.now() - killed)} ms`);
      rmSync(join(folder, "wait"));
      rmSync(waiting);
    });
  }
});
