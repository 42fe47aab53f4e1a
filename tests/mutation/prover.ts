/**
 * The child process of the mutation run: runs tests again and again in one process. The SDKs and the offline cloud, which no
 * mutant touches, stay loaded: that makes a run several times faster than a process of its own.
 */
import { join, sep } from "node:path";
import Mocha from "mocha";

/** Asks for one run of test files, in this order; paths from the root of the copy. */
export interface Order {
  readonly files: readonly string[];
  /** The file that was changed; absent when none was. */
  readonly subject?: string;
  /** Titles of tests whose failure says nothing. */
  readonly ignored: readonly string[];
  /** A regular expression of titles of tests that need not run. */
  readonly unaffected?: string | undefined;
  /** Whether to run all files whatever fails. */
  readonly all: boolean;
}

export interface Failure {
  readonly file: string;
  readonly title: string;
}

/** `hung`: a test never ended, or the process is full, so that it is not to be used again. */
export interface Answer {
  readonly failures: readonly Failure[];
  readonly hung: boolean;
  /** Milliseconds that the tests of each file took. */
  readonly durations: Readonly<Record<string, number>>;
  /** The source files that each test file reads, by itself or through others. */
  readonly reads: Readonly<Record<string, readonly string[]>>;
}

/** Modules that were forgotten are not all freed: with more than this in use, in bytes, the process makes room for a new one. */
const MEMORY = 2_000_000_000;

const root = process.cwd() + sep;
/** What no mutant touches, and what reads none of the program. */
const OUTSIDE = [join(root, "node_modules") + sep, join(root, "offline") + sep];

/** What mocha and every program of the tests listen to, and leave behind. */
const handled = ["uncaughtException", "unhandledRejection"] as const;
process.setMaxListeners(0);

// The SDK takes a stack trace for every promise of every resource. Without them a deployment of prod took a quarter of the time.
Error.stackTraceLimit = 0;

class Silence extends Mocha.reporters.Base {
  override epilogue(): void {
    // The parent process reports.
  }
}

/** The file that the last run was about: what was read of it may hold its mutant. */
let last: string | undefined;

/** Forgets the tests, and the modules of the program that read a file or the last one, so that they are read again. */
function forget(subject: string | undefined): void {
  const stale = [subject, last].flatMap((file) => (file === undefined ? [] : [join(root, file)]));
  const paths = Object.keys(require.cache).filter((path) => {
    const [folder = ""] = path.startsWith(root) ? path.slice(root.length).split(sep) : [];
    if (folder === "tests") return true;
    const read = readBy(path);
    return stale.some((file) => read.has(file));
  });
  for (const path of paths) Reflect.deleteProperty(require.cache, path);
  last = subject;
}

/** Runs files one after the other, up to the first failure: what the later ones need is then not even loaded. */
async function run(order: Order): Promise<Answer> {
  const { files, subject, all } = order;
  forget(subject);
  const durations: Record<string, number> = {};
  const failures: Failure[] = [];
  let hung = false;
  for (const file of files) {
    const start = Date.now();
    const found = await runFile(file, order).catch((error: unknown) => ({
      titles: [`${file} cannot be loaded: ${String(error).split("\n")[0] ?? ""}`],
      hung: false,
    }));
    durations[file] = Date.now() - start;
    failures.push(...found.titles.map((title) => ({ file, title })));
    hung ||= found.hung;
    if (failures.length > 0 && !all) break;
  }
  const reads = all ? Object.fromEntries(files.map((file) => [file, relative(readBy(join(root, file)))])) : {};
  return { failures, hung: hung || process.memoryUsage().heapUsed > MEMORY, durations, reads };
}

/** The files of the tree that a module reads, by itself or through others. */
function readBy(path: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (module: NodeJS.Module | undefined): void => {
    if (module === undefined || found.has(module.id) || isOutside(module.id)) return;
    found.add(module.id);
    module.children.forEach(visit);
  };
  visit(require.cache[path]);
  return found;
}

function relative(paths: ReadonlySet<string>): readonly string[] {
  return [...paths].map((path) => path.slice(root.length));
}

function isOutside(path: string): boolean {
  return !path.startsWith(root) || OUTSIDE.some((folder) => path.startsWith(folder));
}

function runFile(file: string, { ignored, unaffected, all }: Order) {
  return new Promise<{ titles: readonly string[]; hung: boolean }>((resolve) => {
    const mocha = new Mocha({ timeout: 20_000, reporter: Silence });
    if (unaffected !== undefined) mocha.grep(new RegExp(unaffected)).invert();
    const titles: string[] = [];
    let hung = false;
    const runner = mocha.addFile(join(root, file)).run(() => {
      for (const event of handled) process.removeAllListeners(event);
      resolve({ titles, hung });
    });
    runner.on("fail", (test: { fullTitle: () => string }, error: { code?: string }) => {
      hung ||= error.code === "ERR_MOCHA_TIMEOUT";
      const title = test.fullTitle();
      if (ignored.includes(title)) return;
      titles.push(title);
      if (!all) runner.abort();
    });
  });
}

// The parent was interrupted.
process.on("disconnect", () => process.exit());
process.on("message", (order: Order) => {
  void run(order)
    .catch((error: unknown): Answer => ({
      failures: [{ file: "", title: String(error).split("\n")[0] ?? "" }],
      hung: false,
      durations: {},
      reads: {},
    }))
    .then((answer) => process.send?.(answer));
});
