import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type * as Bundler from "../../boot/bundle.cjs";
import { isAlive, withLock } from "../../boot/lock.cjs";
import { Cloud } from "../cloud/cloud";
import { changedOutages, type Outage, type OutageChange } from "../cloud/faults";
import type { Place } from "../cloud/package";
import { logFile, readRecord, type ServerRecord } from "./server-record";

/** How long a server may take to answer, in milliseconds. */
const ANSWER_MS = 5_000;
/** How long a server that is about to end may take for it, in milliseconds; it takes some ten. */
const END_MS = 2_000;

export interface AcquireOptions {
  /** Folder of the offline cloud, made if absent. */
  readonly folder: string;
  /** Folder of the project: where its code and its SDKs are. */
  readonly root: string;
  /** From where the command is run. Default `network`. */
  readonly place?: Place;
}

/** A hold on the server of an offline cloud. */
export interface AcquiredCloud {
  /** Package to the loopback port of its provider. */
  readonly ports: Readonly<Record<string, number>>;
  /** The same as a value for PULUMI_DEBUG_PROVIDERS. */
  readonly providers: string;
  /** Lets go; the server ends with its last client, and then its journal is closed when this resolves. */
  release(): Promise<void>;
}

/** What a server is started with. */
export interface StartOrder extends Omit<AcquireOptions, "place"> {
  readonly build: string;
}

/**
 * Joins the server of an offline cloud, or starts one. Rejects when the folder cannot be written, when another version of the code
 * serves it, or when the server does not come up.
 */
export async function acquireCloud({ folder, root, place = "network" }: AcquireOptions): Promise<AcquiredCloud> {
  const file = bundled(root);
  const order: StartOrder = { folder, root, build: basename(file, ".cjs") };
  const { record, socket } = await writable(folder, () => {
    mkdirSync(folder, { recursive: true });
    return withLock(join(folder, "server.lock"), {}, () => joinOrStart(order, file));
  });
  // The command's own work keeps it running, not its hold on the cloud.
  socket.unref();
  return {
    ports: record.ports[place],
    providers: environment(record.ports[place]),
    release: () => released(socket),
  };
}

/** The value of PULUMI_DEBUG_PROVIDERS: which package is served on which port of the loopback interface. */
export function environment(ports: Readonly<Record<string, number>>): string {
  return Object.entries(ports)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, port]) => `${name}:${String(port)}`)
    .join(",");
}

/** Process number of the server that runs on this folder, if any. */
export function cloudInUse(folder: string): number | undefined {
  const record = readRecord(folder);
  return record !== undefined && isAlive(record.pid) ? record.pid : undefined;
}

/**
 * Switches regions and zones of an offline cloud off or on, also while commands run on it, and gives all that is off then. Rejects
 * when the folder cannot be written.
 */
export function changeOutages(folder: string, change: OutageChange): Promise<readonly Outage[]> {
  return writable(folder, () => {
    mkdirSync(folder, { recursive: true });
    return withLock(join(folder, "server.lock"), {}, async () => {
      const running = runningServer(folder);
      const answer = running === undefined ? undefined : await ask(running, JSON.stringify(change));
      if (answer !== undefined) return JSON.parse(answer) as readonly Outage[];
      // The server that ends has closed its journal when its record goes.
      for (let waited = 0; runningServer(folder) !== undefined && waited < END_MS; waited += 20) await delay(20);
      const stuck = runningServer(folder);
      if (stuck !== undefined && (await listens(stuck))) throw new Error(silent(folder, stuck));
      const cloud = Cloud.open(folder);
      try {
        cloud.commit({ outages: changedOutages(cloud.outages(), change) });
        return cloud.outages();
      } finally {
        cloud.close();
      }
    });
  });
}

/** The server's answer to an order; undefined when it is gone. */
function ask(record: ServerRecord, order: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(record.control, "127.0.0.1");
    let said = "";
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
    // What went wrong is known by what was not said.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve(said.endsWith("\n") ? said : undefined);
    });
    socket.end(`${record.token} ${order}\n`);
  });
}

