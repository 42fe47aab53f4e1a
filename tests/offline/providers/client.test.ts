import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Cloud } from "../../../offline/cloud/cloud";
import {
  acquireCloud,
  changeOutages,
  cloudInUse,
  environment,
  type AcquiredCloud,
} from "../../../offline/providers/client";
import type { Outage } from "../../../offline/cloud/faults";
import type { Place } from "../../../offline/cloud/package";
import { isAlive } from "../../../boot/lock.cjs";
import type { Properties } from "../../../offline/cloud/value";
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

  const acquire = async (place: Place = "network") => {
    const cloud = await acquireCloud({ folder, root, place });
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
    assert.match(one.providers, /^aws:\d+,azure-native:\d+,eks:\d+,gcp:\d+,/);
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

  const west: Outage = { cloud: "aws", region: "us-west-2", planes: ["control"] };

  it("switches a region off and on while commands run, and the server lives on", async () => {
    const cloud = await acquire();
    await makeVpc(cloud, "a");
    const { pid } = record();
    assert.deepEqual(await changeOutages(folder, { begin: west }), [west]);
    await assert.rejects(makeVpc(cloud, "b"), /lookup ec2\.us-west-2\.amazonaws\.com: i\/o timeout/);
    assert.deepEqual(Cloud.snapshot(folder).outages(), [west]);
    assert.deepEqual(await changeOutages(folder, { end: west }), []);
    await makeVpc(cloud, "b");
    assert.equal(record().pid, pid);
  });

  it("switches a region off where no server runs, and keeps it off when one is killed", async () => {
    assert.deepEqual(await changeOutages(folder, { begin: west }), [west]);
    assert.equal(cloudInUse(folder), undefined);
    for (let killed = 0; killed < 2; killed += 1) {
      const cloud = await acquire();
      await assert.rejects(makeVpc(cloud, "a"), /i\/o timeout/);
      const { pid } = record();
      process.kill(pid, "SIGKILL");
      assert.ok(await gone(pid, 1000));
    }
    assert.deepEqual(await changeOutages(folder, { end: "all" }), []);
    await makeVpc(await acquire(), "a");
  });

  it("takes no order from a stranger", async () => {
    await acquire();
    const stranger = connect(record().control, "127.0.0.1");
    stranger.write(`${"0".repeat(record().token.length)} ${JSON.stringify({ begin: west })}\n`);
    await new Promise((resolve) => stranger.on("close", resolve));
    assert.deepEqual(Cloud.snapshot(folder).outages(), []);
  });

  it("knows commands in the network from those on the internet", async () => {
    const scope = { account: "111122223333", region: "us-west-2" };
    const arn = "arn:aws:eks:us-west-2:111122223333:cluster/shop";
    const endpoint = "https://0A1B.gr7.us-west-2.eks.amazonaws.com";
    const vpcConfig = {
      vpcId: "vpc-1",
      subnetIds: [],
      clusterSecurityGroupId: "sg-1",
      endpointPublicAccess: false,
      endpointPrivateAccess: true,
    };
    const ingress = [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] }];
    const put = (type: string, id: string, inputs: Properties, outputs: Properties = {}) => ({
      ...{ type, id, scope, inputs, outputs, readyAt: 0 },
    });
    const before = Cloud.open(folder);
    before.commit({
      put: [
        put("aws:eks/cluster:Cluster", "shop", {}, { name: "shop", arn, endpoint, vpcConfig }),
        put("aws:ec2/vpc:Vpc", "vpc-1", { enableDnsHostnames: true }),
        put("aws:ec2/securityGroup:SecurityGroup", "sg-1", { vpcId: "vpc-1", ingress }),
      ],
    });
    before.close();
    const type = "kubernetes:core/v1:ConfigMap";
    const make = async (place: Place, name: string) => {
      const client = new ProviderClient((await acquire(place)).ports["kubernetes"] ?? 0);
      const kubeconfig = `clusters: [{name: c, cluster: {server: "${endpoint}"}}]`;
      await client.configure("urn:pulumi:dev::platform::pulumi:providers:kubernetes::k", { kubeconfig });
      try {
        const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } };
        return (await client.create(`urn:pulumi:dev::platform::${type}::${name}`, encode(object))).getId();
      } finally {
        client.close();
      }
    };
    assert.equal(await make("network", "a"), "default/a");
    await assert.rejects(make("internet", "b"), /the endpoint of shop is private: call it from its network/);
    assert.equal(await make("network", "b"), "default/b");
    assert.equal(
      Cloud.snapshot(folder)
        .all()
        .filter((object) => object.type === type).length,
      2,
    );
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
