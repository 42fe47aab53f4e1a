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
 * As many side by side as there are processors, two at least: tests that run the real engine, file by file, all others together,
 * and the checks. With one more on two processors it took as long.
 */
async function runAll(flags) {
  const isChosen = flags.some((flag) => flag.endsWith(".test.ts"));
  const engineTests = path.join(root, "tests", "engine");
  const files = isChosen || !fs.existsSync(engineTests) ? [] : fs.readdirSync(engineTests);
  const engine = files.filter((file) => file.endsWith(".test.ts")).map((file) => `tests/engine/${file}`);
  const others = isChosen ? flags : ["tests/**/*.test.ts", "--ignore", "tests/engine/**", ...flags];
  let tests;
  // None where it was stopped before.
  let checks = [];
  const ended = [];
  const left = [
    async () => (tests = await runTests(others, "inherit")),
    async () => (checks = await runChecks()),
    ...engine.map((file) => async () => ended.push(await runTests([file, ...flags], "pipe"))),
  ];
  const lane = async () => {
    for (let job = left.shift(); job !== undefined && !isStopped; job = left.shift()) await job();
  };
  await Promise.all(Array.from({ length: Math.max(2, os.availableParallelism()) }, lane));
  if (ended.length > 0) console.log(`\nOn the real engine:\n${ended.map(({ output }) => output.trim()).join("\n")}`);
  return { tests: ended.reduce(sum, tests), checks };
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
