import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "../../../offline/cloud/cloud";
import { changedOutages, describeOutage, endCommand, outageOf, type Outage } from "../../../offline/cloud/faults";

const region: Outage = { cloud: "aws", region: "west", planes: ["control", "data"] };
const zone: Outage = { cloud: "aws", region: "west", zone: "west-a", planes: ["control"] };
const whole: Outage = { cloud: "aws", planes: ["data"] };

describe("offline/cloud/faults: outages", () => {
  it("adds up the planes of one place, and takes them away one by one", () => {
    const data = changedOutages([], { begin: { ...region, planes: ["data"] } });
    const both = changedOutages(data, { begin: { ...region, planes: ["control"] } });
    assert.deepEqual(both, [region]);
    assert.deepEqual(changedOutages(both, { begin: region }), [region]);
    assert.deepEqual(changedOutages(both, { end: { ...region, planes: ["control"] } }), data);
    assert.deepEqual(changedOutages(both, { end: region }), []);
    assert.deepEqual(changedOutages([], { end: region }), []);
  });

  it("keeps a region and its zones apart: each ends by itself", () => {
    const off = changedOutages([region], { begin: zone });
    assert.deepEqual(off, [region, zone]);
    assert.deepEqual(changedOutages(off, { end: region }), [zone]);
    assert.deepEqual(changedOutages(off, { end: zone }), [region]);
    assert.deepEqual(changedOutages(off, { end: "all" }), []);
  });

  it("takes the zones with their region, and no region with its zone", () => {
    const at = { cloud: "aws", region: "west", plane: "control" } as const;
    assert.equal(outageOf([zone], at), undefined);
    assert.equal(outageOf([zone], { ...at, zone: "west-a" }), zone);
    assert.equal(outageOf([zone], { ...at, zone: "west-b" }), undefined);
    assert.equal(outageOf([zone], { ...at, zone: "west-a", plane: "data" }), undefined);
    assert.equal(outageOf([region], { ...at, zone: "west-b", plane: "data" }), region);
    assert.equal(outageOf([region], { ...at, region: "east" }), undefined);
  });

  it("takes the regions and zones with their cloud, and what is in none; nothing of another cloud", () => {
    const at = { cloud: "aws", plane: "data" } as const;
    assert.equal(outageOf([whole], at), whole);
    assert.equal(outageOf([whole], { ...at, region: "east" }), whole);
    assert.equal(outageOf([whole], { ...at, region: "east", zone: "east-b" }), whole);
    assert.equal(outageOf([whole], { ...at, plane: "control" }), undefined);
    assert.equal(outageOf([whole], { ...at, cloud: "gcp" }), undefined);
    assert.equal(outageOf([region, zone], at), undefined);
    const off = changedOutages([region], { begin: whole });
    assert.deepEqual(changedOutages(off, { end: whole }), [region]);
    assert.deepEqual(changedOutages(off, { end: region }), [whole]);
  });

  it("is told in words, with the command that ends it", () => {
    assert.equal(describeOutage(region), "aws west (control, data)");
    assert.equal(describeOutage(zone), "aws west-a (control)");
    assert.equal(endCommand(region), "npx platform offline outage end --cloud aws --region west");
    assert.equal(endCommand(zone), "npx platform offline outage end --cloud aws --region west --zone west-a");
    const azure: Outage = { cloud: "azure", region: "west", zone: "2", planes: ["data"] };
    assert.equal(describeOutage(azure), "azure west zone 2 (data)");
    assert.equal(describeOutage(whole), "aws (data)");
    assert.equal(endCommand(whole), "npx platform offline outage end --cloud aws");
  });

  it("is in the journal with the time that calls waited: calls side by side wait once, a call again waits again", () => {
    const folder = mkdtempSync(join(tmpdir(), "outage-"));
    const cloud = Cloud.open(folder);
    cloud.commit({
      put: [{ type: "t", id: "a", scope: { account: "", region: "west" }, inputs: {}, outputs: {}, readyAt: 40 }],
    });
    cloud.commit({ outages: [region, zone] });
    const times = ["a", "b", "a", "b", "c"].map((call) => {
      cloud.waitInVain(call, 100);
      return cloud.now;
    });
    assert.deepEqual(times, [140, 140, 240, 240, 240]);
    cloud.close();

    const again = Cloud.open(folder);
    assert.deepEqual(again.outages(), [region, zone]);
    assert.equal(again.now, 240);
    again.waitInVain("a", 100);
    assert.equal(again.now, 340);
    again.commit({ outages: [] });
    again.commit({ outages: [zone] });
    again.waitInVain("a", 100);
    assert.equal(again.now, 440);
    again.close();
    assert.deepEqual(Cloud.snapshot(folder).outages(), [zone]);
    rmSync(folder, { recursive: true });
  });
});
