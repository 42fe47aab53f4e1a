"use strict";

// `npm test [-- <test files and mocha flags>]`: sets up what is missing, then lint, type check, requirements and every test.

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { root, run } = require("./command.cjs");
const { ensureDependencies } = require("./setup.cjs");

/**
 * The linter holds the types of five SDKs at once, which Node's usual limit is too small for. With as much room for what is new, it
 * collects less often: 75 s instead of 100 s.
 */
const HEAP = ["--max-old-space-size=8192", "--max-semi-space-size=128"];

const children = new Set();
let isStopped = false;

async function main(flags) {
  await ensureDependencies(root);
  const { bundle } = require("./bundle.cjs");
  await require(bundle(root, "set-up", "offline/engine/set-up.ts")).setUpEngine(root, process.env);

  for (const signal of ["SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      isStopped = true;
      for (const child of children) child.kill(signal);
    });
  }
  const { tests, checks } = await runAll(flags);
  for (const { name, output } of checks.filter(({ passed }) => !passed)) {
    console.log(`\n${name} failed:\n${output.trimEnd()}`);
  }
  if (tests.problem !== undefined) console.log(`\n${tests.problem}`);
  if (tests.pending > 0) console.log(`\n${String(tests.pending)} skipped`);
  const passed = tests.passes + checks.filter((check) => check.passed).length;
  const failed = tests.failures + checks.filter((check) => !check.passed).length;
  console.log(`\n${String(passed)} passed, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
}

/**
 * Two at a time: tests that run the real engine, file by file, and beside them all others and then the checks. Who is done first
 * helps with the files that are left.
 */
async function runAll(flags) {
  const isChosen = flags.some((flag) => flag.endsWith(".test.ts"));
  if (isChosen || !fs.existsSync(path.join(root, "tests", "engine"))) {
    const [tests, checks] = await Promise.all([
      runTests(isChosen ? flags : ["tests/**/*.test.ts", ...flags], "inherit"),
      runChecks(),
    ]);
    return { tests, checks };
  }
  const others = async () => ({
    tests: await runTests(["tests/**/*.test.ts", "--ignore", "tests/engine/**", ...flags], "inherit"),
    checks: await runChecks(),
  });
  const left = fs.readdirSync(path.join(root, "tests", "engine")).filter((file) => file.endsWith(".test.ts"));
  const engine = [];
  const runLeft = async () => {
    for (let file = left.shift(); file !== undefined && !isStopped; file = left.shift()) {
      engine.push(await runTests([`tests/engine/${file}`, ...flags], "pipe"));
    }
  };
  const [rest] = await Promise.all([
    others().then(async (results) => {
      await runLeft();
      return results;
    }),
    runLeft(),
  ]);
  console.log(`\nOn the real engine:\n${engine.map(({ output }) => output.trim()).join("\n")}`);
  return { tests: engine.reduce(sum, rest.tests), checks: rest.checks };
}

function sum(a, b) {
  const problems = [a.problem, b.problem].filter((problem) => problem !== undefined);
  return {
    passes: a.passes + b.passes,
    failures: a.failures + b.failures,
    pending: a.pending + b.pending,
    problem: problems.length === 0 ? undefined : problems.join("\n"),
  };
}

async function runChecks() {
  const types = await runCheck("type check", [["typescript/bin/tsc", "--noEmit"]]);
  const lint = await runCheck("lint", [
    ["eslint/bin/eslint.js", "."],
    ["prettier/bin/prettier.cjs", "--check", "."],
  ]);
  const requirements = await runCheck("requirements", [["tsx/dist/cli.mjs", "requirements/main.ts"]]);
  return [types, lint, requirements];
}

async function runCheck(name, tools) {
  let output = "";
  let passed = true;
  for (const [tool, ...args] of tools) {
    const add = (chunk) => (output += chunk);
    const { code } = await start(tool, args, ["ignore", "pipe", "pipe"], add);
    passed &&= code === 0;
  }
  return { name, passed, output };
}

/** With `pipe` what mocha says is in `output`, so that it does not run into what another one says. */
async function runTests(args, stdout) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "platform-tests-"));
  const counts = path.join(folder, "counts.json");
  const reporter = ["--reporter", path.join(__dirname, "reporter.cjs"), "--reporter-option", `counts=${counts}`];
  let output = "";
  try {
    const stdio = ["ignore", stdout, stdout === "pipe" ? "pipe" : "inherit"];
    const { code, signal } = await start(
      "mocha/bin/mocha.js",
      [...args, ...reporter],
      stdio,
      (text) => (output += text),
    );
    const stats = fs.existsSync(counts)
      ? JSON.parse(fs.readFileSync(counts, "utf8"))
      : { passes: 0, failures: 0, pending: 0 };
    if (code === 0 || stats.failures > 0) return { ...stats, output };
    return { ...stats, output, failures: 1, problem: `mocha ended with ${signal ?? `exit code ${String(code)}`}` };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function start(tool, args, stdio, onOutput) {
  return new Promise((resolve, reject) => {
    const node = [...HEAP, path.join(root, "node_modules", tool), ...args];
    const child = spawn(process.execPath, node, { cwd: root, stdio });
    children.add(child);
    child.stdout?.setEncoding("utf8").on("data", onOutput);
    child.stderr?.setEncoding("utf8").on("data", onOutput);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      children.delete(child);
      resolve({ code, signal });
    });
  });
}

run(() => main(process.argv.slice(2)));
