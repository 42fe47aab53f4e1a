import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Cloud } from "../../../offline/cloud/cloud";
import { acquireCloud, cloudInUse, environment, type AcquiredCloud } from "../../../offline/providers/client";
import { isAlive } from "../../../boot/lock.cjs";
import { decode, encode } from "../../../offline/providers/values";
import { ProviderClient } from "../../support/provider-client";

const root = process.cwd();
const VPC = "aws:ec2/vpc:Vpc";
const urn = (name: string) => `urn:pulumi:dev::platform::${VPC}::${name}`;

interface Running {
  pid: number;
  build: string;
  control: number;
  token: string;
}

describe("offline/providers/client", function () {
  this.timeout(30_000);
  let folder: string;
  const held: AcquiredCloud[] = [];

  const acquire = async (at = folder) => {
    const cloud = await acquireCloud({ folder: at, root });
    held.push(cloud);
    return cloud;
  };
  const record = () => JSON.parse(readFileSync(join(folder, "server.json"), "utf8")) as Running;
  const makeVpc = async (cloud: AcquiredCloud, name: string): Promise<string> => {
    const client = new ProviderClient(cloud.ports["aws"] ?? 0);
    await client.configure(urn("provider"), { region: "us-west-2" });
    const created = await client.create(urn(name), encode({ cidrBlock: "10.0.0.0/16" }));
    client.close();
    return created.getId();
  };
  const gone = async (pid: number, within: number): Promise<boolean> => {
    const end = Date.now() + within;
    while (Date.now() < end) {
      if (!isAlive(pid)) return true;
      await delay(10);
    }
    return false;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cloud-"));
  });
  afterEach(async () => {
    await Promise.all(held.splice(0).map((cloud) => cloud.release()));
    rmSync(folder, { recursive: true });
  });

  it("starts one server for commands that come at once, and ends it with the last of them", async () => {
    const [one, two] = await Promise.all([acquire(), acquire()]);
    assert.deepEqual(one.ports, two.ports);
    assert.equal(one.providers, environment(one.ports));
    assert.match(one.providers, /^aws:\d+,eks:\d+,/);
    const { pid } = record();
    assert.equal(cloudInUse(folder), pid);
    const id = await makeVpc(one, "a");
    await one.release();
    assert.equal(cloudInUse(folder), pid);
    await makeVpc(two, "b");
    await two.release();
    assert.equal(cloudInUse(folder), undefined);
    assert.ok(await gone(pid, 1000));
    const cloud = Cloud.open(folder);
    assert.equal(cloud.ofUrn(urn("a"))[0]?.id, id);
    assert.equal(cloud.ofUrn(urn("b")).length, 1);
    cloud.close();
  });

  it("keeps what it is told to itself", async () => {
    await acquire();
    assert.equal(statSync(join(folder, "server.json")).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, "journal.jsonl")).mode & 0o777, 0o600);
    const stranger = connect(record().control, "127.0.0.1");
    stranger.write("not the token, and longer than it by far\n");
    let heard = "";
    stranger.on("data", (chunk) => (heard += chunk.toString()));
    await new Promise((resolve) => stranger.on("close", resolve));
    assert.equal(heard, "");
    assert.notEqual(cloudInUse(folder), undefined);
  });

  it("starts again from the journal after the server was killed", async () => {
    const first = await acquire();
    const id = await makeVpc(first, "a");
    const { pid } = record();
    process.kill(pid, "SIGKILL");
    assert.ok(await gone(pid, 1000));
    assert.equal(cloudInUse(folder), undefined);
    const second = await acquire();
    assert.notEqual(record().pid, pid);
    const client = new ProviderClient(second.ports["aws"] ?? 0);
    await client.configure(urn("provider"), { region: "us-west-2" });
    const read = await client.read(urn("a"), id);
    client.close();
    assert.equal(read.getId(), id);
    assert.equal(decode(read.getInputs()).properties["cidrBlock"], "10.0.0.0/16");
  });

  it("ends within a second when its only command is killed", async () => {
    const program = `
      const { acquireCloud } = require(${JSON.stringify(join(root, "offline/providers/client"))});
      acquireCloud(${JSON.stringify({ folder, root })}).then(() => { process.stdout.write("held"); setInterval(() => {}, 1000); });`;
    const child = spawn(process.execPath, ["--import", "tsx", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const { pid } = record();
    child.kill("SIGKILL");
    assert.ok(await gone(pid, 1000));
    assert.ok(!existsSync(join(folder, "server.json")));
  });

  it("does not take another process for the server, nor half a record for a whole one", async () => {
    const first = await acquire();
    const stale = record();
    await first.release();
    // This process has the number now, and nobody listens on the port.
    writeFileSync(join(folder, "server.json"), JSON.stringify({ ...stale, pid: process.pid }));
    await (await acquire()).release();
    writeFileSync(join(folder, "server.json"), '{"pid":');
    assert.equal(cloudInUse(folder), undefined);
    await acquire();
    assert.notEqual(record().pid, process.pid);
  });

  it("names the process and both builds when other code serves the folder", async () => {
    await acquire();
    const running = record();
    writeFileSync(join(folder, "server.json"), JSON.stringify({ ...running, build: "offline-server-0" }));
    await assert.rejects(
      acquireCloud({ folder, root }),
      new RegExp(
        `the server of the offline cloud in ${folder} \\(process ${String(running.pid)}\\) runs another version of the code ` +
          `\\(offline-server-0, this is ${running.build}\\): wait for the commands that use it to end`,
      ),
    );
    writeFileSync(join(folder, "server.json"), JSON.stringify(running));
  });

  it("says in one line why a folder cannot be used", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await assert.rejects(
      acquireCloud({ folder: file, root }),
      /cannot be kept in .*file \(EEXIST\): a file has that name$/,
    );
    await assert.rejects(
      acquireCloud({ folder: join(file, "deep"), root }),
      /\(ENOTDIR\): a part of that path is a file$/,
    );
    writeFileSync(join(folder, "journal.jsonl"), "{}\nnot json\n");
    await assert.rejects(
      acquireCloud({ folder, root }),
      /cannot be opened: .*journal\.jsonl:2: .*platform offline reset$/,
    );
    assert.equal(cloudInUse(folder), undefined);
    rmSync(join(folder, "journal.jsonl"));
    await acquire();
  });

  it("says that a folder is read-only", async function () {
    // Nobody, not even the superuser, makes a folder in sysfs.
    const readOnly = process.platform === "linux" ? "/sys/offline-cloud" : undefined;
    if (readOnly === undefined) this.skip();
    await assert.rejects(acquireCloud({ folder: readOnly, root }), /cannot be kept in .* \((EPERM|EACCES|EROFS)\): /);
  });
});
