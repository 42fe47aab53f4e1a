import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { componentProcess, type ComponentProcess } from "../../../offline/providers/component-process";
import { isAlive } from "../../../boot/lock.cjs";

/** Answers every connection with its process number, and dies when it is told to. */
const PROGRAM = `
  const server = require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => { if (String(data) === "die") process.exit(3); });
    socket.write(String(process.pid));
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

describe("offline/providers/component-process", () => {
  let folder: string;
  let process_: ComponentProcess;
  let starts: number;
  let log: string;

  const start = async (program: string) => {
    const file = join(folder, "program.cjs");
    writeFileSync(file, program);
    process_ = await componentProcess({
      file: () => {
        starts += 1;
        return file;
      },
      log: (text) => (log += `${text}\n`),
    });
  };
  /** What the process says to a new connection; empty when the connection is cut. */
  const ask = async (message?: string): Promise<string> => {
    const socket = connect(process_.port, "127.0.0.1");
    let heard = "";
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      if (message === undefined) socket.end();
      else socket.write(message);
    });
    socket.on("error", () => undefined);
    await once(socket, "close");
    return heard;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "component-"));
    starts = 0;
    log = "";
  });
  afterEach(() => {
    process_.close();
    rmSync(folder, { recursive: true });
  });

  it("starts with the first connection, serves all of them, and ends with its owner", async () => {
    await start(PROGRAM);
    assert.equal(starts, 0);
    const [first, second] = await Promise.all([ask(), ask()]);
    assert.match(first, /^\d+$/);
    assert.equal(second, first);
    assert.equal(starts, 1);
    process_.close();
    for (let waited = 0; isAlive(Number(first)) && waited < 1000; waited += 1) await delay(10);
    assert.ok(!isAlive(Number(first)));
  });

  it("can be started ahead, and starts again after it has died", async () => {
    await start(PROGRAM);
    process_.warm();
    process_.warm();
    assert.equal(starts, 1);
    const first = await ask("die");
    for (let waited = 0; log === "" && waited < 1000; waited += 1) await delay(10);
    // A connection to a process that is just dying is cut, and a client tries again.
    let second = "";
    for (let tries = 0; second === "" && tries < 100; tries += 1) {
      second = await ask();
      if (second === "") await delay(20);
    }
    assert.notEqual(second, first);
    assert.match(second, /^\d+$/);
    assert.equal(starts, 2);
    assert.match(log, /the component provider ended \(3\)/);
  });

  it("cuts the connection, and keeps the reason in the log, when the process does not come up", async () => {
    await start('throw new Error("no such module")');
    assert.equal(await ask(), "");
    assert.match(log, /Error: no such module/);
    assert.match(log, /ended before it printed its port/);
  });
});
