import assert from "node:assert/strict";
import {
  assetsBucketName,
  controlPlaneLogGroup,
  databaseInstances,
  databaseLogGroup,
  namePrefix,
  siteLogGroups,
  stackTags,
} from "../../../components/planning/names";

describe("physical names", () => {
  it("carry the system alone where it has one stack, else the stack too", () => {
    assert.equal(namePrefix("durga-puja", "durga-puja"), "durga-puja");
    assert.equal(namePrefix("portfolio", "dev"), "portfolio-dev");
  });

  it("of a bucket hold account and region and fit the longest region", () => {
    assert.equal(
      assetsBucketName("durga-puja", "123456789012", "us-east-1"),
      "durga-puja-assets-123456789012-us-east-1",
    );
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    assert.match(
      assetsBucketName("portfolio-staging", "123456789012", "ap-southeast-1"),
      /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    );
  });

  it("of log groups are those that the services write to", () => {
    assert.equal(controlPlaneLogGroup("durga-puja-eks"), "/aws/eks/durga-puja-eks/cluster");
    assert.deepEqual(siteLogGroups("durga-puja"), {
      flowLogs: "/aws/vpc/durga-puja/flow-logs",
      redisSlow: "/aws/elasticache/durga-puja/redis-slow",
    });
    assert.equal(
      databaseLogGroup(databaseInstances("durga-puja").replica, "upgrade"),
      "/aws/rds/instance/durga-puja-postgres-replica/upgrade",
    );
  });

  it("come with the tags of the stack", () => {
    assert.deepEqual(stackTags("portfolio", "dev", "development"), {
      system: "portfolio",
      stack: "dev",
      class: "development",
      "managed-by": "pulumi",
    });
  });
});
