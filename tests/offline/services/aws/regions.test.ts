import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { offers } from "../../../../offline/services/aws/region-services";
import { zonesOf } from "../../../../offline/services/aws/regions";
import { Account, refused } from "./support";

const letters = (region: string) =>
  zonesOf(region)
    .map(({ name }) => name.slice(region.length))
    .join("");

describe("AWS regions", () => {
  it("have the zones that AWS gives them", () => {
    assert.equal(letters("us-east-1"), "abcdef");
    assert.equal(letters("us-west-1"), "ac");
    assert.equal(letters("us-west-2"), "abcd");
    assert.equal(letters("ap-northeast-1"), "acd");
    assert.equal(letters("us-west-9"), "");
  });

  it("refuse the zone of another region wherever one is named, and take those that the table does not list", () => {
    const account = new Account({ region: "us-west-1" });
    const reasons = (token: string, inputs: Properties) => account.reasons(token, inputs);
    const words = /InvalidParameterValue: Value \(us-west-1b\) .* us-west-1 has us-west-1a, us-west-1c$/;
    assert.match(
      reasons("aws:ebs/volume:Volume", { availabilityZone: "us-west-1b", size: 1 })["availabilityZone"] ?? "",
      words,
    );
    const cluster = { engine: "aurora-postgresql", availabilityZones: ["us-west-1a", "us-west-1b"] };
    assert.match(reasons("aws:rds/cluster:Cluster", cluster)["availabilityZones[1]"] ?? "", words);
    assert.deepEqual(reasons("aws:ebs/volume:Volume", { availabilityZone: "us-west-1c", size: 1 }), {});
    assert.deepEqual(reasons("aws:ebs/volume:Volume", { availabilityZone: "us-west-2-lax-1a", size: 1 }), {});
    const elsewhere = { availabilityZone: "eu-west-1b", size: 1, region: "eu-west-1" };
    assert.deepEqual(reasons("aws:ebs/volume:Volume", elsewhere), {});
  });

  it("lack services, whose endpoints then do not resolve", () => {
    const pool = "aws:cognito/userPool:UserPool";
    const far = new Account({ region: "ap-southeast-6" });
    const words = /dial tcp: lookup cognito-idp\.ap-southeast-6\.amazonaws\.com: no such host/;
    refused(() => far.create(pool, "users", { name: "users" }), "RequestError", words);
    refused(
      () => far.create(pool, "users", { name: "users", region: "cn-north-1" }),
      "RequestError",
      /\.amazonaws\.com\.cn/,
    );
    const before = far.cloud.all().length;
    assert.ok(far.create(pool, "users", { name: "users", region: "us-west-2" }));
    assert.equal(far.cloud.all().length, before + 1);
    assert.ok(far.create("aws:sqs/queue:Queue", "jobs", { name: "jobs" }));
  });

  it("without DocumentDB have its endpoint, but not its engine", () => {
    assert.equal(offers("us-west-1", "docdb"), false);
    assert.equal(offers("us-west-2", "docdb"), true);
    const group = { name: "g", family: "docdb5.0" };
    const create = () =>
      new Account({ region: "us-west-1" }).create("aws:docdb/clusterParameterGroup:ClusterParameterGroup", "g", group);
    refused(create, "InvalidParameterValue", /Unrecognized engine name: docdb/);
  });

  it("of the primary site have every service of the table", () => {
    const names = ["eks", "rds", "elasticache", "msk", "mq", "docdb", "dynamodb", "lambda", "cognito"] as const;
    const more = ["sagemaker", "backup", "glue", "lakeformation", "guardduty", "securityhub"] as const;
    assert.deepEqual(
      [...names, ...more].filter((name) => !offers("us-west-2", name)),
      [],
    );
  });
});
