import assert from "node:assert/strict";
import { survivesOutages } from "./outage";
import { makeProject, type Project } from "./project";
import { SMALL_PROGRAM, smallStack } from "./small-program";

const STACK = "small";

describe("outages on the real engine", function () {
  this.timeout(120_000);
  let project: Project;
  before(() => {
    project = makeProject({ program: SMALL_PROGRAM, stacks: { [STACK]: smallStack() } });
  });
  after(() => {
    project.remove();
  });

  survivesOutages(
    {
      stack: STACK,
      region: "eu-west-1",
      change: ["--config", "platform:subnets=150", "--config", "platform:team=b"],
      midway: 30,
    },
    () => project,
  );
});

describe("platform offline outage", function () {
  this.timeout(60_000);
  let project: Project;
  before(() => {
    project = makeProject({ program: SMALL_PROGRAM, stacks: { [STACK]: smallStack() } });
  });
  after(() => {
    project.remove();
  });
  const outage = async (...args: string[]) => {
    const { code, stdout, stderr } = await project.platform("offline", "outage", ...args);
    return [code, stdout, stderr.trim()];
  };

  it("starts, adds up, lists and ends", async () => {
    assert.deepEqual(await outage("list"), [0, "", "Nothing is switched off."]);
    assert.deepEqual(await outage("start", "--region", "us-west-2", "--plane", "data"), [
      0,
      "",
      "Switched off: aws us-west-2 (data).",
    ]);
    await outage("start", "--cloud", "aws", "--region", "us-west-2", "--plane", "control");
    assert.deepEqual(await outage("start", "--region", "us-west-2", "--zone", "us-west-2a"), [
      0,
      "",
      "Switched off: aws us-west-2a (control, data).",
    ]);
    assert.deepEqual(await outage("list"), [0, "aws us-west-2 (control, data)\naws us-west-2a (control, data)\n", ""]);
    assert.deepEqual(await outage("end", "--region", "us-west-2", "--plane", "data"), [
      0,
      "",
      "On again: aws us-west-2 (data).",
    ]);
    const [code, printed] = await outage("list", "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(String(printed)), [
      { cloud: "aws", region: "us-west-2", planes: ["control"] },
      { cloud: "aws", region: "us-west-2", zone: "us-west-2a", planes: ["control", "data"] },
    ]);
    assert.deepEqual(await outage("end", "--all"), [0, "", "Everything is on."]);
    assert.deepEqual(await outage("list", "--json"), [0, "[]\n", ""]);
  });

  it("switches a whole cloud off and on, plane by plane, beside its regions", async () => {
    assert.deepEqual(await outage("start", "--cloud", "gcp", "--plane", "data"), [0, "", "Switched off: gcp (data)."]);
    await outage("start", "--cloud", "gcp", "--plane", "control");
    await outage("start", "--cloud", "azure", "--region", "eastus");
    await outage("start", "--cloud", "azure");
    assert.deepEqual(await outage("list"), [
      0,
      "gcp (control, data)\nazure eastus (control, data)\nazure (control, data)\n",
      "",
    ]);
    assert.deepEqual(await outage("end", "--cloud", "gcp", "--plane", "data"), [0, "", "On again: gcp (data)."]);
    assert.deepEqual(await outage("end", "--cloud", "azure"), [0, "", "On again: azure (control, data)."]);
    const [, printed] = await outage("list", "--json");
    assert.deepEqual(JSON.parse(String(printed)), [
      { cloud: "gcp", planes: ["control"] },
      { cloud: "azure", region: "eastus", planes: ["control", "data"] },
    ]);
    await outage("end", "--all");
  });

  it("refuses what does not exist, what is not off, and half an order", async () => {
    assert.deepEqual(await outage("start", "--region", "us-west-9"), [
      2,
      "",
      'error: there is no AWS region "us-west-9"',
    ]);
    assert.deepEqual(await outage("start", "--region", "us-west-2", "--zone", "us-east-1a"), [
      2,
      "",
      'error: region us-west-2 has no zone "us-east-1a": it has us-west-2a, us-west-2b, us-west-2c, us-west-2d',
    ]);
    assert.deepEqual(await outage("end", "--region", "us-west-2"), [
      2,
      "",
      "error: aws us-west-2 is not switched off; nothing is",
    ]);
    assert.deepEqual(await outage("end"), [
      2,
      "",
      "error: say what is on again: --cloud <cloud>, or --region <region> [--zone <zone>], or --all",
    ]);
    assert.deepEqual(await outage("start"), [
      2,
      "",
      "error: say what is switched off: --cloud <cloud>, or --region <region> [--zone <zone>]",
    ]);
    assert.deepEqual(await outage("start", "--cloud", "aws", "--zone", "us-west-2a"), [
      2,
      "",
      "error: --zone us-west-2a: say of which region it is, with --region",
    ]);
    assert.deepEqual(await outage("end", "--cloud", "gcp"), [2, "", "error: gcp is not switched off; nothing is"]);
    const from = await project.platform("preview", STACK, "--from", "internet");
    assert.equal(from.code, 2);
    assert.match(from.stderr, /--from says where an offline command is run from: add --offline/);
  });
});
