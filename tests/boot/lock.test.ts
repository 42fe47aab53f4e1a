import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, withLock } from "../../boot/lock.cjs";

/** The number of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("boot/lock", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-lock-"));
    file = join(folder, "below", "work.lock");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("runs one task at a time and gives each its result", async () => {
    let running = 0;
    let most = 0;
    const results = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        withLock(file, {}, async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 20));
          running -= 1;
          return number;
        }),
      ),
    );
    assert.deepEqual(results, [1, 2, 3, 4]);
    assert.equal(most, 1);
    assert.deepEqual(readdirSync(join(folder, "below")), []);
  });

  it("says once who holds it", async () => {
    const holders: number[] = [];
    await Promise.all([
      withLock(file, {}, () => new Promise((resolve) => setTimeout(resolve, 350))),
      withLock(file, { waiting: (holder) => holders.push(holder) }, () => undefined),
    ]);
    assert.deepEqual(holders, [process.pid]);
  });

  it("is free after a task that fails", async () => {
    await assert.rejects(
      withLock(file, {}, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.equal(existsSync(file), false);
  });

  it("is taken over from a process that was killed, by one of two that wait", async () => {
    await withLock(file, {}, () => undefined);
    writeFileSync(file, `${String(deadProcess())}\n`);
    const order: string[] = [];
    await Promise.all(
      ["a", "b"].map((name) =>
        withLock(file, {}, async () => {
          assert.equal(readFileSync(file, "utf8"), `${String(process.pid)}\n`);
          order.push(`${name}>`);
          await new Promise((resolve) => setTimeout(resolve, 20));
          order.push(`<${name}`);
        }),
      ),
    );
    assert.ok(["a>,<a,b>,<b", "b>,<b,a>,<a"].includes(order.join(",")), order.join(","));
  });

  it("is taken over when another process has the number of the dead holder", async () => {
    await withLock(file, {}, () => undefined);
    writeFileSync(file, `${String(process.ppid)}\n`);
    const longAgo = new Date(Date.now() - 61_000);
    utimesSync(file, longAgo, longAgo);
    assert.equal(await withLock(file, {}, () => "done"), "done");
  });

  it("knows a running process from one that has ended", () => {
    assert.equal(isAlive(process.pid), true);
    assert.equal(isAlive(deadProcess()), false);
  });
});
