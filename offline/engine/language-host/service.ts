import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { programDependencies } from "./dependencies";
import { readOptions } from "./options";
import type { Processes } from "./processes";

/** With this exit code Pulumi's runner says that it has told the user what went wrong. */
const ALREADY_EXPLAINED = 32;

export interface HostSettings {
  readonly version: string;
  /** Address of the engine, as it is given on the command line; a handshake may bring it instead. */
  engineAddress: string;
  readonly processes: Processes;
}

/**
 * The calls that the engine makes to a language host for `up`, `preview`, `refresh`, `destroy`, `import`, `about`,
 * `install` and policy packs. The others (code generation, packing, linking) are UNIMPLEMENTED.
 */
export function languageService(host: HostSettings): grpc.UntypedServiceImplementation {
  return {
    handshake: unary((request: language.LanguageHandshakeRequest) => {
      host.engineAddress = request.getEngineAddress();
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(host.version)),
    // Providers are found by the version that each resource asks for; nothing is installed ahead of the run.
    getRequiredPackages: unary(() => new language.GetRequiredPackagesResponse()),
    getRequiredPlugins: unary(() => new language.GetRequiredPluginsResponse()),
    runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
    about: unary(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    getProgramDependencies: unary((request: language.GetProgramDependenciesRequest) => {
      const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
      const found = programDependencies(folder, request.getTransitivedependencies());
      return new language.GetProgramDependenciesResponse().setDependenciesList(
        found.map(({ name, version }) => new language.DependencyInfo().setName(name).setVersion(version)),
      );
    }),
    run: runProgram(host),
    runPlugin: runPlugin(host),
    installDependencies: installDependencies(host),
    cancel: (_call: unknown, callback: grpc.sendUnaryData<empty.Empty>) => {
      void host.processes.endAll();
      callback(null, new empty.Empty());
    },
  };
}

function unary<Request, Response>(answer: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    callback(null, answer(call.request));
  };
}

function runProgram(host: HostSettings): grpc.handleUnaryCall<language.RunRequest, language.RunResponse> {
  return (call, callback) => {
    const { request } = call;
    const info = request.getInfo();
    const refuse = (problem: string) => {
      callback(null, new language.RunResponse().setError(problem));
    };
    const options = readOptions(info);
    if ("problem" in options) {
      refuse(options.problem);
      return;
    }
    if (request.getAttachDebugger()) {
      refuse('this language host attaches no debugger: set the runtime option nodeargs to "--inspect-brk" instead');
      return;
    }
    const runner = findRunner("run", [info?.getProgramDirectory() ?? "", request.getPwd()]);
    if (runner === undefined) {
      refuse(`@pulumi/pulumi is not installed in ${request.getPwd()}: install the project's dependencies first`);
      return;
    }
    const child = host.processes.start(
      process.execPath,
      [...options.nodeArguments, runner, ...runArguments(request, host.engineAddress)],
      {
        cwd: request.getPwd(),
        env: {
          ...process.env,
          PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject(false))),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
          PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
        },
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    call.on("cancelled", () => {
      host.processes.end(child);
    });
    whenOver(child, "exit", (problem, code) => {
      const response = new language.RunResponse();
      if (code === ALREADY_EXPLAINED) response.setBail(true);
      else if (problem !== undefined) response.setError(`the program ${problem}`);
      callback(null, response);
    });
  };
}

function runArguments(request: language.RunRequest, engine: string): string[] {
  const given: readonly (readonly [string, string])[] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engine],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", request.getInfo()?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", String(request.getParallel())],
    ["query-mode", String(request.getQuerymode())],
  ];
  const entryPoint = request.getInfo()?.getEntryPoint() ?? request.getProgram();
  return [
    ...given.filter(([, value]) => value !== "").flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    entryPoint === "" ? "." : entryPoint,
    ...request.getArgsList(),
  ];
}

const RUNNERS: Readonly<Record<string, string>> = {
  "": "run-policy-pack",
  analyzer: "run-policy-pack",
  resource: "run-plugin",
};

