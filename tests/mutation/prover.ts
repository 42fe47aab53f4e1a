/**
 * The child process of the mutation run: runs tests again and again in one process. The SDKs and the offline cloud, which no
 * mutant touches, stay loaded: that makes a run several times faster than a process of its own.
 */
import { join, sep } from "node:path";
import Mocha from "mocha";

/** Asks for one run of test files, in this order; paths from the root of the copy. */
export interface Order {
  readonly files: readonly string[];
}

/** `failure` is the first test that failed; `hung`: it never ended, so that this process is not to be used again. */
export interface Answer {
  readonly failure: string | undefined;
  readonly hung: boolean;
  /** Milliseconds that the tests of each file took. */
  readonly durations: Readonly<Record<string, number>>;
}

const root = process.cwd() + sep;

/** What mocha and every program of the tests listen to, and leave behind. */
const handled = ["uncaughtException", "unhandledRejection"] as const;
process.setMaxListeners(0);

class Silence extends Mocha.reporters.Base {
  override epilogue(): void {
    // The parent process reports.
  }
}

/** Forgets every module of the program and its tests, so that they are read again. */
function forgetProgram(): void {
  for (const path of Object.keys(require.cache)) {
    if (!path.startsWith(root)) continue;
    const [folder = ""] = path.slice(root.length).split(sep);
    if (folder !== "node_modules" && folder !== "offline") Reflect.deleteProperty(require.cache, path);
  }
}

/** Runs files one after the other, up to the first failure: what the later ones need is then not even loaded. */
async function run(files: readonly string[]): Promise<Answer> {
  forgetProgram();
  const durations: Record<string, number> = {};
  for (const file of files) {
    const start = Date.now();
    const { failure, hung } = await runFile(file);
    durations[file] = Date.now() - start;
    if (failure !== undefined) return { failure, hung, durations };
  }
  return { failure: undefined, hung: false, durations };
}

function runFile(file: string): Promise<Omit<Answer, "durations">> {
  return new Promise((resolve) => {
    const mocha = new Mocha({ bail: true, timeout: 20_000, reporter: Silence });
    mocha.addFile(join(root, file));
    let failure: string | undefined;
    let hung = false;
    mocha
      .run(() => {
        for (const event of handled) process.removeAllListeners(event);
        resolve({ failure: failure?.split("\n")[0], hung });
      })
      .on("fail", (test: { fullTitle: () => string }, error: { code?: string }) => {
        failure ??= test.fullTitle();
        hung ||= error.code === "ERR_MOCHA_TIMEOUT";
      });
  });
}

// The parent was interrupted.
process.on("disconnect", () => process.exit());
process.on("message", ({ files }: Order) => {
  void run(files)
    .catch((error: unknown): Answer => ({ failure: String(error).split("\n")[0], hung: false, durations: {} }))
    .then((answer) => process.send?.(answer));
});
