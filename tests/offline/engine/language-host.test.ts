import { strict as assert } from "node:assert";
import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { LanguageRuntimeClient, LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { isAlive } from "../../../boot/lock.cjs";
import { refreshLanguageHost } from "../../../offline/engine/install-language-host";
import { splitWords } from "../../../offline/engine/language-host/options";
import { Processes } from "../../../offline/engine/language-host/processes";
import { languageService } from "../../../offline/engine/language-host/service";
import { REPOSITORY, until } from "./fakes";

const ENGINE = "127.0.0.1:5555";

/** Stands in for the runner in @pulumi/pulumi: notes how it was started, then does what the program says. */
const RUNNER = `
const fs = require("fs");
const note = { args: process.argv.slice(2), flags: process.execArgv, cwd: process.cwd(), env: {}, pid: process.pid };
for (const [k, v] of Object.entries(process.env)) if (k.startsWith("PULUMI_")) note.env[k] = v;
const folder = __dirname.split("/node_modules/")[0];
fs.writeFileSync(folder + "/note.tmp", JSON.stringify(note));
fs.renameSync(folder + "/note.tmp", folder + "/note.json");
eval(fs.readFileSync(folder + "/behaviour.js", "utf8"));
`;

interface Note {
  readonly args: string[];
  readonly flags: string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly pid: number;
}

describe("offline/engine/language-host", () => {
  let folder: string;
  let processes: Processes;
  let server: grpc.Server;
  let client: LanguageRuntimeClient;

  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  };
  const behaves = (script: string) => {
    write("behaviour.js", script);
  };
  const noted = () => existsSync(join(folder, "note.json"));
  const note = () => JSON.parse(readFileSync(join(folder, "note.json"), "utf8")) as Note;
  const info = (options?: Record<string, JavaScriptValue>) =>
    new language.ProgramInfo()
      .setRootDirectory(folder)
      .setProgramDirectory(folder)
      .setEntryPoint(".")
      .setOptions(options === undefined ? undefined : Struct.fromJavaScript(options));
  const runRequest = (options?: Record<string, JavaScriptValue>) => {
    const request = new language.RunRequest()
      .setProject("shop")
      .setStack("dev")
      .setOrganization("acme")
      .setPwd(folder)
      .setMonitorAddress("127.0.0.1:1")
      .setParallel(8)
      .setInfo(info(options));
    request.getConfigMap().set("shop:size", "3").set("aws:region", "eu-west-1");
    return request.setConfigsecretkeysList(["shop:size"]);
  };
  const run = (request: language.RunRequest) =>
    new Promise<language.RunResponse.AsObject>((resolve, reject) => {
      client.run(request, (error, response) => {
        if (error === null) resolve(response.toObject());
        else reject(error);
      });
    });

  beforeEach((done) => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "platform-host-")));
    for (const name of ["run", "run-plugin", "run-policy-pack"]) {
      write(`node_modules/@pulumi/pulumi/cmd/${name}/index.js`, RUNNER);
    }
    write("package.json", "{}");
    processes = new Processes();
    server = new grpc.Server();
    server.addService(LanguageRuntimeService, languageService({ version: "1.2.3", engineAddress: ENGINE, processes }));
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      client = new LanguageRuntimeClient(`127.0.0.1:${String(port)}`, grpc.credentials.createInsecure());
      done(error);
    });
  });

  afterEach(async () => {
    await processes.endAll();
    client.close();
    server.forceShutdown();
    rmSync(folder, { recursive: true });
  });

  describe("Run", () => {
    it("starts Pulumi's runner of the project with all that the engine said", async () => {
      behaves("");
      const request = runRequest({ nodeargs: "--stack-trace-limit=0 --title 'two words'", typescript: false });
      assert.deepEqual(await run(request.setDryrun(true).setArgsList(["extra"])), { error: "", bail: false });
      assert.deepEqual(note().args, [
        ...["--monitor", "127.0.0.1:1", "--engine", ENGINE, "--organization", "acme", "--project", "shop"],
        ...["--root-directory", folder, "--stack", "dev", "--pwd", folder, "--parallel", "8"],
        ...["--query-mode", "false", "--dry-run", ".", "extra"],
      ]);
      assert.deepEqual(note().flags, ["--stack-trace-limit=0", "--title", "two words"]);
      assert.equal(note().cwd, folder);
      assert.deepEqual(JSON.parse(note().env["PULUMI_CONFIG"] ?? ""), { "shop:size": "3", "aws:region": "eu-west-1" });
      assert.equal(note().env["PULUMI_CONFIG_SECRET_KEYS"], '["shop:size"]');
      assert.equal(note().env["PULUMI_NODEJS_TYPESCRIPT"], "false");
    });

    it("has TypeScript compiled by the runner unless the project says no, and does not dry-run an update", async () => {
      behaves("");
      await run(runRequest());
      assert.equal(note().env["PULUMI_NODEJS_TYPESCRIPT"], "true");
      assert.ok(!note().args.includes("--dry-run"));
    });

    for (const [script, expected] of [
      ["process.exit(0)", { error: "", bail: false }],
      ["process.exit(32)", { error: "", bail: true }],
      ["process.exit(3)", { error: "the program ended with exit code 3", bail: false }],
      ["process.kill(process.pid, 'SIGKILL')", { error: "the program was ended by SIGKILL", bail: false }],
    ] as const) {
      it(`answers ${JSON.stringify(expected)} to ${script}`, async () => {
        behaves(script);
        assert.deepEqual(await run(runRequest()), expected);
      });
    }

    it("refuses every option that it does not honour, by name, and starts nothing", async () => {
      const { error } = await run(
        runRequest({ tsconfig: "x.json", packagemanager: "pnpm", typescript: "no", nodeargs: "'open" }),
      );
      for (const part of [
        '"tsconfig" is not known to this language host',
        '"packagemanager" is not known to this language host',
        '"typescript" must be true or false, and is "no"',
        `"nodeargs" must be a string with closed quotes, and is "'open"`,
      ]) {
        assert.ok(error.includes(part), error);
      }
      assert.equal(noted(), false);
    });

    it("says that the SDK is not installed, and that it attaches no debugger", async () => {
      assert.match((await run(runRequest().setAttachDebugger(true))).error, /attaches no debugger/);
      rmSync(join(folder, "node_modules"), { recursive: true });
      assert.equal(
        (await run(runRequest())).error,
        `@pulumi/pulumi is not installed in ${folder}: install the project's dependencies first`,
      );
    });

    it("ends the program when the call is cancelled", async () => {
      behaves("setInterval(() => {}, 1000)");
      const call = client.run(runRequest(), () => undefined);
      await until(noted);
      const { pid } = note();
      call.cancel();
      await until(() => !isAlive(pid));
    });

    it("ends a program that does not listen to SIGTERM, on Cancel", async () => {
      behaves("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); fs.writeFileSync(folder + '/deaf', '')");
      const answer = run(runRequest());
      await until(() => existsSync(join(folder, "deaf")));
      await new Promise((resolve) => client.cancel(new Empty(), resolve));
      assert.equal((await answer).error, "the program was ended by SIGKILL");
    });
  });

  describe("RunPlugin", () => {
    const stream = (request: language.RunPluginRequest) =>
      new Promise<{ out: string; err: string; code: number | undefined }>((resolve, reject) => {
        const result = { out: "", err: "", code: undefined as number | undefined };
        const call = client.runPlugin(request);
        call.on("data", (message: language.RunPluginResponse) => {
          if (message.hasStdout()) result.out += Buffer.from(message.getStdout_asU8()).toString();
          if (message.hasStderr()) result.err += Buffer.from(message.getStderr_asU8()).toString();
          if (message.hasExitcode()) result.code = message.getExitcode();
        });
        call.on("error", reject);
        call.on("end", () => {
          resolve(result);
        });
      });
    const request = (kind: string) =>
      new language.RunPluginRequest()
        .setKind(kind)
        .setPwd(tmpdir())
        .setInfo(info({ nodeargs: "--no-warnings" }))
        .setArgsList([ENGINE])
        .setEnvList(["PULUMI_ONE=a=b"]);

    it("runs a policy pack in its own folder and passes on what it prints and its exit code", async () => {
      behaves("console.log('4711'); console.error('oh'); process.exitCode = 4");
      assert.deepEqual(await stream(request("analyzer")), { out: "4711\n", err: "oh\n", code: 4 });
      assert.deepEqual(note().args, [ENGINE, folder]);
      assert.deepEqual(note().flags, ["--no-warnings"]);
      assert.equal(note().cwd, folder);
      assert.equal(note().env["PULUMI_ONE"], "a=b");
    });

    it("runs a provider in the folder of the program", async () => {
      behaves("");
      assert.equal((await stream(request("resource"))).code, 0);
      assert.equal(note().cwd, realpathSync(tmpdir()));
    });

    it("refuses a kind of plugin and an option that it does not know", async () => {
      await assert.rejects(stream(request("converter")), {
        code: grpc.status.UNIMPLEMENTED,
        details: 'this language host does not run plugins of the kind "converter"',
      });
      await assert.rejects(stream(request("analyzer").setInfo(info({ tsconfig: "x" }))), {
        code: grpc.status.INVALID_ARGUMENT,
        details: /"tsconfig" is not known/,
      });
      assert.equal(noted(), false);
    });

    it("ends the plugin when the call is cancelled", async () => {
      behaves("setInterval(() => {}, 1000)");
      const call = client.runPlugin(request("analyzer"));
      call.on("error", () => undefined);
      await until(noted);
      const { pid } = note();
      call.cancel();
      await until(() => !isAlive(pid));
    });
  });

  describe("InstallDependencies", () => {
    const path = process.env["PATH"];

    afterEach(() => {
      process.env["PATH"] = path;
    });

    const install = (npm: string) => {
      write("bin/npm", `#!/bin/sh\n${npm}\n`);
      chmodSync(join(folder, "bin/npm"), 0o755);
      process.env["PATH"] = `${join(folder, "bin")}:${path ?? ""}`;
      return new Promise<string>((resolve, reject) => {
        let output = "";
        const call = client.installDependencies(
          new language.InstallDependenciesRequest().setDirectory(folder).setInfo(info()),
        );
        call.on("data", (message: language.InstallDependenciesResponse) => {
          output += Buffer.from(message.getStdout_asU8()).toString() + Buffer.from(message.getStderr_asU8()).toString();
        });
        call.on("error", reject);
        call.on("end", () => {
          resolve(output);
        });
      });
    };

    it("streams npm install in the folder", async () => {
      assert.equal(await install('echo "$@ in $PWD"'), `install in ${folder}\n`);
    });

    it("fails when npm does", async () => {
      await assert.rejects(install("exit 5"), { details: "npm install ended with exit code 5" });
    });
  });

  describe("the other calls", () => {
    const dependencies = (transitive: boolean) =>
      new Promise<string[]>((resolve, reject) => {
        client.getProgramDependencies(
          new language.GetProgramDependenciesRequest().setInfo(info()).setTransitivedependencies(transitive),
          (error, response) => {
            if (error === null) {
              resolve(response.getDependenciesList().map((one) => `${one.getName()}@${one.getVersion()}`));
            } else reject(error);
          },
        );
      });

    it("name the direct dependencies with the version in the lock file, else installed, else wanted", async () => {
      write("package.json", `{"dependencies": {"b": "^1.0.0", "c": "2"}, "devDependencies": {"@s/a": "~3.0.0"}}`);
      write("package-lock.json", `{"packages": {"": {}, "node_modules/b": {"version": "1.4.0"}}}`);
      write("node_modules/c/package.json", `{"version": "2.2.2"}`);
      assert.deepEqual(await dependencies(false), ["@s/a@~3.0.0", "b@1.4.0", "c@2.2.2"]);
    });

    it("name every package of the lock file, each version once", async () => {
      write(
        "package-lock.json",
        `{"packages": {"": {"version": "0.1.0"}, "node_modules/b": {"version": "1.4.0"},
          "node_modules/b/node_modules/@s/a": {"version": "3.0.0"}, "node_modules/c/node_modules/@s/a": {"version": "3.0.0"},
          "node_modules/@s/a": {"version": "3.1.0"}}}`,
      );
      assert.deepEqual(await dependencies(true), ["@s/a@3.0.0", "@s/a@3.1.0", "b@1.4.0"]);
    });

    it("tell the version of the host and of Node", (done) => {
      client.getPluginInfo(new Empty(), (_error, plugin) => {
        assert.equal(plugin.getVersion(), "1.2.3");
        client.about(new language.AboutRequest(), (error, about) => {
          assert.deepEqual([about.getExecutable(), about.getVersion()], [process.execPath, process.version]);
          done(error);
        });
      });
    });

    it("ask for no plugins and no options", (done) => {
      client.getRequiredPackages(new language.GetRequiredPackagesRequest().setInfo(info()), (error, packages) => {
        assert.equal(error, null);
        assert.deepEqual(packages.toObject(), { packagesList: [], specsList: [] });
        client.runtimeOptionsPrompts(new language.RuntimeOptionsRequest().setInfo(info()), (other, prompts) => {
          assert.deepEqual(prompts.getPromptsList(), []);
          done(other);
        });
      });
    });

    it("are not implemented", (done) => {
      client.generateProgram(new language.GenerateProgramRequest(), (error) => {
        assert.equal(error?.code, grpc.status.UNIMPLEMENTED);
        done();
      });
    });
  });

  describe("the process", () => {
    let host: ChildProcess;
    let engine: grpc.Server;
    let hostClient: LanguageRuntimeClient;
    let ended: Promise<number | string | null>;

    beforeEach(async () => {
      await refreshLanguageHost(REPOSITORY, folder);
      engine = new grpc.Server();
      const port = await new Promise<number>((resolve) => {
        engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_error, bound) => {
          resolve(bound);
        });
      });
      // A group of its own, as the engine makes one.
      host = spawn(join(folder, "pulumi-language-nodejs"), ["-v=9", `127.0.0.1:${String(port)}`], {
        cwd: folder,
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
      });
      ended = new Promise((resolve) =>
        host.on("exit", (code, signal) => {
          resolve(signal ?? code);
        }),
      );
      const printed = await new Promise<string>((resolve) =>
        host.stdout?.once("data", (chunk: Buffer) => {
          resolve(chunk.toString());
        }),
      );
      assert.match(printed, /^\d+\n$/);
      hostClient = new LanguageRuntimeClient(`127.0.0.1:${printed.trim()}`, grpc.credentials.createInsecure());
    });

    afterEach(() => {
      hostClient.close();
      engine.forceShutdown();
      try {
        // Whatever a test that failed has left of the group.
        process.kill(-Number(host.pid), "SIGKILL");
      } catch {
        // Nothing is left.
      }
    });

    const startProgram = async () => {
      // It leaves a process of its own behind, in the same group.
      behaves(
        `const child = require("child_process").spawn("sleep", ["60"]);
         fs.writeFileSync(folder + "/child.tmp", String(child.pid)); fs.renameSync(folder + "/child.tmp", folder + "/child");
         setInterval(() => {}, 1000);`,
      );
      hostClient.run(runRequest(), () => undefined);
      await until(() => existsSync(join(folder, "child")));
      return { program: note().pid, child: Number(readFileSync(join(folder, "child"), "utf8")) };
    };

    it("runs without the clone, and ends when the engine does, with the program and what that started", async () => {
      const { program, child } = await startProgram();
      engine.forceShutdown();
      assert.equal(await ended, "SIGKILL");
      await until(() => !isAlive(program) && !isAlive(child));
    });

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      it(`ends on ${signal}, with the program`, async () => {
        const { program } = await startProgram();
        host.kill(signal);
        assert.equal(await ended, 0);
        assert.equal(isAlive(program), false);
      });
    }

    it("ends at once when it has nothing to do", async () => {
      host.kill("SIGINT");
      assert.equal(await ended, 0);
    });
  });

  it("splits the option nodeargs as a shell does", () => {
    const table: [string, string[] | undefined][] = [
      ["", []],
      ["  --a   --b=1\t", ["--a", "--b=1"]],
      [`--title "two words" 'it is "so"'`, ["--title", "two words", 'it is "so"']],
      [`a\\ b "c\\"d" 'e\\f'`, ["a b", 'c"d', "e\\f"]],
      [`--x=""`, ["--x="]],
      [`"" ''`, ["", ""]],
      [`"open`, undefined],
      ["end\\", undefined],
    ];
    for (const [text, words] of table) assert.deepEqual(splitWords(text), words, text);
  });
});
