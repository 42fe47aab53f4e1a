import assert from "node:assert/strict";
import { z } from "zod";
import { settingsSchema } from "../../../config/json-schema";
import {
  checkClusterAdoption,
  checkKeyAdoption,
  checkNetworkAdoption,
  clusterAdoption,
  keyAdoption,
  networkAdoption,
  registryAdoption,
  zoneSettings,
} from "../../../config/schema/adoption";
import { zoneLetters } from "../../../components/planning/address-plan";

function problems(schema: z.ZodType, given: unknown): readonly string[] {
  return (schema.safeParse(given).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const network = z
  .strictObject({ zones: z.array(z.enum(zoneLetters)).default(["a", "b"]), adopt: networkAdoption() })
  .superRefine(checkNetworkAdoption);

const subnet = (digit: string) => `subnet-${digit.repeat(8)}`;
const whole = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: {
    public: { a: subnet("1"), b: subnet("2") },
    private: { a: subnet("3"), b: subnet("4") },
    database: { a: subnet("5"), b: subnet("6") },
  },
};

describe("settings of an adopted network", () => {
  it("take one subnet for every tier and zone, or none at all", () => {
    assert.deepEqual(network.parse({}), { zones: ["a", "b"] });
    assert.deepEqual(network.parse({ adopt: whole }).adopt, whole);
  });

  it("name a tier that is missing", () => {
    const { database: _, ...rest } = whole.subnetIds;
    assert.deepEqual(problems(network, { adopt: { ...whole, subnetIds: rest } }), [
      "adopt.subnetIds.database: vpc-0123456789abcdef0 has no database tier here: name one subnet for each of the zones a, b",
    ]);
    assert.equal(problems(network, { adopt: { vpcId: whole.vpcId } }).length, 3);
  });

  it("name a zone that is missing, and one too many", () => {
    const subnetIds = { ...whole.subnetIds, private: { a: subnet("3"), c: subnet("7") } };
    assert.deepEqual(problems(network, { adopt: { ...whole, subnetIds } }), [
      "adopt.subnetIds.private.b: the private tier has no subnet in zone b: name one, or take b out of network.zones",
      "adopt.subnetIds.private.c: zone c is not in network.zones (a, b): add it there or take the subnet out",
    ]);
  });

  it("refuse one subnet at two places, and ids that are none", () => {
    const subnetIds = { ...whole.subnetIds, database: whole.subnetIds.private };
    assert.deepEqual(problems(network, { adopt: { ...whole, subnetIds } }), [
      `adopt.subnetIds.database.a: ${subnet("3")} stands at private.a too: give each tier and zone a subnet of its own`,
      `adopt.subnetIds.database.b: ${subnet("4")} stands at private.b too: give each tier and zone a subnet of its own`,
    ]);
    assert.deepEqual(problems(network, { adopt: { ...whole, vpcId: "vpc-1" } }), [
      "adopt.vpcId: give the id of a VPC: vpc- and 8 or 17 hexadecimal digits",
    ]);
  });
});

describe("settings of an adopted cluster", () => {
  const cluster = z
    .strictObject({
      ...clusterAdoption({ mode: "create" }),
      admins: z.record(z.string(), z.string()).default({}),
    })
    .superRefine(checkClusterAdoption);

  it("refuse administrators that nobody would let in", () => {
    assert.equal(cluster.parse({}).mode, "create");
    assert.deepEqual(problems(cluster, { admins: { platform: "arn" } }), []);
    assert.deepEqual(problems(cluster, { mode: "adopt", admins: { platform: "arn" } }), [
      "admins: names platform while mode is adopt, so nobody lets them in: take them out, or let the cluster's owner add them",
    ]);
  });
});

describe("settings of the registry", () => {
  const registry = registryAdoption({ mode: "skip", images: [] });

  it("take new repositories, existing ones, or none", () => {
    assert.deepEqual(registry.parse({}), { mode: "skip", images: [], repositories: {} });
    assert.deepEqual(problems(registry, { mode: "create", images: ["backend"] }), []);
    assert.deepEqual(problems(registry, { mode: "adopt", repositories: { backend: "team/backend" } }), []);
  });

  it("refuse a mode that the rest contradicts", () => {
    assert.deepEqual(problems(registry, { mode: "adopt" }), [
      "repositories: is empty while mode is adopt: name an existing repository for each image",
    ]);
    assert.deepEqual(problems(registry, { mode: "skip", repositories: { backend: "team/backend" } }), [
      "repositories: names backend while mode is skip: set mode to adopt, or take them out",
    ]);
    assert.deepEqual(problems(registry, { mode: "create" }), [
      "images: is empty while mode is create: name an image, or set mode to skip",
    ]);
    assert.deepEqual(problems(registry, { mode: "adopt", repositories: { backend: "Team/backend" } }), [
      "repositories.backend: give the name of a repository: 2 to 256 small letters, digits and ._-/",
    ]);
  });
});

describe("settings of the DNS zone", () => {
  const zone = zoneSettings({ mode: "skip" });

  it("take a new zone, an existing one, or none", () => {
    assert.deepEqual(zone.parse({}), { mode: "skip" });
    assert.deepEqual(problems(zone, { mode: "create", name: "shop.example.com" }), []);
    assert.deepEqual(problems(zone, { mode: "adopt", name: "example.com", zoneId: "Z0123456789ABCDEFGHIJ" }), []);
  });

  it("refuse a zone without a name, an id of nothing, and a name with a dot at its end", () => {
    assert.deepEqual(problems(zone, { mode: "create" }), [
      "name: is missing while mode is create: give the zone's name, or set mode to skip",
    ]);
    assert.deepEqual(problems(zone, { mode: "create", name: "example.com", zoneId: "Z0123456789ABCDEFGHIJ" }), [
      "zoneId: is given while mode is create: set mode to adopt, or take it out",
    ]);
    assert.deepEqual(problems(zone, { mode: "adopt", name: "example.com." }), [
      "name: give the name of a zone in small letters, without a dot at its end: example.com",
    ]);
  });
});

describe("settings of adopted keys", () => {
  const stack = z.strictObject({ region: z.string(), keys: keyAdoption() }).superRefine(checkKeyAdoption);
  const key = (region: string, id: string) => `arn:aws:kms:${region}:111122223333:key/${id}`;

  it("take a key for some purposes, of the stack's region", () => {
    assert.deepEqual(stack.parse({ region: "us-west-2" }).keys, {});
    const keys = { data: key("us-west-2", "1"), logs: key("us-west-2", "2") };
    assert.deepEqual(problems(stack, { region: "us-west-2", keys }), []);
  });

  it("refuse a key of another region, one for two purposes, and what is no key", () => {
    assert.deepEqual(problems(stack, { region: "us-west-2", keys: { data: key("us-east-2", "1") } }), [
      "keys.data: is a key of us-east-2, and services of us-west-2 cannot use it: name a key of us-west-2",
    ]);
    const twice = { data: key("us-west-2", "1"), secrets: key("us-west-2", "1") };
    assert.deepEqual(problems(stack, { region: "us-west-2", keys: twice }), [
      "keys.secrets: is the key for data too, so that a right to one opens both: name a key of its own",
    ]);
    assert.deepEqual(problems(stack, { region: "us-west-2", keys: { data: "alias/data" } }), [
      "keys.data: give the ARN of a key, not of an alias: arn:aws:kms:<region>:<account>:key/<id>",
    ]);
    assert.equal(problems(stack, { region: "us-west-2", keys: { other: key("us-west-2", "1") } }).length, 1);
  });
});

describe("settings of adoption", () => {
  it("all have a description and can be written down as a schema", () => {
    const settings = z.strictObject({
      network: networkAdoption(),
      cluster: z.strictObject(clusterAdoption({ mode: "create" })).meta({ description: "Cluster" }),
      registry: registryAdoption({ mode: "skip", images: [] }),
      zone: zoneSettings({ mode: "skip" }),
      keys: keyAdoption(),
    });
    const { properties = {} } = settingsSchema(settings);
    for (const [group, { description, properties: inner = {} }] of Object.entries(properties)) {
      assert.match(description ?? "", /^[^\n]+[^.\n]$/, group);
      for (const [name, setting] of Object.entries(inner)) {
        assert.match(setting.description ?? "", /^[^\n]+[^.\n]$/, `${group}.${name}`);
      }
    }
  });
});
