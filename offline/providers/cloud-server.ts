import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { Cloud } from "../cloud/cloud";
import { changedOutages, type OutageChange } from "../cloud/faults";
import type { CloudPackage, Place } from "../cloud/package";
import type { ComponentProcess } from "./component-process";
import { listen } from "./listen";
import { resourceProvider } from "./provider";
import { logFile, removeRecord, writeRecord, type ServerRecord } from "./server-record";

const PLACES: readonly Place[] = ["network", "internet"];

/** Longest order of a client, in characters. */
const LONGEST_ORDER = 4096;

/** How long a new server waits for its first client, in milliseconds: the one that started it may be killed at any time. */
const FIRST_CLIENT_MS = 10_000;

export interface ServerOptions {
  readonly folder: string;
  readonly build: string;
  readonly packages: readonly CloudPackage[];
  /** Component providers by package, each a process of its own. */
  readonly components: Readonly<Record<string, (log: (text: string) => void) => Promise<ComponentProcess>>>;
  /** Called when the last client is gone and the journal is closed. */
  readonly ended: () => void;
}

/** Serves the cloud of one folder to any number of commands at once, and ends with the last of them. */
export async function startServer(options: ServerOptions): Promise<ServerRecord> {
  const { folder } = options;
  const log = logTo(logFile(folder));
  const cloud = Cloud.open(folder);
  const token = randomBytes(16).toString("hex");
  const closing: (() => void)[] = [];
  const ports: Record<Place, Record<string, number>> = { network: {}, internet: {} };

  const components = await Promise.all(
    Object.entries(options.components).map(async ([name, start]) => {
      const component = await start((text) => {
        log(`${name}: ${text}`);
      });
      for (const place of PLACES) ports[place][name] = component.port;
      closing.push(() => {
        component.close();
      });
      return component;
    }),
  );
  await Promise.all(
    PLACES.flatMap((place) =>
      options.packages.map(async (pkg) => {
        const served = await listen(resourceProvider({ pkg, cloud, place, unexpected: log }));
        ports[place][pkg.name] = served.port;
        closing.push(() => {
          served.close();
        });
      }),
    ),
  );

  const change = (order: string) => {
    const outages = changedOutages(cloud.outages(), JSON.parse(order) as OutageChange);
    cloud.commit({ outages });
    return JSON.stringify(outages);
  };
  const stop = () => {
    for (const close of closing) close();
    cloud.close();
    removeRecord(folder, process.pid);
  };
  const { control, closed } = await controlPort(token, change, stop);
  const record: ServerRecord = { pid: process.pid, build: options.build, control, token, ports };
  writeRecord(folder, record);
  void closed.then(options.ended);
  // The engine starts on one core, and the processes of components on another: they take longest to be ready.
  setImmediate(() => {
    for (const component of components) component.warm();
  });
  return record;
}

/**
 * Where clients hold their connection: one that ends, or whose process is killed, is a client less. With the last one the
 * server stops, and only then closes that connection, so that a client that waits for it finds the journal closed. A connection
 * that brings an order gets its answer and is no client.
 */
async function controlPort(
  token: string,
  order: (text: string) => string,
  stop: () => void,
): Promise<{ control: number; closed: Promise<void> }> {
  let ended: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  let clients = 0;
  const end = () => {
    server.close();
    clearTimeout(patience);
    stop();
    ended();
  };
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    void greeted(socket, token).then((said) => {
      if (said === undefined) {
        socket.destroy();
        return;
      }
      if (said !== "") {
        socket.end(`${order(said)}\n`);
        return;
      }
      clients += 1;
      clearTimeout(patience);
      let counted = true;
      const leave = () => {
        if (!counted) return;
        counted = false;
        clients -= 1;
        if (clients === 0) end();
        socket.end();
      };
      socket.on("end", leave);
      socket.on("close", leave);
      socket.write("welcome\n");
    });
  });
  const patience = setTimeout(end, FIRST_CLIENT_MS);
  const control = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return { control, closed };
}

/** What follows the token in the first line of a connection; undefined when that does not begin with the token. */
function greeted(socket: Socket, token: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const mayBe = token.startsWith(said) || (said.startsWith(token) && said.length <= LONGEST_ORDER);
      if (mayBe && !said.includes("\n")) return;
      socket.off("data", hear);
      socket.resume();
      resolve(/^\s/.test(said.slice(token.length)) && mayBe ? said.slice(token.length).trim() : undefined);
    };
    socket.on("data", hear);
    socket.on("error", () => {
      resolve(undefined);
    });
    socket.on("close", () => {
      resolve(undefined);
    });
  });
}

function logTo(file: string): (text: string) => void {
  return (text) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${text.trimEnd()}\n`, { mode: 0o600 });
    } catch {
      // No room for the log: the caller's own error says what failed.
    }
  };
}
