import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isAlive } from "../../../boot/lock.cjs";
import { bundle } from "../../../boot/bundle.cjs";
import { EngineError } from "../../../offline/engine/engine-error";
import { builtEngine } from "../../../offline/engine/build";
import { pulumiHomeOf } from "../../../offline/engine/find";
import { isAtLeast } from "../../../offline/engine/version";
import { FakeMachine, REPOSITORY, until } from "./fakes";

describe("offline/engine/find", () => {
  let machine: FakeMachine;
  /** Where the CLI that is built lies on it. */
  let executable: string;

  beforeEach(() => {
    machine = new FakeMachine();
    ({ executable } = builtEngine(REPOSITORY, machine.home));
  });

  afterEach(() => {
    machine.remove();
  });

  describe("with a pulumi on PATH", () => {
    it("takes one that is new enough, and asks no go", async () => {
      machine.go("1.26.0");
      const pulumi = machine.pulumi("v3.260.1");
      assert.deepEqual(await machine.find(), { executable: pulumi, version: "3.260.1", origin: "path" });
      assert.deepEqual(machine.calls(), []);
      assert.deepEqual(machine.said, []);
    });

    it("takes the one that Pulumi's installer put into the Pulumi home", async () => {
      const pulumi = machine.pulumi("v3.245.0", "home/bin/pulumi");
      assert.deepEqual(await machine.find(), { executable: pulumi, version: "3.245.0", origin: "path" });
    });

    for (const [version, reason] of [
      ["v3.244.9", "it is 3.244.9, and 3.245.0 or later is needed"],
      ["v3.245.0-alpha.7", "it is 3.245.0-alpha.7, and 3.245.0 or later is needed"],
      ["nonsense", "it does not tell its version"],
    ] as const) {
      it(`names and skips ${version}, and takes the next`, async () => {
        const old = machine.pulumi(version);
        const good = machine.pulumi("v3.246.0", "other/pulumi");
        machine.env["PATH"] = `${String(machine.env["PATH"])}:${join(machine.folder, "other")}`;
        assert.equal((await machine.find()).executable, good);
        assert.deepEqual(machine.said, [`skipping ${old}: ${reason}`]);
      });
    }

    it("skips an executable that has no language host, and takes it when it has one", async () => {
      // Without a first line for the system it runs all the same, and does not look like a script.
      const pulumi = machine.pulumi("v3.250.0", "bin/pulumi", ":");
      machine.go("1.26.0");
      assert.equal((await machine.find()).origin, "built");
      assert.equal(
        machine.said[0],
        `skipping ${pulumi}: its language host, pulumi-language-nodejs, is neither beside it nor on PATH`,
      );
      machine.put("bin/pulumi-language-nodejs", "");
      assert.deepEqual(await machine.find(), { executable: pulumi, version: "3.250.0", origin: "path" });
    });

    it("knows the one that it built itself", async () => {
      machine.go("1.26.0");
      await machine.find();
      machine.env["PATH"] = dirname(executable);
      assert.deepEqual(await machine.find(), { executable, version: "3.245.0", origin: "built" });
    });
  });

  describe("with a Go", () => {
    it("builds once, says what it does and why, and puts the language host beside it", async () => {
      machine.go("1.25.8");
      assert.deepEqual(await machine.find(), { executable, version: "3.245.0", origin: "built" });
      assert.deepEqual(machine.calls().slice(1), ["list local off tools", "build local off tools"]);
      assert.equal(machine.said.length, 2);
      assert.equal(
        machine.said[0],
        `no pulumi 3.245.0 or later here: building Pulumi 3.245.0 with Go 1.25.8 in ${dirname(dirname(executable))}, which takes about 4 minutes, once`,
      );
      assert.match(machine.said[1] ?? "", /^built Pulumi 3\.245\.0 in \d+ s$/);
      assert.deepEqual(readdirSync(dirname(executable)), ["pulumi", "pulumi-language-nodejs"]);
      assert.deepEqual(readdirSync(join(machine.home, "platform")).length, 1);

      assert.deepEqual(await machine.find(), { executable, version: "3.245.0", origin: "built" });
      assert.equal(machine.calls().length, 3);
    });

    it("refreshes a language host that was made from other sources, and only such a one", async () => {
      machine.go("1.26.0");
      await machine.find();
      const host = join(dirname(executable), "pulumi-language-nodejs");
      const content = readFileSync(host, "utf8");
      const written = statSync(host).mtimeMs;
      await machine.find();
      assert.equal(statSync(host).mtimeMs, written);

      writeFileSync(host, content.replace(/sources \w{4}/, "sources 0000"));
      await machine.find();
      assert.equal(readFileSync(host, "utf8"), content);
      assert.equal(statSync(host).mode & 0o777, 0o755);
    });

    it("builds once for two commands at once, and the second says what it waits for", async () => {
      machine.go("1.26.0", "sleep 0.4");
      const both = await Promise.all([machine.find(), machine.find()]);
      assert.deepEqual(
        both.map((engine) => engine.executable),
        [executable, executable],
      );
      assert.equal(machine.calls().filter((call) => call.startsWith("build")).length, 1);
      assert.ok(machine.said.includes(`waiting for process ${String(process.pid)}, which is building Pulumi`));
    });

    it("shows what go says when the build fails, and leaves nothing", async () => {
      machine.go("1.26.0", "echo example.com/a >&2; echo 'dial tcp: no such host' >&2; exit 1");
      await assert.rejects(machine.find(), (error) => {
        assert.ok(error instanceof EngineError);
        assert.match(
          error.message,
          /^cannot build Pulumi: go build failed\ndial tcp: no such host\nThe build downloads/,
        );
        return true;
      });
      assert.deepEqual(readdirSync(join(machine.home, "platform")), []);
    });

    it("says where it cannot write", async () => {
      machine.go("1.26.0");
      writeFileSync(machine.home, "a file");
      await assert.rejects(machine.find(), {
        message: `cannot write to ${join(machine.home, "platform")} (ENOTDIR): make it writable, or set PULUMI_HOME to a folder that is`,
      });
    });

    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      it(`leaves nothing half-done when it is ended by ${signal}, and the next command builds`, async () => {
        const pidFile = join(machine.folder, "go.pid");
        machine.go("1.26.0", `echo $$ > "${pidFile}.tmp"; mv "${pidFile}.tmp" "${pidFile}"; exec sleep 30`);
        const script = `require(${JSON.stringify(bundle(REPOSITORY, "set-up", "offline/engine/set-up.ts"))})
          .setUpEngine(${JSON.stringify(REPOSITORY)}, process.env).catch((e) => { console.error(e.message); process.exit(1) })`;
        const child = spawn(process.execPath, ["-e", script], { env: machine.env, stdio: "ignore" });
        const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
        await until(() => existsSync(pidFile));
        const go = Number(readFileSync(pidFile, "utf8"));
        child.kill(signal);
        const code = await ended;
        assert.equal(existsSync(executable), false);
        if (signal === "SIGTERM") {
          assert.equal(code, 1);
          await until(() => !isAlive(go));
          assert.deepEqual(readdirSync(join(machine.home, "platform")), []);
        } else {
          process.kill(go, "SIGKILL");
        }

        machine.go("1.26.0");
        assert.equal((await machine.find()).executable, executable);
        assert.deepEqual(readdirSync(join(machine.home, "platform")), [dirname(dirname(executable)).split("/").at(-1)]);
      });
    }
  });

  it("says how to get either when there is neither, and what it skipped", async () => {
    machine.go("1.24.3");
    const pulumi = machine.pulumi("v3.100.0");
    await assert.rejects(machine.find(), (error) => {
      assert.ok(error instanceof EngineError);
      assert.equal(
        error.message,
        `the platform runs on the Pulumi engine, and here is neither a pulumi 3.245.0 or later nor a Go 1.25.8 or later to build one with.
Found and skipped:
  ${pulumi}: it is 3.100.0, and 3.245.0 or later is needed
  ${join(machine.folder, "bin/go")}: it is Go 1.24.3, and 1.25.8 or later is needed
Do one of these and run the command again:
  install Pulumi: brew install pulumi/tap/pulumi, or curl -fsSL https://get.pulumi.com | sh
  install Go:     https://go.dev/dl/ (the platform then builds Pulumi 3.245.0 itself, once)`,
      );
      return true;
    });
    assert.deepEqual(machine.said, [], "what was skipped is said once, in the error");
    assert.equal(existsSync(machine.home), false);
  });

  it("works with an empty PATH and folders that are not there", async () => {
    mkdirSync(join(machine.folder, "bin/pulumi"), { recursive: true });
    for (const path of ["", "/nowhere", join(machine.folder, "bin")]) {
      machine.env["PATH"] = path;
      await assert.rejects(machine.find(), /here is neither a pulumi/);
    }
  });

  it("takes the Pulumi home from PULUMI_HOME, else from the user's folder", () => {
    assert.equal(pulumiHomeOf({ PULUMI_HOME: "/x" }), "/x");
    assert.match(pulumiHomeOf({ PULUMI_HOME: "" }), /.\/\.pulumi$/);
  });

  it("compares versions as semver does", () => {
    const table: [string, string, boolean | undefined][] = [
      ["3.245.0", "3.245.0", true],
      ["v3.245.1", "3.245.0", true],
      ["3.1000.0", "3.245.0", true],
      ["4.0.0", "3.245.0", true],
      ["3.99.9", "3.245.0", false],
      ["3.246.0-dev.0", "3.245.0", true],
      ["3.245.0-dev.0", "3.245.0", false],
      ["1.26rc1", "1.25.8", true],
      ["1.25.8", "1.25.8", true],
      ["1.25.7", "1.25.8", false],
      ["", "1.25.8", undefined],
    ];
    for (const [version, oldest, expected] of table) assert.equal(isAtLeast(version, oldest), expected, version);
  });
});
