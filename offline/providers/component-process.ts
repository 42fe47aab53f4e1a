import { spawn, type ChildProcess } from "node:child_process";
import { createServer, connect, type Socket } from "node:net";

/** A process that serves a provider and prints its port, such as one on the SDK's `provider.main`. */
export interface ComponentProcess {
  /** Port that is known before the process runs. */
  readonly port: number;
  /** Starts the process ahead of its first connection. */
  warm(): void;
  close(): void;
}

/** Ends with the server, however the server ends: a killed one closes the pipe on standard input too. */
const GUARD =
  'process.stdin.resume();process.stdin.on("end",()=>process.exit());process.stdin.on("error",()=>process.exit());' +
  "require(process.argv[1]);";

/**
 * Puts a fixed port before a provider process that starts at its first connection, and again after it has died: the engine must
 * know the port at its start, and a stack without components needs no such process.
 */
export async function componentProcess(options: {
  /** Gives the file to run; called at each start. */
  readonly file: () => string;
  readonly log: (text: string) => void;
}): Promise<ComponentProcess> {
  let running: { child: ChildProcess; port: Promise<number> } | undefined;
  const sockets = new Set<Socket>();

  const start = (): Promise<number> => {
    if (running !== undefined) return running.port;
    const child = spawn(process.execPath, ["-e", GUARD, options.file()], { stdio: ["pipe", "pipe", "pipe"] });
    const port = new Promise<number>((resolve, reject) => {
      let printed = "";
      child.stdout.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        const line = /^(\d+)\r?\n/.exec(printed);
        if (line !== null) resolve(Number(line[1]));
      });
      child.stderr.on("data", (chunk: Buffer) => {
        options.log(chunk.toString());
      });
      child.on("error", reject);
      child.on("exit", (code, signal) => {
        running = undefined;
        options.log(`the component provider ended (${signal ?? String(code)})`);
        reject(new Error("the component provider ended before it printed its port"));
      });
    });
    port.catch((error: unknown) => {
      options.log(String(error));
    });
    running = { child, port };
    return port;
  };

  // A connection to a process that is just dying is cut: gRPC clients try again by themselves.
  const proxy = createServer({ pauseOnConnect: true }, (socket) => {
    track(socket, sockets);
    start().then(
      (port) => {
        const target = connect(port, "127.0.0.1");
        track(target, sockets);
        socket.pipe(target).pipe(socket);
        socket.once("close", () => target.destroy());
        target.once("close", () => socket.destroy());
      },
      () => socket.destroy(),
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(0, "127.0.0.1", () => {
      const address = proxy.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

  return {
    port,
    warm() {
      start().catch(() => undefined);
    },
    close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      running?.child.kill("SIGKILL");
    },
  };
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  // What is lost here, the gRPC client on the other side reports.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
}
