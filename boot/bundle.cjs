"use strict";

const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

/** Bundles that nobody used for this long are removed; a run lasts hours at most. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** A failure that its message explains: no stack is shown for it. */
class BundleError extends Error {}

/**
 * Compiles our own TypeScript, from one entry, into one CommonJS file and returns its path. Packages stay outside and
 * are loaded when the module that imports them is. It compiles every time (some 50 ms), so the file is never stale.
 *
 * The file's name holds a hash of its content: what is there is never changed, so that two processes with different
 * sources do not meet and a running one keeps the source map that belongs to it. It lies inside the clone, from where
 * packages are found in the clone's node_modules.
 */
function bundle(root, name, entry) {
  const folder = path.join(root, ".platform", "build");
  const { code, map } = compile(root, path.join(folder, `${name}.cjs`), entry);
  const hash = createHash("sha256").update(code).update(map).digest("hex").slice(0, 16);
  const file = path.join(folder, `${name}-${hash}.cjs`);
  const mapFile = `${file}.map`;
  try {
    if (isFresh(file) && isFresh(mapFile)) return file;
    fs.mkdirSync(folder, { recursive: true });
    writeAtomically(mapFile, map);
    writeAtomically(file, `${code}//# sourceMappingURL=${path.basename(mapFile)}\n`);
    removeOld(folder, name);
  } catch (error) {
    if (fs.existsSync(file) && fs.existsSync(mapFile)) return file;
    throw new BundleError(
      `cannot write the compiled program to ${folder} (${error.code ?? error.message}): ` +
        "make that folder writable and see that its disk has room",
    );
  }
  return file;
}

function compile(root, outfile, entry) {
  const esbuild = loadEsbuild(root);
  try {
    const { outputFiles } = esbuild.buildSync({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      packages: "external",
      sourcemap: "external",
      sourcesContent: false,
      legalComments: "none",
      logLevel: "silent",
      write: false,
    });
    const text = (extension) => outputFiles.find((file) => file.path.endsWith(extension)).text;
    return { code: text(".cjs"), map: text(".map") };
  } catch (error) {
    if (!Array.isArray(error.errors) || error.errors.length === 0) throw error;
    const messages = esbuild.formatMessagesSync(error.errors, { kind: "error", color: false });
    throw new BundleError(`the program does not compile\n${messages.join("").trimEnd()}`);
  }
}

function loadEsbuild(root) {
  try {
    return require("esbuild");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new BundleError(`the dependencies in ${path.join(root, "node_modules")} are not complete: run npm ci`);
  }
}

/** Whether the file is there. One that has become old is made young again, so that nobody removes it. */
function isFresh(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (Date.now() - stat.mtimeMs > KEPT_MS / 2) {
    try {
      const now = new Date();
      fs.utimesSync(file, now, now);
    } catch {
      // A folder that cannot be written to: nobody removes the file either.
    }
  }
  return true;
}

function writeAtomically(file, content) {
  const temporary = `${file}.${String(process.pid)}.tmp`;
  try {
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function removeOld(folder, name) {
  for (const file of fs.readdirSync(folder)) {
    if (!file.startsWith(`${name}-`)) continue;
    const stat = fs.statSync(path.join(folder, file), { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > KEPT_MS) fs.rmSync(path.join(folder, file), { force: true });
  }
}

module.exports = { bundle, BundleError };
