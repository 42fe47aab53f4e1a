import assert from "node:assert/strict";
import {
  assetsBucketName,
  controlPlaneLogGroup,
  databaseInstances,
  databaseLogGroup,
  documentLogGroups,
  eventLogGroup,
  functionLogGroup,
  functionName,
  lakeBucketName,
  namePrefix,
  shardedDatabaseLogGroups,
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

  it("of log groups of a sharded database are those of every instance of every shard", () => {
    assert.deepEqual(shardedDatabaseLogGroups("portfolio-prod", ["shard-0", "shard-1"], ["reports"]), [
      "/aws/rds/instance/portfolio-prod-shard-0-postgres/postgresql",
      "/aws/rds/instance/portfolio-prod-shard-0-postgres/upgrade",
      "/aws/rds/instance/portfolio-prod-shard-0-postgres-replica-reports/postgresql",
      "/aws/rds/instance/portfolio-prod-shard-0-postgres-replica-reports/upgrade",
      "/aws/rds/instance/portfolio-prod-shard-1-postgres/postgresql",
      "/aws/rds/instance/portfolio-prod-shard-1-postgres/upgrade",
      "/aws/rds/instance/portfolio-prod-shard-1-postgres-replica-reports/postgresql",
      "/aws/rds/instance/portfolio-prod-shard-1-postgres-replica-reports/upgrade",
    ]);
  });

  it("of log groups of documents are those that DocumentDB writes to", () => {
    assert.deepEqual(documentLogGroups("portfolio-prod"), [
      "/aws/docdb/portfolio-prod-documents/audit",
      "/aws/docdb/portfolio-prod-documents/profiler",
    ]);
  });

  it("of log groups of the event stream and of functions can be told before they exist", () => {
    assert.equal(eventLogGroup("portfolio-prod"), "/aws/msk/portfolio-prod/brokers");
    assert.equal(functionName("portfolio-prod", "archive-events"), "portfolio-prod-archive-events");
    assert.equal(functionLogGroup("portfolio-prod", "archive-events"), "/aws/lambda/portfolio-prod-archive-events");
  });

  it("of a lake's bucket hold account and region", () => {
    assert.equal(
      lakeBucketName("portfolio-prod", "111122223333", "us-west-2"),
      "portfolio-prod-lake-111122223333-us-west-2",
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
