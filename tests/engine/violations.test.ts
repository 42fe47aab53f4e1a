import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../policies/rules";
import { VIOLATIONS } from "../policies/violations";
import { makeProject, type Project, type Ran } from "./project";

const PROGRAM = `export { plantViolations as default } from "./tests/policies/violations";\n`;

/** The file of a stack that plants one violation, or all: a site of its own, in the regions that it says. */
const stack = (violation: string) =>
  [
    "config:",
    "  platform:class: production",
    "  platform:site: planted",
    "  platform:region: us-west-2",
    "  platform:backupRegion: us-east-2",
    `  platform:regions: '["us-central1", "us-east1", "eastus"]'`,
    `  platform:violation: ${violation}`,
    "",
  ].join("\n");

/** Every resource of another cloud violates it: beside the other programs its own would be one of many. */
const ALONE = "dr-no-dependency-on-primary";

const escaped = (text: string) => text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);

/** How the engine names a violation of a mandatory rule. */
const named = (rule: string, resource: string) =>
  new RegExp(String.raw`\[mandatory\]\s+\[severity: \w+\]\s+${escaped(rule)}\s+\(${escaped(resource)}\)`);

/** What the engine says of a rule, until it says something of the next. */
function saidOf(rule: string, output: string): string {
  const parts = output.split(/(?=\[(?:mandatory|advisory|remediate)\]\s+\[severity: )/);
  return parts.filter((part) => new RegExp(String.raw`^\S+\s+\[severity: \w+\]\s+${rule}\s`).test(part)).join("\n");
}

/** `pulumi preview` with the pack and nothing else. */
async function plainPreview(project: Project, name: string): Promise<Ran> {
  const pulumi = (...args: string[]) => project.platform("offline", "--", "pulumi", ...args, "--non-interactive");
  const made = await pulumi("stack", "init", name);
  assert.equal(made.code, 0, made.stdout + made.stderr);
  return pulumi("preview", "--stack", name, "--policy-pack", join(project.root, "policies"));
}

describe("planted violations on the real engine", function () {
  this.timeout(60_000);
  let project: Project;
  /** By the stack that plants them. */
  const previewed: Record<string, Ran> = {};
  before(async () => {
    const names = ["all", ALONE, "plain", "none"];
    const stacks = Object.fromEntries(names.map((name) => [name, stack(name === "plain" ? "all" : name)]));
    project = makeProject({ program: PROGRAM, stacks, policies: "asked" });
    // The planted rules alone: what else is wrong with the programs is no matter here.
    const levels = RULES.map(({ id }) => [id, id in VIOLATIONS ? "mandatory" : "disabled"] as const);
    project.write("planted.json", JSON.stringify(Object.fromEntries(levels)));
    for (const name of ["all", ALONE]) {
      previewed[name] = await project.platform("preview", name, "--offline", "--policy-pack-config", "planted.json");
    }
  });
  after(() => {
    project.remove();
  });

  it("[PR-05] stop platform preview with the code of policies", () => {
    for (const { code, stdout, stderr } of Object.values(previewed)) assert.equal(code, 5, stdout + stderr);
  });

  for (const [rule, { resource, remedy }] of Object.entries(VIOLATIONS)) {
    it(`[PR-05] ${rule} names the resource, the reason and the remedy, and is mandatory`, () => {
      const { stdout = "" } = previewed[rule === ALONE ? ALONE : "all"] ?? {};
      assert.match(stdout, named(rule, resource.join(": ")));
      const said = saidOf(rule, stdout);
      assert.match(said, /^\s+Why: /m);
      assert.match(said, new RegExp(String.raw`^\s+Remedy: .*${escaped(remedy)}`, "m"));
    });
  }

  it("where nothing is planted, nothing stops it", async () => {
    const { code, stdout, stderr } = await project.platform("preview", "none", "--offline");
    assert.equal(code, 0, stdout + stderr);
  });

  it("[PR-05] plain pulumi preview with the pack is stopped by all of them, and says each remedy", async () => {
    const { code, stdout, stderr } = await plainPreview(project, "plain");
    assert.equal(code, 1, stdout + stderr);
    const silent = Object.entries(VIOLATIONS).filter(([rule, { remedy }]) => !saidOf(rule, stdout).includes(remedy));
    assert.deepEqual(
      silent.map(([rule]) => rule),
      [],
      stdout + stderr,
    );
  });
});

/** The pack itself, in a folder with exemptions of its own. */
describe("planted exemptions on the real engine", function () {
  this.timeout(120_000);
  const RULE = "exception-hygiene";
  const REMEDY =
    /Remedy: Give each exemption in policies\/exemptions\.yaml a rule, one type and name, a reason, an owner/;
  const EXPIRED = /exemptions\.yaml\[1\]\.expires expired on 2020-01-31: mend what it exempts, or agree on it anew/;
  let project: Project;
  before(() => {
    project = makeProject({
      program: PROGRAM,
      stacks: { planted: stack("none"), plain: stack("none") },
      policies: "asked",
    });
    const pack = join(project.root, "policies");
    rmSync(pack);
    symlinkSync(join(project.root, "tests/policies/violations", RULE), pack);
  });
  after(() => {
    project.remove();
  });

  it("[PR-05] platform preview is stopped by an exemption that has expired", async () => {
    const { code, stdout, stderr } = await project.platform("preview", "planted", "--offline");
    assert.equal(code, 5, stdout + stderr);
    assert.match(saidOf(RULE, stdout), EXPIRED);
    assert.match(saidOf(RULE, stdout), REMEDY);
  });

  it("[PR-05] and so is plain pulumi preview", async () => {
    const { code, stdout, stderr } = await plainPreview(project, "plain");
    assert.equal(code, 1, stdout + stderr);
    assert.match(saidOf(RULE, stdout), EXPIRED);
    assert.match(saidOf(RULE, stdout), REMEDY);
  });
});
