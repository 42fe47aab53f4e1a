"use strict";

const fs = require("node:fs");
const path = require("node:path");

const POLL_MS = 100;
const HEARTBEAT_MS = 1_000;
/** A holder that is alive beats every second. A process that got the number of a dead holder does not. */
const SILENT_MS = 60_000;

/**
 * Runs a task while holding a lock file, so that processes that want the same work do it one after the other. A lock
 * whose holder was killed is taken over. It saves work; what the task writes must be atomic all the same.
 */
async function withLock(file, options, task) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let announced = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && isDead(file, holder)) {
      takeAway(file, holder);
      continue;
    }
    if (!announced && holder !== undefined) {
      announced = true;
      options.waiting?.(holder);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await task();
  } finally {
    clearInterval(heartbeat);
    if (holderOf(file) === process.pid) fs.rmSync(file, { force: true });
  }
}

/** The lock appears together with its content: a link to a finished file either is made or is refused. */
function take(file) {
  const own = `${file}.${String(process.pid)}`;
  fs.writeFileSync(own, `${String(process.pid)}\n`);
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function holderOf(file) {
  try {
    return Number.parseInt(fs.readFileSync(file, "utf8"), 10);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function isDead(file, holder) {
  if (!isAlive(holder)) return true;
  try {
    return Date.now() - fs.statSync(file).mtimeMs > SILENT_MS;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** A killed process whose parent is gone too stays in the table where nobody reaps it, as in a container without an init. */
function isZombie(pid) {
  try {
    // The name in parentheses may hold anything, parentheses too; the state follows it.
    return /^Z/.test(
      fs
        .readFileSync(`/proc/${String(pid)}/stat`, "utf8")
        .split(") ")
        .at(-1),
    );
  } catch {
    // No such file system here: init reaps what is orphaned.
    return false;
  }
}

/** Two processes may find the same dead lock: only the one that makes the second file may remove the first. */
function takeAway(file, holder) {
  const right = `${file}.takeover`;
  try {
    fs.writeFileSync(right, "", { flag: "wx" });
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (Date.now() - (fs.statSync(right, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > SILENT_MS) {
      fs.rmSync(right, { force: true });
    }
    return;
  }
  try {
    if (holderOf(file) === holder && isDead(file, holder)) fs.rmSync(file, { force: true });
  } finally {
    fs.rmSync(right, { force: true });
  }
}

function touch(file) {
  try {
    const now = new Date();
    fs.utimesSync(file, now, now);
  } catch {
    // The lock is gone: somebody cleared the folder. The task goes on, its result is atomic.
  }
}

module.exports = { withLock, isAlive };
