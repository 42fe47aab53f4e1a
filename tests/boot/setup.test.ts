import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { checkNode, SetupError } from "../../boot/setup.cjs";

const REPOSITORY = resolve(__dirname, "../..");

/** A package-lock.json, or npm's note in node_modules, that holds `left-pad` in that version. */
function lockWith(version: string, more: object = {}): string {
  return JSON.stringify({
    lockfileVersion: 3,
    packages: { "": { name: "x" }, "node_modules/left-pad": { version, integrity: `sha-${version}` }, ...more },
  });
}

describe("boot/setup", () => {
  let root: string;

  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  /** What the npm on PATH does: by default it notes that it ran and takes a while. */
  const fakeNpm = (body: string) => {
    write("bin/npm", `#!/bin/sh\nPATH=/usr/bin:/bin\necho "$@" >> calls\n${body}\n`);
    chmodSync(join(root, "bin/npm"), 0o755);
  };
  const run = (script: string, ...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolveRun) => {
      const child = spawn(process.execPath, [script, ...args], {
        cwd: root,
        env: { PATH: join(root, "bin") },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.on("close", (code) => {
        resolveRun({ code, stdout, stderr });
      });
    });
  const install = () => run("install.cjs");
  const calls = () =>
    existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").split("\n").length - 1 : 0;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "platform-setup-"));
    cpSync(join(REPOSITORY, "boot"), join(root, "boot"), { recursive: true });
    write(
      "install.cjs",
      `require("./boot/setup.cjs").ensureDependencies(__dirname).catch((e) => { console.error(e.message); process.exitCode = 1; });`,
    );
    write("package-lock.json", lockWith("1.0.0"));
    fakeNpm("mkdir -p node_modules; sleep 0.3; echo from npm");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("installs once, with a reason, and keeps standard output clean", async () => {
    const first = await install();
    assert.deepEqual([first.code, first.stdout], [0, ""]);
    assert.equal(
      first.stderr,
      "there is no node_modules yet: installing the dependencies with npm ci, which takes about half a minute\nfrom npm\n",
    );
    assert.equal(readFileSync(join(root, "calls"), "utf8"), "ci --include=dev --no-audit --no-fund --loglevel=error\n");
    assert.deepEqual(await install(), { code: 0, stdout: "", stderr: "" });
    assert.equal(calls(), 1);
  });

  it("installs again when package-lock.json has changed", async () => {
    await install();
    write("package-lock.json", lockWith("1.0.1"));
    const again = await install();
    assert.match(again.stderr, /^node_modules does not match package-lock\.json: /);
    assert.equal(calls(), 2);
  });

  it("installs once for two commands at once", async () => {
    const both = await Promise.all([install(), install()]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(calls(), 1);
    assert.equal(both.filter(({ stderr }) => /^waiting for process \d+, which is installing/.test(stderr)).length, 1);
  });

  it("accepts what npm installed by hand, less optional packages for other machines", async () => {
    write("package-lock.json", lockWith("1.0.0", { "node_modules/for-windows": { version: "1.0.0", optional: true } }));
    write("node_modules/.package-lock.json", lockWith("1.0.0"));
    assert.equal((await install()).stderr, "");
    assert.equal(calls(), 0);
  });

  for (const [what, content] of [
    ["another version", lockWith("0.9.0")],
    ["a package less", JSON.stringify({ packages: {} })],
    ["a torn note", "{"],
  ] as const) {
    it(`does not accept ${what} in node_modules`, async () => {
      write("node_modules/.package-lock.json", content);
      await install();
      assert.equal(calls(), 1);
    });
  }

  it("fails when npm fails, and tries again the next time", async () => {
    fakeNpm("mkdir -p node_modules; echo no network >&2; exit 7");
    const failed = await install();
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /no network\nnpm ci ended with exit code 7; its message is above\n$/);
    assert.equal((await install()).code, 1);
    assert.equal(calls(), 2);
  });

  it("says where npm comes from when there is none", async () => {
    rmSync(join(root, "bin/npm"));
    const { code, stderr } = await install();
    assert.equal(code, 1);
    assert.match(stderr, /there is no npm on PATH: it comes with Node/);
  });

  it("names both versions when Node is too old", () => {
    assert.throws(() => {
      checkNode("18.20.4");
    }, new SetupError("this is Node 18.20.4, and Node 20 or later is needed: install one from https://nodejs.org/en/download and run the command again"));
    for (const version of ["20.0.0", "24.1.0"]) checkNode(version);
  });

  describe("npm start", () => {
    beforeEach(() => {
      // Whatever the repository's own node_modules holds: nothing may be installed into it from here.
      write("node_modules/.package-lock.json", lockWith("1.0.0"));
      for (const name of ["esbuild", "@esbuild"]) {
        symlinkSync(join(REPOSITORY, "node_modules", name), join(root, "node_modules", name));
      }
      write(
        "cli/main.ts",
        `export async function main(args: string[]): Promise<number> {
          console.log(JSON.stringify({ args }));
          return args.includes("--fail") ? 3 : 0;
        }`,
      );
    });

    for (const [given, passed] of [
      [[], ["up", "dev", "--offline", "--yes"]],
      [["durga-puja"], ["up", "durga-puja", "--offline", "--yes"]],
      [["--json"], ["up", "dev", "--offline", "--yes", "--json"]],
      [
        ["durga-puja", "--target", "x"],
        ["up", "durga-puja", "--offline", "--yes", "--target", "x"],
      ],
    ] as const) {
      it(`runs platform ${passed.join(" ")} for [${given.join(" ")}]`, async () => {
        const { code, stdout, stderr } = await run("boot/start.cjs", ...given);
        assert.deepEqual([code, stderr], [0, ""]);
        assert.deepEqual((JSON.parse(stdout) as { args: unknown }).args, passed);
      });
    }

    it("passes the exit code on", async () => {
      assert.equal((await run("boot/start.cjs", "--fail")).code, 3);
      assert.equal((await run("boot/platform.cjs", "up", "--fail")).code, 3);
      assert.equal((await run("boot/platform.cjs", "up")).code, 0);
    });

    it("shows what does not compile without a stack", async () => {
      write("cli/main.ts", "export const = 1;\n");
      const { code, stderr } = await run("boot/platform.cjs", "up");
      assert.equal(code, 1);
      assert.match(stderr, /^error: the program does not compile\n[^]*cli\/main\.ts:1:13/);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  });
});
