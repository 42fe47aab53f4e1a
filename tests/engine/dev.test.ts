import assert from "node:assert/strict";
import { Cloud } from "../../offline/cloud/cloud";
import { join } from "node:path";
import { assertEmpty, assertGolden, stateOf } from "./golden";
import { makeProject, type Project } from "./project";
import { operate } from "./report";

const STACK = "dev";

describe("dev on the real engine", function () {
  this.timeout(120_000);
  let project: Project;
  before(() => {
    project = makeProject({ state: "once" });
  });
  after(() => {
    project.remove();
  });
  const run = (...args: string[]) => operate(project, ...args);

  it("[PF-CLOUD-04] [PF-CLOUD-01] creates exactly the golden resources in us-west-2", async () => {
    const { ran, report } = await run("up", STACK, "--yes");
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(report.changes.create, report.resources);
    assertGolden(STACK, stateOf(project.root, STACK).resources);
    const regions = new Set(
      project
        .cloud()
        .all()
        .filter(({ type }) => type.startsWith("aws:"))
        .map(({ scope }) => scope.region),
    );
    assert.deepEqual([...regions].sort(), ["", "us-west-2"]);
  });

  it("previews no change afterwards, and refreshes without finding any", async () => {
    const preview = await run("preview", STACK, "--expect-no-changes");
    assert.equal(preview.ran.code, 0, preview.ran.stderr);
    const refresh = await run("refresh", STACK, "--yes", "--expect-no-changes");
    assert.equal(refresh.ran.code, 0, refresh.ran.stderr);
  });

  it("destroys without protection in the way, and leaves the offline cloud empty", async () => {
    const { ran, report } = await run("destroy", STACK, "--yes");
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(report.resources, 0);
    assertEmpty(project, STACK);
  });
});

const ADOPTING = `
import { Provider } from "@pulumi/aws/provider";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { Vpc } from "@pulumi/aws/ec2/vpc";

export default async function program() {
  const provider = new Provider("aws", { region: "eu-west-1", skipCredentialsValidation: true });
  const existing = Vpc.get("existing", "vpc-0123456789abcdef0", undefined, { provider });
  const bucket = new Bucket("adopted", { bucket: "made-by-hand" }, { provider, import: "made-by-hand" });
  return { range: existing.cidrBlock, bucket: bucket.arn };
}
`;

describe("what is there already, on the real engine", function () {
  this.timeout(60_000);
  let project: Project;
  const scope = { account: "111122223333", region: "eu-west-1" };
  const vpc = "vpc-0123456789abcdef0";

  before(() => {
    project = makeProject({
      program: ADOPTING,
      stacks: { adopting: "config: {}\n" },
    });
    const cloud = Cloud.open(join(project.root, ".platform/offline"));
    const range = { cidrBlock: "10.7.0.0/16" };
    const name = { bucket: "made-by-hand" };
    const imported = { bucket: "imported" };
    const arn = (bucket: string) => ({ arn: `arn:aws:s3:::${bucket}` });
    cloud.commit({
      put: [
        { type: "aws:ec2/vpc:Vpc", id: vpc, scope, inputs: range, outputs: { ...range, id: vpc }, readyAt: 0 },
        ...[name, imported].map((inputs) => ({
          type: "aws:s3/bucket:Bucket",
          id: inputs.bucket,
          scope,
          inputs,
          outputs: { ...inputs, ...arn(inputs.bucket) },
          readyAt: 0,
        })),
      ],
    });
    cloud.close();
  });
  after(() => {
    project.remove();
  });

  it("X.get reads it, and the option import adopts it", async () => {
    const { ran, report } = await operate(project, "up", "adopting", "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(report.outputs, { range: "10.7.0.0/16", bucket: "arn:aws:s3:::made-by-hand" });
    const adopted = stateOf(project.root, "adopting").resources.find(({ type }) => type === "aws:s3/bucket:Bucket");
    assert.equal(adopted?.id, "made-by-hand");
  });

  it("pulumi import adopts it from the command line, and refuses what does not exist", async () => {
    const adopt = (bucket: string) =>
      project.platform(
        ...[
          "offline",
          "--",
          "pulumi",
          "import",
          "aws:s3/bucket:Bucket",
          bucket,
          bucket,
          "--stack",
          "adopting",
          "--yes",
        ],
        ...[
          "--generate-code=false",
          "--protect=false",
          "--provider",
          "aws=urn:pulumi:adopting::platform::pulumi:providers:aws::aws",
        ],
      );
    const done = await adopt("imported");
    assert.equal(done.code, 0, done.stdout + done.stderr);
    const ids = stateOf(project.root, "adopting").resources.map(({ id }) => id);
    assert.ok(ids.includes("imported"));
    const missing = await adopt("nobody-made-it");
    assert.notEqual(missing.code, 0);
    assert.match(missing.stdout + missing.stderr, /does not exist/);
  });

  it("destroy deletes what was adopted and leaves what was only read", async () => {
    const { ran } = await operate(project, "destroy", "adopting", "--yes");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(
      project
        .cloud()
        .all()
        .map(({ id }) => id),
      [vpc],
    );
  });
});
