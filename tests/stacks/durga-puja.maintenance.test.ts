import assert from "node:assert/strict";
import { deployed, only, text, type Deployed } from "./deployed";

describe("durga-puja: maintenance", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("durga-puja");
  });

  it("[DP-DATA-01] backs the database up at night and maintains it on Sundays, after the backup", () => {
    assert.deepEqual(only(stack.named("postgres-source").inputs, "port", "backupWindow", "maintenanceWindow"), {
      port: 5432,
      backupWindow: "03:00-04:00",
      maintenanceWindow: "sun:04:30-sun:05:30",
    });
  });

  it("[DP-DATA-02] maintains the replica when its source is done", () => {
    assert.deepEqual(only(stack.named("postgres-replica").inputs, "maintenanceWindow", "skipFinalSnapshot"), {
      maintenanceWindow: "sun:06:00-sun:07:00",
      skipFinalSnapshot: true,
    });
  });

  it("[DP-DATA-01] [DP-DATA-02] keeps both instances off the internet, lets IAM log in and tags what is copied of them", () => {
    for (const instance of ["postgres-source", "postgres-replica"]) {
      assert.deepEqual(
        only(
          stack.named(instance).inputs,
          "publiclyAccessible",
          "iamDatabaseAuthenticationEnabled",
          "autoMinorVersionUpgrade",
          "copyTagsToSnapshot",
        ),
        {
          publiclyAccessible: false,
          iamDatabaseAuthenticationEnabled: true,
          autoMinorVersionUpgrade: true,
          copyTagsToSnapshot: true,
        },
      );
    }
  });

  it("[DP-DATA-03] backs Redis up at night and maintains it on Sundays, after the backup", () => {
    assert.deepEqual(only(stack.named("redis-group").inputs, "snapshotWindow", "maintenanceWindow", "port"), {
      snapshotWindow: "02:00-03:00",
      maintenanceWindow: "sun:03:30-sun:04:30",
      port: 6379,
    });
  });

  it("keeps the last 100 images of each repository, and those without a tag for 14 days", () => {
    for (const image of ["frontend", "backend"]) {
      const { rules } = JSON.parse(text(stack.input(`images-${image}-lifecycle`, "policy"))) as {
        rules: { rulePriority: number; selection: object; action: object }[];
      };
      assert.deepEqual(
        rules.map(({ rulePriority, selection, action }) => ({ rulePriority, selection, action })),
        [
          {
            rulePriority: 1,
            selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
            action: { type: "expire" },
          },
          {
            rulePriority: 2,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 },
            action: { type: "expire" },
          },
        ],
      );
    }
  });

  it("[DP-EKS-02] [DP-EKS-03] makes the newest launch template the default one", () => {
    for (const group of ["primary", "spot"]) {
      assert.equal(stack.input(`cluster-${group}-template`, "updateDefaultVersion"), true);
    }
  });
});
