import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud, type StoredResource } from "../../../offline/cloud/cloud";
import { Journal } from "../../../offline/cloud/journal";
import { Asset, Unknown } from "../../../offline/cloud/value";

const resource = (id: string, more: Partial<StoredResource> = {}): StoredResource => ({
  type: "aws:ec2/vpc:Vpc",
  id,
  scope: { account: "1", region: "west" },
  urn: `urn:pulumi:dev::platform::aws:ec2/vpc:Vpc::${id}`,
  inputs: { cidrBlock: "10.0.0.0/16" },
  outputs: { arn: `arn:${id}` },
  readyAt: 3,
  ...more,
});

/** A program that commits resources 0, 1, 2, ... and prints the number of each once it is acknowledged. */
const writer = (folder: string, size: number) => `
  const { Cloud } = require(${JSON.stringify(join(__dirname, "../../../offline/cloud/cloud"))});
  const { writeSync } = require("node:fs");
  const cloud = Cloud.open(${JSON.stringify(folder)});
  const scope = { account: "1", region: "west" };
  for (let n = 0; n < 1e6; n += 1) {
    try {
      cloud.commit({ put: [{ type: "t", id: String(n), scope, inputs: { text: "x".repeat(${String(size)}) }, outputs: {}, readyAt: 0 }] });
      writeSync(1, n + "\\n");
    } catch (error) {
      writeSync(1, error.name + " " + error.message + "\\n");
      cloud.commit({ put: [{ type: "t", id: "small", scope, inputs: {}, outputs: {}, readyAt: 0 }] });
      writeSync(1, "small\\n");
      break;
    }
  }
`;

describe("offline/cloud/journal", () => {
  let folder: string;
  const file = () => join(folder, "journal.jsonl");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "journal-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("gives back the same cloud: resources, generations, faults, assets and clock", () => {
    const cloud = Cloud.open(folder);
    cloud.commit({ put: [resource("a"), resource("b", { readyAt: 40 })] });
    cloud.commit({
      put: [resource("a", { inputs: { code: new Asset("archive", "h"), list: [new Asset("asset", "i")] } })],
    });
    cloud.commit({ faults: [{ kind: "throttling", type: "*", operation: "create", count: 2 }] });
    cloud.commit({ remove: ["1|west|aws:ec2/vpc:Vpc|b"] });
    const digits = cloud.hex({ account: "1", region: "west" }, resource("b").urn ?? "", 12);
    cloud.close();
    const again = Cloud.open(folder);
    assert.deepEqual(again.all(), cloud.all());
    assert.ok(again.all()[0]?.inputs["code"] instanceof Asset);
    assert.deepEqual(again.faults(), cloud.faults());
    assert.equal(again.now, 40);
    assert.equal(again.hex({ account: "1", region: "west" }, resource("b").urn ?? "", 12), digits);
    again.commit({ put: [resource("c")] });
    again.close();
    const sequences = Journal.open(folder)
      .replay()
      .map(({ sequence }) => sequence);
    assert.deepEqual(sequences, [1, 2, 3, 4, 5]);
  });

  it("cuts off a torn last line and writes on behind the last whole one", () => {
    const cloud = Cloud.open(folder);
    cloud.commit({ put: [resource("a")] });
    cloud.close();
    const whole = readFileSync(file(), "utf8");
    appendFileSync(file(), whole.slice(0, -20).replace("vpc", "vpcé"));
    const again = Cloud.open(folder);
    assert.deepEqual(
      again.all().map(({ id }) => id),
      ["a"],
    );
    again.commit({ put: [resource("b")] });
    again.close();
    const last = Cloud.open(folder);
    assert.deepEqual(
      last.all().map(({ id }) => id),
      ["a", "b"],
    );
    last.close();
    assert.equal(readFileSync(file(), "utf8").split("\n").length, 3);
  });

  it("refuses a journal that is damaged in the middle, naming the line and the way out", () => {
    writeFileSync(file(), '{"sequence":1}\n{"sequ\n{"sequence":3}\n');
    assert.throws(() => Cloud.open(folder), /journal\.jsonl:2: .*damaged; start again with: platform offline reset/);
  });

  it("never lets an unknown value into the cloud", () => {
    const cloud = Cloud.open(folder);
    assert.throws(() => {
      cloud.commit({ put: [resource("a", { inputs: { list: [{ deep: Unknown.value }] } })] });
    }, /aws:ec2\/vpc:Vpc a: an unknown value reached the cloud/);
    cloud.close();
    assert.equal(readFileSync(file(), "utf8"), "");
  });

  it("loses nothing acknowledged when the process is killed in the middle of writing", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "-e", writer(folder, 20_000)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let acknowledged = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        acknowledged += chunk.toString();
        if (acknowledged.split("\n").length > 50) child.kill("SIGKILL");
      });
      child.on("close", resolve);
    });
    const last = Number(acknowledged.split("\n").at(-2));
    assert.ok(last >= 49);
    const cloud = Cloud.open(folder);
    const ids = cloud.all().map(({ id }) => Number(id));
    cloud.close();
    // The one after the last acknowledged may have been written without being printed.
    assert.ok(ids.length === last + 1 || ids.length === last + 2, `${String(ids.length)} after ${String(last)}`);
    assert.deepEqual(ids, [...ids.keys()]);
  });

  it("says that the disk is full, makes no change, and works on when there is room again", function () {
    if (process.platform === "win32") this.skip();
    // The shell's limit on the size of a file stops a write half-way, as a full disk does.
    const command = 'trap "" XFSZ; ulimit -f 40; exec "$0" --import tsx -e "$1"';
    const run = spawnSync("sh", ["-c", command, process.execPath, writer(folder, 15_000)], { encoding: "utf8" });
    const lines = run.stdout.trimEnd().split("\n");
    const error = lines.at(-2) ?? "";
    assert.match(
      error,
      /^JournalError the offline cloud cannot write .*journal\.jsonl \(EFBIG\): nothing was changed; free space/,
    );
    assert.equal(lines.at(-1), "small", run.stderr);
    const cloud = Cloud.open(folder);
    assert.deepEqual(
      cloud.all().map(({ id }) => id),
      [...lines.slice(0, -2), "small"],
    );
    cloud.close();
  });
});
