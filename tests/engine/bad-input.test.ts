import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OperationReport } from "../../cli/operate";
import { makeProject, type Project } from "./project";

/** What a person may get wrong, on the real engine: what it says, its exit code, and that the next command works. */
describe("bad input", function () {
  this.timeout(60_000);
  let project: Project;
  before(() => {
    project = makeProject();
  });
  after(() => {
    project.remove();
  });

  it("an unknown stack is named, with those that there are; the code is that of a missing stack", async () => {
    const { code, stderr } = await project.platform("up", "prdo", "--offline", "--yes");
    assert.equal(code, 6);
    assert.equal(
      stderr,
      'error: there is no stack "prdo": the project has dev, dr, durga-puja, prod, prod-gcp; a stack is made by writing Pulumi.prdo.yaml\n',
    );
  });

  it("--json gives its one object also when there was nothing to run", async () => {
    const { code, stdout } = await project.platform("preview", "prdo", "--offline", "--json");
    const { seconds, ...report } = JSON.parse(stdout) as OperationReport;
    assert.equal(code, 6);
    assert.ok(seconds >= 0);
    assert.deepEqual(report, {
      stack: "prdo",
      operation: "preview",
      result: "failed",
      changes: { create: 0, update: 0, delete: 0, replace: 0, same: 0 },
      violations: [],
      resources: 0,
      outputs: {},
    });
  });

  it("recover on a stack that does not exist, and on one that was never deployed", async () => {
    const unknown = await project.platform("recover", "prdo", "--offline");
    assert.equal(unknown.code, 6, unknown.stderr);
    assert.match(unknown.stderr, /^error: there is no stack "prdo"/);
    const empty = await project.platform("recover", "dev", "--offline", "--json");
    assert.equal(empty.code, 0, empty.stderr);
    assert.match(empty.stderr, /^Stack dev was never deployed .*: there is nothing to recover\.\n$/);
    assert.equal((JSON.parse(empty.stdout) as OperationReport).result, "succeeded");
  });

  for (const [operation, look] of [
    ["up", "preview dev"],
    ["refresh", "refresh dev --preview-only"],
    ["destroy", "destroy dev --preview-only"],
    ["unprotect", "unprotect dev --preview-only"],
  ] as const) {
    it(`${operation} without --yes and without a terminal to ask on names both ways out`, async () => {
      const { code, stdout, stderr } = await project.platform(operation, "dev", "--offline");
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(
        stderr,
        new RegExp(`^error: ${operation} asks .* add --yes, .*\n  npx platform ${look} --offline\n$`),
      );
    });
  }

  it("--base on anything but a preview", async () => {
    const { code, stderr } = await project.platform("up", "dev", "--offline", "--yes", "--base", "HEAD");
    assert.equal(code, 1);
    assert.match(stderr, /works with preview only: npx platform preview dev --offline/);
  });

  it("a command that is not there, with the offline cloud attached", async () => {
    const { code, stderr } = await project.platform("offline", "--", "plumi");
    assert.equal(code, 1);
    assert.match(stderr, /^error: there is no command "plumi" on PATH: after -- comes/);
  });

  it("a stack without configuration says what it needs; the code is that of a configuration error", async () => {
    project.write("Pulumi.bare.yaml", "");
    const { code, stdout, stderr } = await project.platform("preview", "bare", "--offline");
    assert.equal(code, 2, stdout + stderr);
    assert.match(
      stdout,
      /The configuration of stack bare \(Pulumi\.bare\.yaml\) has a problem:\n\s+platform:blueprint: /,
    );
  });

  it("every problem of a configuration is reported at once, and nothing is registered", async () => {
    project.write(
      "Pulumi.wrong.yaml",
      [
        "config:",
        "  platform:blueprint: durga-puja",
        "  platform:netwrok: {}",
        "  platform:network:",
        "    zones: [a, b, c]",
        "    subnets:",
        "      private: { a: 10.0.1.0/25 }",
        "      database: { a: 10.9.0.0/24 }",
        "  platform:cluster:",
        "    primary: { desired: many, min: 6 }",
        "  platform:frontend: { replicas: { min: 12 } }",
        "",
      ].join("\n"),
    );
    const { code, stdout } = await project.platform("up", "wrong", "--offline", "--yes", "--skip-preview");
    assert.equal(code, 2, stdout);
    for (const problem of [
      /platform:netwrok: there is no such setting: .*network/,
      /platform:network\.subnets\.public\.a: 10\.0\.1\.0\/24 overlaps subnets\.private\.a \(10\.0\.1\.0\/25\): give one of them a range/,
      /platform:network\.subnets\.database\.a: .*10\.9\.0\.0\/24.*10\.0\.0\.0\/16/,
      /platform:cluster\.primary\.desired: /,
      /platform:frontend\.replicas/,
    ]) {
      assert.match(stdout, problem);
    }
    assert.deepEqual(project.cloud().all(), []);
  });

  it("a base revision that git does not know, and a base without --offline", async () => {
    const unknown = await project.platform("preview", "dev", "--offline", "--base", "no-such-ref");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /--base no-such-ref: git knows no such revision here/);
    const real = await project.platform("preview", "dev", "--base", "HEAD");
    assert.equal(real.code, 1);
    assert.match(real.stderr, /works offline only: add --offline/);
  });

  it("a fault that does not exist, and a count that is none", async () => {
    const kind = await project.platform("offline", "fault", "earthquake");
    assert.equal(kind.code, 1);
    assert.match(
      kind.stderr,
      /there is no fault "earthquake": choose one of throttling, internal, timeout-after-change, partial-creation/,
    );
    const count = await project.platform("offline", "fault", "throttling", "--count", "none");
    assert.notEqual(count.code, 0);
    assert.match(count.stderr, /whole number, 1 or more/);
  });

  it("an offline folder that cannot be written to", async () => {
    const other = makeProject();
    try {
      writeFileSync(join(other.root, ".platform"), "a file where the folder should be");
      const { code, stderr } = await other.platform("up", "dev", "--offline", "--yes");
      assert.equal(code, 1);
      assert.match(stderr, /^error: .*\.platform/);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    } finally {
      other.remove();
    }
  });

  it("a program that does not compile says where; the next command works", async () => {
    const other = makeProject({
      program: "export default async function program() { return {;",
      stacks: { dev: "config: {}\n" },
    });
    try {
      const broken = await other.platform("preview", "dev", "--offline");
      assert.notEqual(broken.code, 0);
      assert.match(broken.stdout, /index\.ts:1:\d+/);
      other.write("index.ts", "export default async function program() { return {}; }");
      assert.equal((await other.platform("preview", "dev", "--offline")).code, 0);
    } finally {
      other.remove();
    }
  });

  it("offline without a command to run", async () => {
    const { code, stderr } = await project.platform("offline");
    assert.equal(code, 1);
    assert.match(stderr, /platform offline -- pulumi stack ls/);
  });
});
