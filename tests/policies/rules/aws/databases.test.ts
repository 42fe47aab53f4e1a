import { databaseRules } from "../../../../policies/rules/aws/databases";
import { fixture } from "../../fixtures";
import { provesResource } from "../../proves";

describe("rules on databases of AWS", () => {
  provesResource(databaseRules, "aws-rds-not-public", {
    passes: [
      fixture("prod", "aws:rds/instance:Instance", "databases-shard-0-source"),
      fixture("dev", "aws:rds/instance:Instance"),
    ],
    fails: [
      { set: { publiclyAccessible: true }, at: "publiclyAccessible" },
      { remove: ["dbSubnetGroupName"], at: "dbSubnetGroupName" },
    ],
    unknown: ["publiclyAccessible", "dbSubnetGroupName"],
  });
  provesResource(databaseRules, "aws-rds-pitr-retention", {
    passes: fixture("prod", "aws:rds/instance:Instance", "databases-shard-0-source"),
    fails: [
      { set: { backupRetentionPeriod: 0 }, at: "backupRetentionPeriod" },
      { set: { backupRetentionPeriod: 7 }, settings: { minimumDays: 14 }, at: "backupRetentionPeriod" },
      { remove: ["deleteAutomatedBackups"], at: "deleteAutomatedBackups" },
    ],
    unknown: ["backupRetentionPeriod"],
  });
});
