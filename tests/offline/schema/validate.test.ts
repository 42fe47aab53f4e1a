import assert from "node:assert/strict";
import { Asset, Unknown, type Properties } from "../../../offline/cloud/value";
import { validate } from "../../../offline/schema/validate";
import { editDistance, nearest } from "../../../offline/schema/suggest";
import { openSource, removeFolders } from "./sdk";

const source = openSource();

function violations(token: string, inputs: Properties, secrets?: ReadonlySet<string>): Record<string, string> {
  const schema = source.resource(token);
  assert.ok(schema, token);
  const found = validate(schema.inputs, inputs, secrets === undefined ? {} : { secrets });
  return Object.fromEntries(found.map(({ path, reason }) => [path, reason]));
}

const SUBNET = "aws:ec2/subnet:Subnet";
const CLUSTER = "aws:eks/cluster:Cluster";
const INSTANCE = "aws:rds/instance:Instance";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const POD = { containers: [{ name: "web" }] };

function deployment(spec: Properties): Properties {
  return { spec: { selector: {}, template: {}, ...spec } };
}

describe("offline/schema/validate", () => {
  after(removeFolders);

  it("finds nothing wrong with what the typings allow", () => {
    assert.deepEqual(violations(SUBNET, { vpcId: "vpc-1", cidrBlock: "10.0.0.0/24", tags: { Name: "a" } }), {});
    assert.deepEqual(violations(DEPLOYMENT, deployment({ replicas: 2, template: { spec: POD } })), {});
    const values = { a: [1, { b: null }], c: { d: true } };
    assert.deepEqual(violations("kubernetes:helm.sh/v3:Release", { chart: "x", compat: "true", values }), {});
  });

  it("names an unknown property and the one that was meant", () => {
    assert.deepEqual(violations(SUBNET, { vpcId: "vpc-1", cidrBlok: "10.0.0.0/24" }), {
      cidrBlok: 'unknown property "cidrBlok" of SubnetArgs: did you mean "cidrBlock"?',
    });
    assert.deepEqual(violations(CLUSTER, { roleArn: "arn", vpcConfig: { subnetIds: [], subnetIDs: ["a"] } }), {
      "vpcConfig.subnetIDs": 'unknown property "subnetIDs" of ClusterVpcConfig: did you mean "subnetIds"?',
    });
  });

  it("lists what there is when nothing is near", () => {
    assert.deepEqual(violations("random:index/randomPet:RandomPet", { zzzzzzz: 1 }), {
      zzzzzzz: 'unknown property "zzzzzzz" of RandomPetArgs: it has "keepers", "length", "prefix" and "separator"',
    });
  });

  it("names a missing required property and its type; null is missing", () => {
    const missing = { vpcId: 'required property "vpcId" is missing: a string is expected' };
    assert.deepEqual(violations(SUBNET, {}), missing);
    assert.deepEqual(violations(SUBNET, { vpcId: null, cidrBlock: null }), missing);
    assert.deepEqual(violations(DEPLOYMENT, deployment({ template: { spec: { containers: [{}] } } })), {
      "spec.template.spec.containers[0].name": 'required property "name" is missing: a string is expected',
    });
  });

  it("says what was given and what is accepted", () => {
    const given = { roleArn: ["a"], vpcConfig: "subnet-1", tags: { a: {} }, enabledClusterLogTypes: "api" };
    assert.deepEqual(violations(CLUSTER, given), {
      roleArn: "a string is expected, got a list of 1",
      vpcConfig: 'an object (ClusterVpcConfig) is expected, got the string "subnet-1"',
      "tags.a": "a string is expected, got an object with no properties",
      enabledClusterLogTypes: 'a list of strings is expected, got the string "api"',
    });
    assert.deepEqual(violations(DEPLOYMENT, { ...deployment({}), apiVersion: "apps/v2" }), {
      apiVersion: '"apps/v1" is expected, got the string "apps/v2"',
    });
    const labels = { "app.kubernetes.io/name": 5 };
    assert.deepEqual(violations("kubernetes:core/v1:Namespace", { metadata: { labels } }), {
      'metadata.labels["app.kubernetes.io/name"]': "a string is expected, got the number 5",
    });
  });

  it("never quotes a secret", () => {
    const instance = { instanceClass: "db.t4g.micro", password: ["hunter2"], username: ["root"] };
    assert.equal(violations(INSTANCE, instance)["password"], "a string is expected, got a secret object");
    const data = { stringData: { pin: 1234 } };
    const marked = violations("kubernetes:core/v1:Secret", data, new Set(["stringData"]));
    assert.deepEqual(marked, { "stringData.pin": "a string is expected, got a secret number" });
  });

  it("lets a value that is not known yet be of any type", () => {
    const unknown = Unknown.value;
    assert.deepEqual(violations(CLUSTER, { roleArn: unknown, vpcConfig: { subnetIds: unknown } }), {});
    assert.deepEqual(violations(CLUSTER, { roleArn: "a", vpcConfig: { subnetIds: ["a", unknown], x: unknown } }), {
      "vpcConfig.x": violations(CLUSTER, { roleArn: "a", vpcConfig: { subnetIds: [], x: 1 } })["vpcConfig.x"],
    });
  });

  it("reads scalars across types for a bridged provider only, and exactly as it does", () => {
    const bridged = (inputs: Properties) => violations(INSTANCE, { instanceClass: "db.t4g.micro", ...inputs });
    assert.deepEqual(bridged({ multiAz: "true", allocatedStorage: "20", iops: "-1.5e3", engineVersion: 17 }), {});
    assert.deepEqual(bridged({ multiAz: "yes", allocatedStorage: "20Gi", port: "", storageEncrypted: 1 }), {
      multiAz: 'a boolean is expected, got the string "yes"',
      allocatedStorage: 'a number is expected, got the string "20Gi"',
      port: 'a number is expected, got the string ""',
      storageEncrypted: "a boolean is expected, got the number 1",
    });
    assert.deepEqual(violations(DEPLOYMENT, deployment({ replicas: "2", paused: "true" })), {
      "spec.replicas": 'a number is expected, got the string "2"',
      "spec.paused": 'a boolean is expected, got the string "true"',
    });
  });

  it("takes an asset where one is expected and nowhere else", () => {
    const lambda = "aws:lambda/function:Function";
    assert.deepEqual(violations(lambda, { role: "arn", code: new Asset("archive", "0a") }), {});
    assert.deepEqual(
      violations(lambda, { role: new Asset("asset", "0a"), code: "./app" })["code"],
      'an asset or archive is expected, got the string "./app"',
    );
    assert.deepEqual(
      violations(lambda, { role: new Asset("asset", "0a") })["role"],
      "a string is expected, got an asset",
    );
  });

  it("takes any member of a union, and explains by the nearest", () => {
    const service = (targetPort: string | number | boolean) =>
      violations("kubernetes:core/v1:Service", { spec: { ports: [{ port: 80, targetPort }] } });
    assert.deepEqual(service("http"), {});
    assert.deepEqual(service(8080), {});
    assert.deepEqual(service(true), {
      "spec.ports[0].targetPort": "a number or a string is expected, got the boolean true",
    });
    const role = (assumeRolePolicy: Properties) => violations("aws:iam/role:Role", { assumeRolePolicy });
    assert.deepEqual(role({ Version: "2012-10-17", Statement: [], Statment: [] }), {
      "assumeRolePolicy.Statment": 'unknown property "Statment" of PolicyDocument: did you mean "Statement"?',
    });
  });

  it("takes both spellings of the x-kubernetes properties, and what the engine adds", () => {
    const openAPIV3Schema = {
      type: "object",
      x_kubernetes_preserve_unknown_fields: true,
      "x-kubernetes-int-or-string": true,
      $ref: "#/a",
      __defaults: [],
    };
    const spec = {
      group: "example.com",
      names: { kind: "A", plural: "as" },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    };
    const token = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
    assert.deepEqual(violations(token, { spec }), {});
  });
});

describe("offline/schema/suggest", () => {
  it("counts insertions, deletions, replacements and swaps", () => {
    assert.equal(editDistance("", "abc"), 3);
    assert.equal(editDistance("abc", "abc"), 0);
    assert.equal(editDistance("abc", "acb"), 1);
    assert.equal(editDistance("kitten", "sitting"), 3);
    assert.equal(editDistance("abcdef", "uvwxyz", 3), 3);
  });

  it("gives the nearest, and none when all are far", () => {
    assert.equal(nearest("subnetID", ["vpcId", "subnetIds", "subnetId"]), "subnetId");
    assert.equal(nearest("colour", ["name", "size"]), undefined);
    assert.equal(nearest("a", []), undefined);
  });
});
