import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isAlive, withLock } from "../../boot/lock.cjs";
import { BuildProgress } from "./build-progress";
import { EngineError, explainWriteError } from "./engine-error";
import { capture, executablesIn, isExecutable, pathFolders } from "./executables";
import { refreshLanguageHost } from "./install-language-host";
import { BUILT_VERSION, isAtLeast, OLDEST_GO, OLDEST_VERSION } from "./version";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** As Pulumi's own releases are built, less the symbol tables. */
const TAGS = "osusergo,grpcnotrace";
const LINKER_FLAGS = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${BUILT_VERSION}`;

/** Where the CLI that is built here lies. */
export interface BuiltEngine {
  /** Folder of everything that is built here, under the Pulumi home. */
  readonly base: string;
  /** Folder of this very build: another version, machine or go.sum makes another folder. */
  readonly folder: string;
  readonly executable: string;
}

export interface EngineBuild {
  readonly root: string;
  readonly built: BuiltEngine;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  readonly terminal: Pick<NodeJS.WriteStream, "isTTY" | "write">;
  /** Every `pulumi` that was found and cannot be used, with the reason. */
  readonly skipped: readonly string[];
}

/** Says where the build of this clone lies, whether it exists or not. */
export function builtEngine(root: string, pulumiHome: string): BuiltEngine {
  const hash = createHash("sha256").update(TAGS).update(LINKER_FLAGS);
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(root, "tools", file)));
  const base = join(pulumiHome, "platform");
  const machine = `${process.platform}-${process.arch}`;
  const folder = join(base, `${BUILT_VERSION}-${machine}-${hash.digest("hex").slice(0, 8)}`);
  return { base, folder, executable: join(folder, "bin", process.platform === "win32" ? "pulumi.exe" : "pulumi") };
}

/**
 * Builds the CLI of tools/go.mod, with its language host beside it. The folder appears when it is complete. Two builds
 * at once become one; what a killed build left is removed by the next.
 */
export async function buildEngine(build: EngineBuild): Promise<void> {
  const { built, report } = build;
  const go = await findGo(build);
  for (const problem of build.skipped) report(`skipping ${problem}`);
  try {
    await withLock(
      join(built.base, "build.lock"),
      {
        waiting: (holder) => {
          report(`waiting for process ${String(holder)}, which is building Pulumi`);
        },
      },
      async () => {
        if (isExecutable(built.executable)) return;
        removeRemains(built.base);
        report(
          `no pulumi ${OLDEST_VERSION} or later here: building Pulumi ${BUILT_VERSION} with Go ${go.version} ` +
            `in ${built.folder}, which takes about 4 minutes, once`,
        );
        const scratch = mkdtempSync(join(built.base, `.building-${String(process.pid)}-`));
        try {
          const executable = join(scratch, "bin", "pulumi");
          mkdirSync(dirname(executable));
          await compile(build, go.executable, executable);
          await refreshLanguageHost(build.root, dirname(executable));
          renameSync(scratch, built.folder);
        } finally {
          rmSync(scratch, { recursive: true, force: true });
        }
      },
    );
  } catch (error) {
    throw explainWriteError(error, built.base);
  }
}

async function findGo(build: EngineBuild): Promise<{ executable: string; version: string }> {
  const problems: string[] = [];
  for (const executable of executablesIn(pathFolders(build.env), "go")) {
    const { output } = await capture(executable, ["version"], { env: goEnvironment(build.env), timeout: 20_000 });
    const version = /\bgo(\d[^\s]*)/.exec(output)?.[1];
    if (version !== undefined && isAtLeast(version, OLDEST_GO) === true) return { executable, version };
    problems.push(
      version === undefined
        ? `${executable}: it does not tell its version`
        : `${executable}: it is Go ${version}, and ${OLDEST_GO} or later is needed`,
    );
  }
  const found = [...build.skipped, ...problems];
  throw new EngineError(
    `the platform runs on the Pulumi engine, and here is neither a pulumi ${OLDEST_VERSION} or later ` +
      `nor a Go ${OLDEST_GO} or later to build one with.\n` +
      (found.length > 0 ? `Found and skipped:\n${found.map((one) => `  ${one}\n`).join("")}` : "") +
      "Do one of these and run the command again:\n" +
      // https://www.pulumi.com/docs/install/ and https://go.dev/doc/install
      "  install Pulumi: brew install pulumi/tap/pulumi, or curl -fsSL https://get.pulumi.com | sh\n" +
      `  install Go:     https://go.dev/dl/ (the platform then builds Pulumi ${BUILT_VERSION} itself, once)`,
  );
}

/** With `local`, go says that it is too old instead of downloading another; a go.work around the clone is not ours. */
function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, GOTOOLCHAIN: "local", GOWORK: "off" };
}

async function compile(build: EngineBuild, go: string, executable: string): Promise<void> {
  const { report, terminal } = build;
  const progress = new BuildProgress(report, terminal);
  try {
    // Lists what the build cache does not hold, and downloads the modules on the way.
    const stale = await runGo(build, go, progress, [
      "list",
      "-deps",
      "-mod=readonly",
      "-tags",
      TAGS,
      "-f",
      "{{if .Stale}}{{.ImportPath}}{{end}}",
      PACKAGE,
    ]);
    progress.expect(stale.split("\n").filter((line) => line !== "").length);
    await runGo(build, go, progress, [
      "build",
      "-v",
      "-mod=readonly",
      "-tags",
      TAGS,
      "-ldflags",
      LINKER_FLAGS,
      "-o",
      executable,
      PACKAGE,
    ]);
  } finally {
    progress.end();
  }
  if (!isExecutable(executable)) throw new EngineError(`${go} build ended well and made no ${executable}`);
  report(`built Pulumi ${BUILT_VERSION} in ${String(progress.seconds())} s`);
}

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs go in tools/ and gives its standard output. It ends together with this process. */
function runGo(build: EngineBuild, go: string, progress: BuildProgress, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(go, args, {
      cwd: join(build.root, "tools"),
      env: goEnvironment(build.env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let ending: NodeJS.Signals | undefined;
    const end = (signal: NodeJS.Signals) => {
      ending = signal;
      child.kill("SIGTERM");
    };
    for (const signal of ENDING_SIGNALS) process.on(signal, end);
    const output: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => output.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      progress.read(chunk);
    });
    const settle = (code: number | null, problem: string) => {
      for (const signal of ENDING_SIGNALS) process.off(signal, end);
      if (ending !== undefined) reject(new EngineError(`the build of Pulumi was stopped by ${ending}`));
      else if (code === 0) resolve(output.join(""));
      else {
        reject(
          new EngineError(
            `cannot build Pulumi: go ${args[0] ?? ""} failed\n${problem}\n` +
              "The build downloads Go modules: if it cannot reach them, set GOPROXY, or install Pulumi itself " +
              "(https://www.pulumi.com/docs/install/)",
          ),
        );
      }
    };
    child.on("error", (error) => {
      settle(null, error.message);
    });
    child.on("close", (code) => {
      settle(code, progress.problems());
    });
  });
}

/** Folders of builds whose process is gone. */
function removeRemains(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^\.building-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(base, name), { recursive: true, force: true });
  }
}
