import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const REPOSITORY = resolve(__dirname, "../..");

describe("boot/test", () => {
  let root: string;

  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  const npmTest = (...flags: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["boot/test.cjs", ...flags], {
      cwd: root,
      encoding: "utf8",
      env: { PATH: process.env["PATH"] },
    });
    return { status, stdout, stderr, last: stdout.trim().split("\n").at(-1) };
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "platform-npm-test-"));
    cpSync(join(REPOSITORY, "boot"), join(root, "boot"), { recursive: true });
    write("package-lock.json", `{"packages": {}}`);
    write("node_modules/.package-lock.json", `{"packages": {}}`);
    for (const name of ["esbuild", "@esbuild", "mocha"]) {
      symlinkSync(join(REPOSITORY, "node_modules", name), join(root, "node_modules", name));
    }
    write("node_modules/typescript/bin/tsc", `console.log("types looked at");`);
    write("node_modules/eslint/bin/eslint.js", `console.log("lint looked at");`);
    write("node_modules/prettier/bin/prettier.cjs", "");
    write("node_modules/tsx/dist/cli.mjs", `console.log("requirements looked at");`);
    write(
      "offline/engine/set-up.ts",
      `export async function setUpEngine(): Promise<void> { console.error("engine is there"); }`,
    );
    write("tests/a.test.ts", `it("one", () => {}); describe("x", () => { it("two", () => {}); });`);
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("sets up the engine, and counts the tests, lint, the type check and the requirements", () => {
    const { status, stdout, stderr, last } = npmTest();
    assert.equal(stderr, "engine is there\n");
    assert.deepEqual([status, last], [0, "5 passed, 0 failed"]);
    assert.doesNotMatch(stdout, /looked at/);
  });

  it("shows what failed in full, and fails", () => {
    write("tests/b.test.ts", `it("three", () => { throw new Error("three is broken"); }); it.skip("four", () => {});`);
    write("node_modules/prettier/bin/prettier.cjs", `console.error("a.ts is badly formatted"); process.exit(1);`);
    const { status, stdout, last } = npmTest();
    assert.deepEqual([status, last], [1, "4 passed, 2 failed"]);
    assert.match(stdout, /three is broken/);
    assert.match(stdout, /\nlint failed:\nlint looked at\na\.ts is badly formatted\n/);
    assert.match(stdout, /\n1 skipped\n/);
    assert.doesNotMatch(stdout, /types looked at/);
  });

  it("counts tests that cannot even be loaded as a failure", () => {
    write("tests/b.test.ts", `throw new Error("not loadable");`);
    const { status, stdout, last } = npmTest();
    assert.deepEqual([status, last], [1, "3 passed, 1 failed"]);
    assert.match(stdout, /mocha ended with exit code 1/);
  });

  it("counts those that run the real engine too, shows their failures, and passes flags on to them", () => {
    write(
      "tests/engine/e.test.ts",
      `it("five", () => {}); it("six", () => { throw new Error("the engine is broken"); });`,
    );
    const { status, stdout, last } = npmTest();
    assert.deepEqual([status, last], [1, "6 passed, 1 failed"]);
    assert.match(stdout, /\nOn the real engine:\n[^]*the engine is broken/);
    assert.equal(npmTest("--grep", "five").last, "4 passed, 0 failed");
  });

  it("passes flags and files on to mocha", () => {
    assert.equal(npmTest("--grep", "two").last, "4 passed, 0 failed");
    write("tests/b.test.ts", `it("three", () => {}); it("four", () => {}); it("five", () => {});`);
    assert.equal(npmTest("tests/b.test.ts").last, "6 passed, 0 failed");
  });
});
