"use strict";

// Runs before anything is installed: only what comes with Node.

const { spawn } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { withLock } = require("./lock.cjs");

const OLDEST_NODE = 20;

/** A failure that its message explains. */
class SetupError extends Error {}

/**
 * Installs the packages of package-lock.json unless exactly these are installed. What npm prints goes to standard
 * error, so that a command's standard output stays its own.
 */
async function ensureDependencies(root) {
  checkNode(process.versions.node);
  const wanted = hashOf(path.join(root, "package-lock.json"));
  if (isInstalled(root, wanted)) return;
  const waiting = (holder) => {
    console.error(`waiting for process ${String(holder)}, which is installing the dependencies`);
  };
  await withLock(path.join(root, ".platform", "setup.lock"), { waiting }, async () => {
    if (isInstalled(root, wanted)) return;
    const reason = fs.existsSync(path.join(root, "node_modules"))
      ? "node_modules does not match package-lock.json"
      : "there is no node_modules yet";
    console.error(`${reason}: installing the dependencies with npm ci, which takes about half a minute`);
    await npmCi(root);
    fs.writeFileSync(stampOf(root), wanted);
  }).catch((error) => {
    if (!["EACCES", "EROFS", "ENOSPC"].includes(error.code)) throw error;
    throw new SetupError(`cannot install the dependencies into ${root}: ${error.message}`);
  });
}

function checkNode(version) {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return;
  throw new SetupError(
    `this is Node ${version}, and Node ${String(OLDEST_NODE)} or later is needed: ` +
      "install one from https://nodejs.org/en/download and run the command again",
  );
}

function hashOf(lockFile) {
  try {
    return createHash("sha256").update(fs.readFileSync(lockFile)).digest("hex");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new SetupError(`there is no ${lockFile}: restore it with git checkout package-lock.json`);
  }
}

/** Inside node_modules, so that it goes when they go. */
function stampOf(root) {
  return path.join(root, "node_modules", ".platform-installed");
}

function isInstalled(root, wanted) {
  const stamp = stampOf(root);
  try {
    if (fs.readFileSync(stamp, "utf8") === wanted) return true;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  if (!isInstalledByHand(root)) return false;
  try {
    fs.writeFileSync(stamp, wanted);
  } catch {
    // Without a stamp the comparison is made again next time.
  }
  return true;
}

/** Whether somebody ran npm here already: npm notes at the end of an installation what it put into node_modules. */
function isInstalledByHand(root) {
  const wanted = packagesOf(path.join(root, "package-lock.json"));
  const installed = packagesOf(path.join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([folder, entry]) => {
    if (folder === "" || entry.link) return true;
    const found = installed[folder];
    // An optional package may be for another operating system.
    if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(fs.readFileSync(lockFile, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function npmCi(root) {
  const [command, ...start] = npm();
  const args = [...start, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: command === "npm.cmd" });
    child.on("error", (error) => {
      reject(
        error.code === "ENOENT"
          ? new SetupError("there is no npm on PATH: it comes with Node, see https://nodejs.org/en/download")
          : error,
      );
    });
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new SetupError(`npm ci ended with ${signal ?? `exit code ${String(code)}`}; its message is above`));
    });
  });
}

/** The npm that runs this script, else the one on PATH. */
function npm() {
  const running = process.env.npm_execpath;
  if (running !== undefined && path.basename(running) === "npm-cli.js") return [process.execPath, running];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

module.exports = { checkNode, ensureDependencies, SetupError };
