import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { copyState, makeStack, type StackAt } from "../../cli/backend-state";
import type { StackRow } from "../../cli/stacks";
import type { SiteContract } from "../../components/contracts/site-contract";
import { engineEnvironment } from "../../offline/engine/environment";
import { findEngine } from "../../offline/engine/find";
import { readSiteContractFile } from "../../stacks/site-contracts";
import { stateOf } from "./golden";
import { makeProject, type Project } from "./project";
import { operate, reportOf } from "./report";

const REPOSITORY = resolve(__dirname, "../..");
const BUCKET = "portfolio-dev-state-111122223333-us-west-2";
const CONTRACT = "site-contracts/dev.json";

/** The site `dev` reduced to its contract, beside the blueprint that makes its bucket. */
const PROGRAM = `
import { Config } from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider";
import { currentAccount } from "./components/aws/account";
import { SiteContractFile } from "./components/aws/site-contract-file";
import { writeSiteContract } from "./components/contracts/site-contract";
import { stateBucketName } from "./components/planning/names";
import { loadConfiguration } from "./config/load";
import { pulumiConfiguration } from "./config/source";
import { deploy } from "./stacks/state-backend";

export default async function program() {
  const config = new Config("platform");
  if (config.get("blueprint") === "state-backend") return deploy(loadConfiguration(pulumiConfiguration()));
  const region = "us-west-2";
  const aws = new Provider("aws", { region });
  const account = currentAccount(region, { provider: aws });
  const siteContract = account.id.apply((id) => writeSiteContract({
    version: 1, site: "dev", system: "portfolio", stack: "dev", class: "development", cloud: "aws", region, zones: ["a"],
    network: {
      block: "10.16.0.0/12", network: "10.16.0.0/16", pods: "10.20.0.0/14", services: "10.17.0.0/16",
      privateServices: "10.18.0.0/16", asn: 64516,
    },
    registries: [config.get("registry") ?? id + ".dkr.ecr.us-west-2.amazonaws.com"],
    data: { postgres: [], redis: { host: "redis.invalid", port: 6379 }, buckets: {}, tables: {} },
    health: [],
  }));
  const bucketName = account.id.apply((id) => stateBucketName("portfolio-dev", id, region));
  new SiteContractFile("site-contract", { site: "dev", bucketName, region, content: siteContract }, { providers: { aws } });
  return { siteContract };
}
`;

/** A project whose site `dev` delivers its contract: with a table of its own, so with code of its own that reads it. */
function deliveringProject(): Project {
  const project = makeProject({
    program: PROGRAM,
    stacks: { dev: "config: {}\n", "durga-puja": "config: {}\n" },
  });
  rewriteTable(project, [DEV_ROW, DEV_ROW.replace("none", "delivered")]);
  return project;
}

const DEV_ROW = 'dev: { cloud: "aws", region: "us-west-2", siteContract: "none" }';
const DURGA_PUJA_ROW = '"durga-puja": { cloud: "aws", region: "us-east-1", siteContract: "none" }';

/** Gives a project a table of its own with other rows, and code of its own that reads it. */
function rewriteTable(project: Project, ...rows: readonly (readonly [from: string, to: string])[]): void {
  for (const folder of ["cli", "stacks"]) {
    rmSync(join(project.root, folder));
    cpSync(join(REPOSITORY, folder), join(project.root, folder), { recursive: true });
  }
  let table = readFileSync(join(REPOSITORY, "stacks/backends.ts"), "utf8");
  for (const [from, to] of rows) {
    assert.ok(table.includes(from), `${from} in stacks/backends.ts`);
    table = table.replace(from, to);
  }
  project.write("stacks/backends.ts", table);
}

