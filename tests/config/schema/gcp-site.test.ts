import assert from "node:assert/strict";
import { z } from "zod";
import { settingsSchema } from "../../../config/json-schema";
import { gcpImageSettings, gcpKeyAdoption, gcpZoneSettings } from "../../../config/schema/gcp/adoption";
import { gcpClusterSettings } from "../../../config/schema/gcp/cluster";
import { gcpNetworkSettings } from "../../../config/schema/gcp/network";
import { gcpStackSettings } from "../../../config/schema/gcp/stack";
import { problems as stackProblems } from "../problems";

const stack = z.strictObject(
  gcpStackSettings({
    class: "production",
    region: "us-central1",
    backupRegion: "us-east1",
    requirement: "PF-CLOUD-01",
  }),
);
const network = gcpNetworkSettings({ zones: ["a", "b"], natAddresses: 2 });
const cluster = gcpClusterSettings({
  name: "shop-gke",
  version: "1.36",
  releaseChannel: "REGULAR",
  access: "dns-endpoint",
  requirement: "PF-CLOUD-02",
});
const keys = gcpKeyAdoption();
const images = gcpImageSettings({ mode: "skip", images: [] });
const dns = gcpZoneSettings({ mode: "skip" });

/** What is wrong with some settings, as `path: message`. */
function problems(schema: z.ZodType, given: unknown): readonly string[] {
  return (schema.safeParse(given).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const adopted = {
  network: "shared",
  cidr: "10.48.0.0/16",
  subnet: {
    name: "nodes",
    range: "10.48.0.0/17",
    pods: { rangeName: "pods", range: "10.52.0.0/14" },
    services: { rangeName: "services", range: "10.49.0.0/16" },
  },
  privateServicesRange: "private-services",
};

describe("settings of a stack on Google Cloud", () => {
  it("[PF-CLOUD-01] name a project, and have a region", () => {
    assert.deepEqual(stack.parse({ project: "shop-prod" }), {
      class: "production",
      protection: "on",
      project: "shop-prod",
      region: "us-central1",
      backupRegion: "us-east1",
    });
    assert.equal(problems(stack, {}).length, 1);
  });

  it("refuse a project that is none, and a region that is none", () => {
    const remedy =
      "give the id of a project: 6 to 30 small letters, digits and hyphens, a letter first and no hyphen last";
    for (const project of ["123456789012", "Shop-Prod", "shop", "shop-", "s".repeat(31)]) {
      assert.deepEqual(problems(stack, { project }), [`project: ${remedy}`], project);
    }
    assert.deepEqual(problems(stack, { project: "s".repeat(30) }), []);
    for (const region of ["us-east-1", "eastus", "us-central1-a"]) {
      assert.deepEqual(problems(stack, { project: "shop-prod", region, backupRegion: region }), [
        "region: give a region of Google Cloud such as us-central1",
        "backupRegion: give a region of Google Cloud such as us-central1",
      ]);
    }
  });
});

describe("settings of a network on Google Cloud", () => {
  it("have two zones or more, each once, and some addresses of Cloud NAT", () => {
    assert.deepEqual(network.parse({}), { zones: ["a", "b"], natAddresses: 2 });
    assert.deepEqual(problems(network, { zones: ["a"] }), [
      "zones: give at least two zones: databases and the cluster need two",
    ]);
    assert.deepEqual(problems(network, { zones: ["a", "a"] }), ["zones: names a zone twice: name each zone once"]);
    for (const natAddresses of [0, 17]) {
      assert.deepEqual(problems(network, { natAddresses }), ["natAddresses: give a whole number from 1 to 16"]);
    }
  });

  it("take a network that is there with all that is looked up of it", () => {
    assert.deepEqual(network.parse({ adopt: adopted }).adopt, adopted);
    const { pods: _, ...withoutPods } = adopted.subnet;
    assert.deepEqual(
      problems(network, { adopt: { ...adopted, subnet: withoutPods } }).map((problem) => problem.split(":")[0]),
      ["adopt.subnet.pods"],
    );
    assert.deepEqual(problems(network, { adopt: { ...adopted, network: "Shared", cidr: "10.48.0.1/16" } }), [
      "adopt.network: give a name of Google Cloud: small letters, digits and hyphens, a letter first and no hyphen last",
      'adopt.cidr: "10.48.0.1/16" starts inside its range: the first address of a /16 there is 10.48.0.0/16: correct it',
    ]);
  });
});

describe("settings of a cluster on Google Cloud", () => {
  it("[PF-CLOUD-02] run 1.36 behind the DNS endpoint", () => {
    assert.deepEqual(cluster.parse({}), {
      mode: "create",
      name: "shop-gke",
      version: "1.36",
      releaseChannel: "REGULAR",
      access: "dns-endpoint",
      publicCidrs: [],
      operators: {},
    });
    assert.deepEqual(problems(cluster, { version: "1.36.2", name: "Shop" }), [
      "name: give 1 to 40 small letters, digits and hyphens, a letter first",
      'version: give a minor version in quotes, such as "1.36"',
    ]);
    assert.deepEqual(problems(cluster, { name: "a".repeat(40) }), []);
    assert.equal(problems(cluster, { name: "a".repeat(41) }).length, 1);
  });

  it("let the ranges in that the access needs, and no others", () => {
    const offices = "name the ranges of your offices and runners";
    assert.deepEqual(problems(cluster, { access: "internet" }), [
      `publicCidrs: is empty while access is internet: ${offices}, or choose another access`,
    ]);
    assert.deepEqual(problems(cluster, { access: "internet", publicCidrs: ["0.0.0.0/0"] }), [
      `publicCidrs: has 0.0.0.0/0, which lets everybody in: ${offices}`,
    ]);
    assert.deepEqual(problems(cluster, { access: "network", publicCidrs: ["203.0.113.0/24"] }), [
      "publicCidrs: is 203.0.113.0/24 while access is network: take them out, or set access to internet",
    ]);
    assert.deepEqual(problems(cluster, { access: "internet", publicCidrs: ["203.0.113.0/24"] }), []);
  });

  it("have operators where there is a bastion, and only there", () => {
    const operators = { platform: "group:platform@example.com" };
    assert.deepEqual(problems(cluster, { access: "bastion" }), [
      "operators: is empty while access is bastion, so nobody opens a tunnel: name a group, or choose another access",
    ]);
    assert.deepEqual(problems(cluster, { access: "network", operators }), [
      "operators: names platform while access is network, and there is no bastion: take them out, or set access to bastion",
    ]);
    assert.deepEqual(problems(cluster, { access: "bastion", operators }), []);
    assert.deepEqual(problems(cluster, { access: "bastion", operators: { platform: "platform@example.com" } }), [
      "operators.platform: give a member of IAM such as group:platform@example.com",
    ]);
    for (const member of [
      "serviceAccount:runner@shop-prod.iam.gserviceaccount.com",
      "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/group/deploy",
    ]) {
      assert.deepEqual(problems(cluster, { access: "bastion", operators: { platform: member } }), [], member);
    }
  });
});

describe("settings of adoption on Google Cloud", () => {
  const key = (purpose: string) => `projects/shop-prod/locations/us-central1/keyRings/shop/cryptoKeys/${purpose}`;

  it("take a key for some purposes, and refuse one for two", () => {
    assert.deepEqual(keys.parse({}), {});
    assert.deepEqual(problems(keys, { data: key("data"), logs: key("logs") }), []);
    assert.deepEqual(problems(keys, { data: key("data"), logs: key("data") }), [
      ": names a key twice, so that a right to one opens both: name a key for each purpose",
    ]);
    assert.deepEqual(problems(keys, { data: `${key("data")}/cryptoKeyVersions/1` }), [
      "data: give the id of a key: projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>",
    ]);
    assert.equal(problems(keys, { other: key("data") }).length, 1);
  });

  it("take repositories that are there, and refuse a mode that the rest contradicts", () => {
    const services = { repository: "shop", image: "services" };
    assert.deepEqual(images.parse({}), { mode: "skip", images: [], repositories: {} });
    assert.deepEqual(problems(images, { mode: "adopt", repositories: { services } }), []);
    assert.deepEqual(problems(images, { mode: "adopt" }), [
      "repositories: is empty while mode is adopt: name an existing repository for each image",
    ]);
    assert.deepEqual(problems(images, { mode: "skip", repositories: { services } }), [
      "repositories: names services while mode is skip: set mode to adopt, or take them out",
    ]);
    assert.deepEqual(problems(images, { mode: "create" }), [
      "images: is empty while mode is create: name an image, or set mode to skip",
    ]);
    assert.deepEqual(problems(images, { mode: "adopt", repositories: { services: { ...services, image: "S" } } }), [
      "repositories.services.image: give the name of an image in it",
    ]);
  });

  it("take a zone by its name in Cloud DNS", () => {
    assert.deepEqual(dns.parse({}), { mode: "skip" });
    assert.deepEqual(problems(dns, { mode: "adopt", name: "example.com", zoneId: "example-com" }), []);
    assert.deepEqual(problems(dns, { mode: "create" }), [
      "name: is missing while mode is create: give the zone's name, or set mode to skip",
    ]);
    assert.deepEqual(problems(dns, { mode: "adopt", name: "example.com" }), [
      "zoneId: is missing while mode is adopt: give the zone's name in Cloud DNS",
    ]);
    assert.deepEqual(problems(dns, { mode: "create", name: "example.com", zoneId: "example-com" }), [
      "zoneId: is given while mode is create: set mode to adopt, or take it out",
    ]);
  });

  it("all have a description and can be written down as a schema", () => {
    const { properties = {} } = settingsSchema(z.strictObject({ network, cluster, keys, images, dns, ...stack.shape }));
    for (const [group, { description, properties: inner = {} }] of Object.entries(properties)) {
      assert.match(description ?? "", /^[^\n]+[^.\n]$/, group);
      for (const [name, setting] of Object.entries(inner)) {
        assert.match(setting.description ?? "", /^[^\n]+[^.\n]$/, `${group}.${name}`);
      }
    }
  });
});

describe("the settings of prod-gcp together", () => {
  it("refuse what this cloud has not, a service that is unknown, and a key of another region", () => {
    assert.match(
      stackProblems("prod-gcp", { memcached: { mode: "create" } }).join("\n"),
      /^platform:memcached\.mode: .+/,
    );
    assert.deepEqual(
      stackProblems("prod-gcp", {
        keys: { data: "projects/shop-prod/locations/us-east1/keyRings/shop/cryptoKeys/data" },
      }),
      [
        "platform:keys.data: is a key of us-east1, and services of us-central1 cannot use it: name a key of us-central1",
      ],
    );
    assert.equal(stackProblems("prod-gcp", { project: "12" }).length, 1);
  });
});