async function joinOrStart(order: StartOrder, file: string): Promise<{ record: ServerRecord; socket: Socket }> {
  const deadline = Date.now() + END_MS;
  for (let running = runningServer(order.folder); running !== undefined; running = runningServer(order.folder)) {
    const socket = running.build === order.build ? await greet(running) : undefined;
    if (socket !== undefined) return { record: running, socket };
    // It is about to end, or it runs other code, or the process only has the number of one that was killed.
    if (Date.now() > deadline) {
      if (!(await listens(running))) break;
      throw new Error(occupied(order, running));
    }
    await delay(20);
  }
  const record = await start(order, file);
  const socket = await greet(record);
  if (socket === undefined)
    throw new Error(`the server of the offline cloud ended at once: see ${logFile(order.folder)}`);
  return { record, socket };
}

function runningServer(folder: string): ServerRecord | undefined {
  const record = readRecord(folder);
  return record !== undefined && isAlive(record.pid) ? record : undefined;
}

function occupied({ folder, build }: StartOrder, running: ServerRecord): string {
  if (running.build === build) return silent(folder, running);
  return `${serverOf(folder, running)} runs another version of the code (${running.build}, this is ${build}): wait for the commands that use it to end`;
}

function silent(folder: string, running: ServerRecord): string {
  return `${serverOf(folder, running)} does not answer: end that process and run the command again; nothing is lost`;
}

function serverOf(folder: string, { pid }: ServerRecord): string {
  return `the server of the offline cloud in ${folder} (process ${String(pid)})`;
}

/** A connection that counts as a client of the server; undefined when the server is gone or goes. */
function greet(record: ServerRecord): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(record.control, "127.0.0.1");
    const give = (result: Socket | undefined) => {
      clearTimeout(timer);
      if (result === undefined) socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(give, ANSWER_MS, undefined);
    socket.on("error", () => {
      give(undefined);
    });
    socket.on("close", () => {
      give(undefined);
    });
    socket.once("data", () => {
      give(socket);
    });
    socket.write(`${record.token}\n`);
  });
}

function listens(record: ServerRecord): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(record.control, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => {
      resolve(false);
    });
  });
}

function released(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    socket.ref();
    socket.once("close", () => {
      resolve();
    });
    socket.end();
    socket.resume();
  });
}

/** Starts the server as a process of its own, out of reach of the terminal's Ctrl-C, and waits until it is ready. */
async function start(order: StartOrder, file: string): Promise<ServerRecord> {
  const log = openSync(logFile(order.folder), "a", 0o600);
  const child = spawn(process.execPath, [file, JSON.stringify(order)], {
    cwd: order.root,
    detached: true,
    stdio: ["ignore", log, log, "pipe"],
  });
  closeSync(log);
  child.unref();
  const ready = child.stdio[3] as Readable;
  let said = "";
  for await (const chunk of ready) said += String(chunk);
  if (said === "") throw new Error(`the server of the offline cloud did not start: see ${logFile(order.folder)}`);
  const { record, error } = JSON.parse(said) as { record?: ServerRecord; error?: string };
  if (record === undefined) throw new Error(`the offline cloud in ${order.folder} cannot be opened: ${String(error)}`);
  return record;
}

function bundled(root: string): string {
  const { bundle } = createRequire(join(root, "package.json"))("./boot/bundle.cjs") as typeof Bundler;
  return bundle(root, "offline-server", "offline/providers/server.ts");
}

/** Says in one line what keeps a folder from being used. */
async function writable<Result>(folder: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const remedy = REMEDIES[code];
    if (remedy === undefined) throw error;
    throw new Error(`the offline cloud cannot be kept in ${folder} (${code}): ${remedy}`, { cause: error });
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "make the folder writable",
  EPERM: "make the folder writable",
  EROFS: "it is on a read-only disk",
  ENOTDIR: "a part of that path is a file",
  EEXIST: "a file has that name",
  ENOSPC: "free space on its disk",
  EDQUOT: "free space on its disk: the quota is used up",
};