describe("state backends on the real engine", function () {
  this.timeout(120_000);
  let project: Project;
  before(() => {
    project = deliveringProject();
  });
  after(() => {
    project.remove();
  });
  const offline = () => join(project.root, ".platform/offline");
  const bootstrap = async (stack: string, ...flags: string[]) => {
    const ran = await project.platform("backend", "bootstrap", stack, "--offline", "--json", ...flags);
    return { ran, report: reportOf(ran) };
  };
  const urns = (stack: string) =>
    project
      .cloud()
      .all()
      .filter(({ urn }) => urn?.startsWith(`urn:pulumi:${stack}::`) === true);
  const object = () => urns("dev").find(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2");

  it("bucket and key of a site are there before it writes its contract, and no other stack makes any", async () => {
    const { ran } = await operate(project, "up", "dev", "--yes");
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /Making the state bucket and key of dev on the offline cloud, once/);
    assert.deepEqual(
      urns("dev-backend")
        .map(({ type }) => type)
        .sort(),
      [
        "aws:kms/alias:Alias",
        "aws:kms/key:Key",
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
      ],
    );
    assert.equal(urns("durga-puja-backend").length, 0);
  });

  it("the contract is in the bucket and beside the state, and is read back", () => {
    const text = readFileSync(join(offline(), CONTRACT), "utf8");
    assert.equal(object()?.inputs["bucket"], BUCKET);
    assert.equal(object()?.inputs["key"], CONTRACT);
    assert.equal(object()?.inputs["content"], text);
    const contract: SiteContract = readSiteContractFile(offline(), "dev");
    assert.deepEqual(contract.registries, ["111122223333.dkr.ecr.us-west-2.amazonaws.com"]);
  });

  it("later commands make nothing, and previews change neither bucket nor file", async () => {
    const text = readFileSync(join(offline(), CONTRACT), "utf8");
    const { ran } = await operate(project, "preview", "dev", "--expect-no-changes");
    assert.equal(ran.code, 0, ran.stderr);
    assert.doesNotMatch(ran.stderr, /Making the state bucket/);
    const changed = await operate(project, "preview", "dev", "--config", "platform:registry=other.invalid");
    assert.equal(changed.ran.code, 0, changed.ran.stderr);
    assert.equal(readFileSync(join(offline(), CONTRACT), "utf8"), text);
    const updated = await operate(project, "up", "dev", "--yes", "--config", "platform:registry=other.invalid");
    assert.equal(updated.ran.code, 0, updated.ran.stderr);
    assert.deepEqual(readSiteContractFile(offline(), "dev").registries, ["other.invalid"]);
    assert.equal(object()?.inputs["content"], readFileSync(join(offline(), CONTRACT), "utf8"));
  });

  it("a bootstrap of what is there previews no change and gives the addresses", async () => {
    const { ran, report } = await bootstrap("dev", "--yes", "--expect-no-changes");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(report.changes, { create: 0, update: 0, delete: 0, replace: 0, same: report.resources });
    const look = await bootstrap("dev", "--preview-only", "--expect-no-changes");
    assert.equal(look.ran.code, 0, look.ran.stderr);
    assert.deepEqual(look.report.changes, report.changes);
    assert.equal(report.outputs["backendUrl"], `s3://${BUCKET}?region=us-west-2&awssdk=v2`);
    assert.equal(report.outputs["secretsProvider"], "awskms:///alias/portfolio-dev/state?region=us-west-2");
    assert.equal(existsSync(join(project.root, "Pulumi.dev-backend.yaml")), false);
  });

  it("a bootstrap of another stack is its own, and says what to do next", async () => {
    const ran = await project.platform("backend", "bootstrap", "durga-puja", "--offline", "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    const said = ran.stderr.split("\n");
    assert.deepEqual(said.slice(said.findIndex((line) => line.startsWith("  pulumi login"))), [
      "  pulumi login 's3://durga-puja-state-111122223333-us-east-1?region=us-east-1&awssdk=v2'",
      "  pulumi stack init durga-puja --secrets-provider 'awskms:///alias/durga-puja/state?region=us-east-1'",
      "  npx platform up durga-puja",
      "",
    ]);
    assert.deepEqual(new Set(urns("durga-puja-backend").map(({ scope }) => scope.region)), new Set(["us-east-1"]));
  });

  it("platform stacks tells of both stacks with site, clouds and resources, and of no backend", async () => {
    const { stdout } = await project.platform("stacks", "--json");
    const rows = (JSON.parse(stdout) as StackRow[]).map(({ description, ...row }) => row);
    assert.deepEqual(rows, [
      {
        stack: "dev",
        system: "portfolio",
        site: "dev",
        clouds: ["aws"],
        region: "us-west-2",
        state: "aws us-west-2",
        deployedOffline: true,
        // Its provider, the component and the object.
        resources: 3,
      },
      {
        stack: "durga-puja",
        system: "durga-puja",
        site: "",
        clouds: ["aws"],
        region: "us-east-1",
        state: "aws us-east-1",
        deployedOffline: false,
        resources: 0,
      },
    ]);
    const table = await project.platform("stacks");
    assert.match(table.stdout, /│ durga-puja │ durga-puja │ +│ aws +│ us-east-1 │ aws us-east-1 +│ not deployed/);
  });

  it("refuses a key that the state's cloud cannot use before anything runs, and lets the stack be taken down", async () => {
    project.write(
      "Pulumi.dev.yaml",
      "secretsprovider: gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k\nconfig: {}\n",
    );
    const { ran, report } = await operate(project, "up", "dev", "--yes");
    assert.equal(ran.code, 2);
    assert.equal(report.result, "failed");
    assert.match(
      ran.stderr,
      /is a key of gcp, which the state's cloud cannot use\. The state of dev is in aws us-west-2/,
    );
    assert.match(
      ran.stderr,
      /pulumi stack change-secrets-provider 'awskms:\/\/\/alias\/portfolio-dev\/state\?region=us-west-2'/,
    );
    const gone = await operate(project, "destroy", "dev", "--yes");
    assert.equal(gone.ran.code, 0, gone.ran.stderr);
    assert.equal(urns("dev").length, 0);
    assert.ok(!existsSync(join(offline(), CONTRACT)));
    assert.equal(urns("dev-backend").length, 9);
  });

  it("refuses unknown stacks and bad accounts", async () => {
    const cases: readonly [args: readonly string[], code: number, message: RegExp][] = [
      [["nobody", "--offline", "--yes"], 6, /no state backend is known for stack "nobody"/],
      [["dev", "--yes", "--account", "1234"], 2, /--account: "1234" is no account: give its twelve digits/],
      [["dev", "--yes"], 2, /say in which account the state of dev is kept, with --account <twelve digits>/],
      [["dev", "--yes", "--offline", "--account", "111122223333"], 2, /--account names an account of the real cloud/],
      [["dev", "--offline"], 2, /backend bootstrap asks before it changes anything/],
    ];
    for (const [args, code, message] of cases) {
      const ran = await project.platform("backend", "bootstrap", ...args);
      assert.equal(ran.code, code, args.join(" "));
      assert.match(ran.stderr, message);
    }
    project.write("Pulumi.dev.yaml", 'config:\n  platform:accounts: ["444455556666"]\n');
    const other = await project.platform("backend", "bootstrap", "dev", "--yes", "--account", "111122223333");
    assert.equal(other.code, 2);
    assert.match(
      other.stderr,
      /--account 111122223333 is not one of platform:accounts in Pulumi\.dev\.yaml \(444455556666\)/,
    );
  });

  it("goes on where a killed bootstrap stopped", async () => {
    project.write("Pulumi.dev.yaml", "config: {}\n");
    const locks = join(offline(), "state/.pulumi/locks/organization/platform/dev-backend");
    mkdirSync(locks, { recursive: true });
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const held = { pid, username: "nobody", hostname: "nowhere", timestamp: "2026-01-01T00:00:00Z" };
    writeFileSync(join(locks, "00000000-0000-0000-0000-000000000000.json"), JSON.stringify(held));
    const { ran, report } = await bootstrap("dev", "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /Took away the lock of process/);
    assert.equal(report.changes.same, report.resources);
  });

  it("goes on after a bootstrap that the cloud refused, and makes it up with the next command", async () => {
    project.write("Pulumi.dev.yaml", "config: {}\n");
    assert.equal((await project.platform("offline", "reset")).code, 0);
    const outage = (what: string) => project.platform("offline", "outage", what, "--region", "us-west-2");
    await outage("start");
    const { ran } = await operate(project, "up", "dev", "--yes", "--skip-preview");
    assert.equal(ran.code, 4);
    assert.match(ran.stderr, /They could not be made, so dev has no bucket for its site's contract/);
    assert.equal(project.cloud().all().length, 0);
    await outage("end");
    const again = await operate(project, "up", "dev", "--yes", "--skip-preview");
    assert.equal(again.ran.code, 0, again.ran.stderr);
    assert.equal(urns("dev-backend").length, 9);
    assert.equal(stateOf(project.root, "dev-backend").pending_operations.length, 0);
  });
});

describe("state backends of other clouds on the real engine", function () {
  this.timeout(120_000);
  let project: Project;
  before(() => {
    project = makeProject({
      stacks: { dev: "config:\n  platform:project: portfolio-test\n", "durga-puja": "config: {}\n" },
    });
    const team = '{ team: { principalId: "9c1d2e3f-0000-4000-8000-00000000a001", type: "Group" } }';
    rewriteTable(
      project,
      [DEV_ROW, 'dev: { cloud: "gcp", region: "us-central1", siteContract: "none" }'],
      [
        DURGA_PUJA_ROW,
        `"durga-puja": { cloud: "azure", region: "eastus", siteContract: "delivered", operators: ${team} }`,
      ],
    );
  });
  after(() => {
    project.remove();
  });
  const bootstrap = async (stack: string, ...flags: string[]) => {
    const ran = await project.platform("backend", "bootstrap", stack, "--offline", "--yes", "--json", ...flags);
    return { ran, report: reportOf(ran) };
  };
  const URL_OF = {
    dev: /^gs:\/\/portfolio-dev-state-portfolio-test$/,
    "durga-puja": /^azblob:\/\/state\?storage_account=durgapujastate[a-z0-9]{6}$/,
  } as const;
  const KEY_OF = {
    dev: /^gcpkms:\/\/projects\/portfolio-test\/locations\/us-central1\/keyRings\/portfolio-dev-state\/cryptoKeys\/state$/,
    "durga-puja": /^azurekeyvault:\/\/durga-puja-state-[a-z0-9]{6}\.vault\.azure\.net\/keys\/state$/,
  } as const;

  for (const [stack, cloud] of [
    ["dev", "Google Cloud"],
    ["durga-puja", "Azure"],
  ] as const) {
    it(`are made on ${cloud} with one command, and found unchanged by the next one and by a refresh`, async () => {
      const made = await bootstrap(stack, "--skip-preview");
      assert.equal(made.ran.code, 0, made.ran.stderr);
      assert.match(String(made.report.outputs["backendUrl"]), URL_OF[stack]);
      assert.match(String(made.report.outputs["secretsProvider"]), KEY_OF[stack]);
      const again = await bootstrap(stack, "--refresh", "--expect-no-changes");
      assert.equal(again.ran.code, 0, again.ran.stderr);
      assert.equal(again.report.changes.same, made.report.resources);
    });
  }

  it("refuse what is no project or no subscription, and ask for one on the real cloud", async () => {
    const cases: readonly [args: readonly string[], message: RegExp][] = [
      [["dev", "--account", "123456789012"], /--account: "123456789012" is no project: give its id/],
      [
        ["dev", "--account", "another-project"],
        /is not one of platform:project in Pulumi\.dev\.yaml \(portfolio-test\)/,
      ],
      [["durga-puja", "--account", "ours"], /--account: "ours" is no subscription: give its GUID/],
      [
        ["durga-puja"],
        /say in which subscription the state of durga-puja is kept, with --account <GUID>, or name it alone/,
      ],
    ];
    for (const [args, message] of cases) {
      const ran = await project.platform("backend", "bootstrap", ...args, "--yes");
      assert.equal(ran.code, 2, args.join(" "));
      assert.match(ran.stderr, message);
    }
  });
});

describe("the state of a state backend", function () {
  this.timeout(60_000);
  let folder: string;
  let at: (place: string) => StackAt;
  const stack = "dev-backend";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "platform-backend-state-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: platform\nruntime: nodejs\n");
    const { executable } = await findEngine({ root: REPOSITORY, env: process.env, report: () => undefined });
    const environment = { ...process.env, ...engineEnvironment(), PULUMI_HOME: join(folder, "home") };
    at = (place) => {
      mkdirSync(join(folder, place), { recursive: true });
      return { executable, project: folder, environment, url: `file://${join(folder, place)}`, stack };
    };
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (place: string) => join(folder, place, ".pulumi/stacks/platform", `${stack}.json`);
  const urn = (name: string) => `urn:pulumi:${stack}::platform::pulumi:pulumi:Stack::${name}`;
  const put = (place: string, name: string) => {
    const { executable, environment, url } = at(place);
    const state = join(folder, "put.json");
    const resources = [{ urn: urn(name), custom: false, type: "pulumi:pulumi:Stack" }];
    const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
    writeFileSync(state, JSON.stringify({ version: 3, deployment: { manifest, resources } }));
    execFileSync(executable, ["stack", "import", "--stack", stack, "--file", state, "--force"], {
      cwd: folder,
      env: { ...environment, PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "" },
      stdio: "ignore",
    });
  };

  it("is copied to a backend that has none, and then in place of what is there", () => {
    makeStack(at("local"));
    put("local", "first");
    assert.equal(copyState(at("local"), at("bucket")), undefined);
    assert.ok(readFileSync(file("bucket"), "utf8").includes(urn("first")));
    put("local", "second");
    assert.equal(copyState(at("local"), at("bucket")), undefined);
    const kept = readFileSync(file("bucket"), "utf8");
    assert.ok(kept.includes(urn("second")) && !kept.includes(urn("first")));
  });

  it("goes back to a machine that does not have it", () => {
    assert.equal(copyState(at("bucket"), at("another-machine")), undefined);
    assert.ok(readFileSync(file("another-machine"), "utf8").includes(urn("second")));
  });

  it("that is not there is not copied: the engine's reason is given, and nothing is made", () => {
    assert.match(copyState(at("empty"), at("target")) ?? "", /no stack named 'dev-backend' found/);
    assert.ok(!existsSync(file("target")));
  });
});
