import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSiteContract, siteContractPath } from "../../components/contracts/site-contract";
import { assertGolden, stateOf } from "./golden";
import { assertNothingLostOrDoubled, assertRegionNamed, countIn, withRegionOff } from "./outage";
import { makeProject, type Project } from "./project";
import { operate } from "./report";

const STACK = "prod";
const REGION = "us-west-2";

/** One life of the primary site, outages of its region included; the tests run in order. */
describe("prod on the real engine", function () {
  this.timeout(240_000);
  let project: Project;
  before(() => {
    project = makeProject({ state: "once" });
  });
  after(() => {
    project.remove();
  });
  const run = (...args: string[]) => operate(project, ...args);
  const up = (...args: string[]) => run("up", STACK, "--yes", "--skip-preview", ...args);
  const ids = () => stateOf(project.root, STACK).resources.map(({ urn, id }) => `${urn} ${id ?? ""}`);
  /** What was in the region before the stack: the bucket and the key of its own state. */
  let backend: number;

  it("[PF-CLOUD-03] with us-west-2 switched off fails as the real one would, resource by resource, and makes nothing there", async () => {
    const bootstrapped = await project.platform("backend", "bootstrap", STACK, "--offline", "--yes");
    assert.equal(bootstrapped.code, 0, bootstrapped.stderr);
    backend = countIn(project, REGION);
    const { ran, report } = await withRegionOff(project, REGION, () => up("--continue-on-error"));
    assert.notEqual(ran.code, 0);
    assert.equal(report.result, "failed");
    assertRegionNamed(project, { stack: STACK, region: REGION }, ran.stderr);
    const named = new Set(
      [...ran.stderr.matchAll(/lookup ([a-z0-9.-]+)\.us-west-2\.amazonaws\.com/g)].map(([, of]) => of),
    );
    assert.ok(named.size >= 8, `only ${[...named].join(", ")} were tried`);
    assert.equal(countIn(project, REGION), backend);
    assertNothingLostOrDoubled(project, STACK);
  });

  it("[PF-CLOUD-01] [PF-CLOUD-02] converges when the region is back, on exactly the golden resources", async () => {
    const { ran, report } = await up();
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(report.changes.delete + report.changes.replace, 0);
    assertNothingLostOrDoubled(project, STACK);
    assertGolden(STACK, stateOf(project.root, STACK).resources);
  });

  it("tells the other sites of itself, in its state bucket and beside the state", () => {
    const file = join(project.root, ".platform/offline", siteContractPath(STACK));
    const text = readFileSync(file, "utf8");
    const contract = readSiteContract(text, { site: STACK, source: file });
    assert.deepEqual(contract.network.block, "10.32.0.0/12");
    assert.equal(contract.kubernetes?.apiAccess, "network");
    const stored = project
      .cloud()
      .all()
      .find(({ inputs }) => inputs["key"] === siteContractPath(STACK));
    assert.equal(stored?.inputs["content"], text);
  });

  it("previews no change, and refreshes without finding any", async () => {
    const preview = await run("preview", STACK, "--expect-no-changes");
    assert.equal(preview.ran.code, 0, preview.ran.stderr);
    const refresh = await run("refresh", STACK, "--yes", "--expect-no-changes");
    assert.equal(refresh.ran.code, 0, refresh.ran.stderr);
  });

  it("loses and doubles nothing when the region goes off before an update, which converges afterwards", async () => {
    const before = ids();
    const file = `Pulumi.${STACK}.yaml`;
    const original = readFileSync(join(__dirname, "../..", file), "utf8");
    project.write(file, original.replace("maxConnections: 1000", "maxConnections: 900"));
    const { ran } = await withRegionOff(project, REGION, () => up());
    assert.notEqual(ran.code, 0);
    assertRegionNamed(project, { stack: STACK, region: REGION }, ran.stderr);
    assertNothingLostOrDoubled(project, STACK);
    assert.deepEqual(ids().sort(), before.sort());
    const again = await up();
    assert.equal(again.ran.code, 0, again.ran.stderr);
    assert.deepEqual(
      [again.report.changes.create, again.report.changes.update, again.report.changes.replace],
      [0, 1, 0],
    );
    project.write(file, original);
  });

  it("refuses to be destroyed while it is protected, and says how the protection is taken off", async () => {
    const before = ids();
    const ran = await project.platform("destroy", STACK, "--offline", "--yes");
    assert.notEqual(ran.code, 0);
    assert.match(ran.stdout + ran.stderr, /because it is protected/);
    assert.match(ran.stderr, /platform unprotect prod --offline/);
    assert.deepEqual(ids(), before);
  });

  it("destroys to an empty cloud once it is unprotected; its state's bucket and key stay", async () => {
    const unprotected = await run("unprotect", STACK, "--yes", "--skip-preview");
    assert.equal(unprotected.ran.code, 0, unprotected.ran.stderr);
    const { ran, report } = await run("destroy", STACK, "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(report.resources, 0);
    const left = project
      .cloud()
      .all()
      .filter(({ urn }) => urn === undefined || !urn.startsWith("urn:pulumi:prod-backend::"));
    assert.deepEqual(
      left.map(({ type, id }) => `${type} ${id}`),
      [],
    );
    assert.equal(countIn(project, REGION), backend);
  });
});