function runPlugin(
  host: HostSettings,
): grpc.handleServerStreamingCall<language.RunPluginRequest, language.RunPluginResponse> {
  return (call) => {
    const { request } = call;
    const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
    const options = readOptions(request.getInfo());
    if ("problem" in options) {
      fail(call, grpc.status.INVALID_ARGUMENT, `${folder}: ${options.problem}`);
      return;
    }
    const kind = request.getKind();
    const name = RUNNERS[kind];
    if (name === undefined || request.getAttachDebugger()) {
      const what = name === undefined ? `plugins of the kind "${kind}"` : "a plugin with a debugger attached";
      fail(call, grpc.status.UNIMPLEMENTED, `this language host does not run ${what}`);
      return;
    }
    const runner = findRunner(name, [folder]);
    if (runner === undefined) {
      fail(
        call,
        grpc.status.FAILED_PRECONDITION,
        `@pulumi/pulumi is not installed in ${folder}: install its dependencies first`,
      );
      return;
    }
    const child = host.processes.start(
      process.execPath,
      [...options.nodeArguments, runner, ...request.getArgsList(), folder],
      {
        // A policy pack reads its own files; a provider those of the program.
        cwd: kind === "resource" ? request.getPwd() : folder,
        env: { ...process.env, ...environmentOf(request.getEnvList()) },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    child.stdout?.on("data", (chunk: Buffer) => call.write(new language.RunPluginResponse().setStdout(chunk)));
    child.stderr?.on("data", (chunk: Buffer) => call.write(new language.RunPluginResponse().setStderr(chunk)));
    call.on("cancelled", () => {
      host.processes.end(child);
    });
    whenOver(child, "close", (_problem, code) => {
      call.write(new language.RunPluginResponse().setExitcode(code ?? 1));
      call.end();
    });
  };
}

function installDependencies(
  host: HostSettings,
): grpc.handleServerStreamingCall<language.InstallDependenciesRequest, language.InstallDependenciesResponse> {
  return (call) => {
    const { request } = call;
    const options = readOptions(request.getInfo());
    if ("problem" in options) {
      fail(call, grpc.status.INVALID_ARGUMENT, options.problem);
      return;
    }
    const child = host.processes.start("npm", ["install"], {
      cwd: request.getDirectory(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout?.on("data", (chunk: Buffer) =>
      call.write(new language.InstallDependenciesResponse().setStdout(chunk)),
    );
    child.stderr?.on("data", (chunk: Buffer) =>
      call.write(new language.InstallDependenciesResponse().setStderr(chunk)),
    );
    call.on("cancelled", () => {
      host.processes.end(child);
    });
    whenOver(child, "close", (problem) => {
      if (problem === undefined) call.end();
      else fail(call, grpc.status.UNKNOWN, `npm install ${problem}`);
    });
  };
}

/** Ends a stream with an error. */
function fail(call: EventEmitter, code: grpc.status, details: string): void {
  call.emit("error", Object.assign(new Error(details), { code, details }));
}

/** Calls back once: with what went wrong, if anything, and the exit code, if there is one. */
function whenOver(
  child: ChildProcess,
  event: "exit" | "close",
  then: (problem: string | undefined, code: number | undefined) => void,
): void {
  child.once("error", (error) => {
    child.removeAllListeners(event);
    then(`could not be started: ${error.message}`, undefined);
  });
  child.once(event, (code: number | null, signal: NodeJS.Signals | null) => {
    if (code === null) then(`was ended by ${signal ?? "a signal"}`, undefined);
    else then(code === 0 ? undefined : `ended with exit code ${String(code)}`, code);
  });
}

/** The entry that the project's own SDK has for running a program or a plugin. */
function findRunner(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    if (folder === "") continue;
    try {
      return createRequire(join(folder, "index.js")).resolve(`@pulumi/pulumi/cmd/${name}`);
    } catch {
      // Not in that folder, nor in one above it.
    }
  }
  return undefined;
}

function environmentOf(list: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    list.map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
