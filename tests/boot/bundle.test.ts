import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { bundle, BundleError } from "../../boot/bundle.cjs";

const REPOSITORY = resolve(__dirname, "../..");

describe("boot/bundle", () => {
  let root: string;

  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  const node = (script: string, ...flags: string[]) =>
    spawnSync(process.execPath, [...flags, "-e", script], { cwd: root, encoding: "utf8" });

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "platform-bundle-")));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("makes one file inside the clone, and writes it once as long as the sources are the same", () => {
    write("index.ts", `import { two } from "./lib/two";\nexport const four: number = two + two;\n`);
    write("lib/two.ts", "export const two: number = 2;\n");
    const file = bundle(root, "program", "index.ts");
    assert.equal(dirname(file), join(root, ".platform", "build"));
    assert.equal(node(`process.stdout.write(String(require(${JSON.stringify(file)}).four))`).stdout, "4");

    const written = statSync(file).mtimeMs;
    assert.equal(bundle(root, "program", "index.ts"), file);
    assert.equal(statSync(file).mtimeMs, written);
    assert.equal(readdirSync(dirname(file)).length, 2);
  });

  it("is never stale: a change in any source makes another file", () => {
    write("index.ts", `export { two } from "./two";\n`);
    write("two.ts", "export const two = 2;\n");
    const before = bundle(root, "program", "index.ts");
    write("two.ts", "export const two = 3;\n");
    const after = bundle(root, "program", "index.ts");
    assert.notEqual(after, before);
    assert.equal(node(`process.stdout.write(String(require(${JSON.stringify(after)}).two))`).stdout, "3");
    assert.ok(existsSync(before), "a process that runs may still read it");
  });

  it("removes what nobody has used for a day, and nothing of another name", () => {
    write("index.ts", "export const version = 1;\n");
    const old = bundle(root, "program", "index.ts");
    const other = bundle(root, "platform", "index.ts");
    const longAgo = new Date(Date.now() - 25 * 3600 * 1000);
    for (const file of [old, `${old}.map`, other]) utimesSync(file, longAgo, longAgo);
    write("index.ts", "export const version = 2;\n");
    const now = bundle(root, "program", "index.ts");
    assert.deepEqual([old, `${old}.map`, other, now].map(existsSync), [false, false, true, true]);
  });

  it("finds packages in the clone, and loads those of a dynamic import when it is made", () => {
    for (const name of ["early", "late"]) {
      write(`node_modules/${name}/index.js`, `process.stdout.write("${name} "); exports.value = "${name}";`);
    }
    write(
      "index.ts",
      `import { value } from "early";\nexport default async () => (await import("./stacks/late")).name + value;\n`,
    );
    write("stacks/late.ts", `import { value } from "late";\nexport const name = value;\n`);
    const path = bundle(root, "program", "index.ts");
    assert.doesNotMatch(readFileSync(path, "utf8"), /process\.stdout/, "packages stay outside");
    const file = JSON.stringify(path);
    assert.equal(node(`require(${file})`).stdout, "early ");
    assert.equal(node(`require(${file}).default().then(console.log)`).stdout, "early late lateearly\n");
  });

  it("leads a stack frame back to the exact place in the source", () => {
    write(
      "lib/fails.ts",
      `interface Unused { a: 1 }\n\nexport function fail(): never {\n  throw new Error("here");\n}\n`,
    );
    write("index.ts", `import { fail } from "./lib/fails";\nexport default fail;\n`);
    const file = JSON.stringify(bundle(root, "program", "index.ts"));
    const { stderr } = node(`require(${file}).default()`, "--enable-source-maps");
    assert.ok(stderr.includes(`${join(root, "lib/fails.ts")}:4:9`), stderr);
  });

  it("names the file and line of what does not compile", () => {
    write("index.ts", `import { x } from "./missing";\nexport default x;\n`);
    assert.throws(
      () => bundle(root, "program", "index.ts"),
      (error) =>
        error instanceof BundleError && /Could not resolve "\.\/missing"[^]*index\.ts:1:18/.test(error.message),
    );
  });

  it("says where it cannot write", () => {
    write("index.ts", "export default 1;\n");
    write(".platform", "a file where the folder should be");
    assert.throws(() => bundle(root, "program", "index.ts"), {
      message: `cannot write the compiled program to ${join(root, ".platform", "build")} (ENOTDIR): make that folder writable and see that its disk has room`,
    });
  });

  it("serves processes that compile at the same time", async () => {
    write("index.ts", "export default 1;\n");
    const script = `process.stdout.write(require("${REPOSITORY}/boot/bundle.cjs").bundle(${JSON.stringify(root)}, "program", "index.ts"))`;
    const outputs = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise<string>((resolveOutput) => {
            const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
            let output = "";
            child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
            child.on("close", () => {
              resolveOutput(output);
            });
          }),
      ),
    );
    assert.deepEqual(outputs, Array(3).fill(bundle(root, "program", "index.ts")));
    assert.equal(readdirSync(join(root, ".platform", "build")).length, 2);
  });
});

describe("boot/program", () => {
  let root: string;

  const run = (script: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, ["-e", script], {
      cwd: root,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...env },
    });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "platform-program-"));
    cpSync(join(REPOSITORY, "boot"), join(root, "boot"), { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules"), join(root, "node_modules"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("is the default export of index.ts where that is a function, else the exports themselves", () => {
    writeFileSync(join(root, "index.ts"), "export default async () => ({ answer: 42 });\n");
    assert.equal(run(`require("./boot/program.cjs")().then((o) => console.log(o.answer))`).stdout, "42\n");
    writeFileSync(join(root, "index.ts"), "export const answer = 43;\n");
    assert.equal(run(`console.log(require("./boot/program.cjs").answer)`).stdout, "43\n");
  });

  const failing = `process.on("unhandledRejection", (error) => console.log(error.stack)); require("./boot/program.cjs")()`;
  const program = `export default async () => { await null;\n  throw new Error("broken");\n};\n`;

  it("keeps no stack frames, and an uncaught error says how to get them", () => {
    writeFileSync(join(root, "index.ts"), program);
    assert.equal(
      run(failing).stdout,
      "Error: broken\n    (its stack frames are switched off: set PLATFORM_TRACE=1 to see them)\n",
    );
    assert.match(run(failing, { PLATFORM_TRACE: "1" }).stdout, /^Error: broken\n {4}at .*program-/);
  });

  it("lets an error that is a message to the user be", () => {
    writeFileSync(
      join(root, "index.ts"),
      `import { RunError } from "@pulumi/pulumi/errors";\nexport default async () => { throw new RunError("bad configuration"); };\n`,
    );
    assert.equal(run(failing).stdout, "Error: bad configuration\n");
  });

  it("reports what does not compile as a message to the user", () => {
    writeFileSync(join(root, "index.ts"), "export default ;\n");
    const { stdout } = run(
      `try { require("./boot/program.cjs") } catch (e) { console.log(e.__pulumiRunError, e.message) }`,
    );
    assert.match(stdout, /^true the program does not compile\n[^]*index\.ts:1:15/);
  });
});
