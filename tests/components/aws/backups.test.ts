import assert from "node:assert/strict";
import { Backups, type BackupsArgs } from "../../../components/aws/backups";
import { Key } from "../../../components/aws/key";
import { only, policy, text, type Deployed } from "../../stacks/deployed";
import { attempt, backupRegion, childrenOf, onNetwork, type Ground } from "./ground";

function backups(ground: Ground, changes: Partial<BackupsArgs> = {}): Backups {
  const { account, backup, key, onAws, protection } = ground;
  const there = new Key(
    "copies",
    {
      account: { ...account, region: backupRegion },
      prefix: "test",
      purpose: "copies",
      description: "Tests",
      protection,
    },
    { providers: { aws: backup } },
  );
  return new Backups(
    "backups",
    {
      account,
      prefix: "test",
      stack: "prod",
      buckets: { objects: "test-objects-1" },
      retentionDays: 365,
      lock: "governance",
      keyArn: key.arn,
      copy: { provider: backup, keyArn: there.arn },
      protection,
      ...changes,
    },
    onAws,
  );
}

const rule = (stack: Deployed, plan: string) => stack.input(plan, "rules.0");

describe("Backups", function () {
  this.timeout(60_000);

  it("[PF-DR-01] takes recovery points every day and copies them to another region", async () => {
    const stack = await onNetwork(backups);
    const lifecycle = { deleteAfter: 365 };
    assert.deepEqual(rule(stack, "backups-daily"), {
      ruleName: "daily",
      targetVaultName: "test",
      schedule: "cron(0 8 * * ? *)",
      startWindow: 60,
      completionWindow: 480,
      lifecycle,
      copyActions: [{ destinationVaultArn: "arn:aws:backup:eu-central-1:111122223333:backup-vault:test", lifecycle }],
    });
    assert.equal(stack.named("backups-copy").provider, stack.named("aws-backup").urn);
    assert.equal(stack.named("backups-copy-lock").provider, stack.named("aws-backup").urn);
    assert.equal(stack.named("backups-vault").provider, stack.named("aws").urn);
  });

  it("[PF-DR-01] chooses databases and tables of the stack, whatever else the account has", async () => {
    const stack = await onNetwork(backups);
    assert.deepEqual(only(stack.named("backups-databases").inputs, "planId", "resources", "conditions"), {
      planId: stack.id("backups-daily"),
      resources: ["arn:aws:rds:*:*:db:*", "arn:aws:rds:*:*:cluster:*", "arn:aws:dynamodb:*:*:table/*"],
      conditions: [{ stringEquals: [{ key: "aws:ResourceTag/stack", value: "prod" }] }],
    });
  });

  it("[PF-DR-01] brings buckets back to any second of 35 days", async () => {
    const stack = await onNetwork(backups);
    assert.deepEqual(rule(stack, "backups-continuous"), {
      ruleName: "continuous",
      targetVaultName: "test",
      schedule: "cron(0 8 * * ? *)",
      startWindow: 60,
      completionWindow: 480,
      enableContinuousBackup: true,
      lifecycle: { deleteAfter: 35 },
      copyActions: [
        {
          destinationVaultArn: "arn:aws:backup:eu-central-1:111122223333:backup-vault:test",
          lifecycle: { deleteAfter: 35 },
        },
      ],
    });
    assert.deepEqual(only(stack.named("backups-buckets").inputs, "planId", "resources"), {
      planId: stack.id("backups-continuous"),
      resources: ["arn:aws:s3:::test-objects-1"],
    });
  });

  it("has no plan for buckets where there are none", async () => {
    const stack = await onNetwork((ground) => backups(ground, { buckets: {} }));
    assert.deepEqual(
      stack.ofType("aws:backup/plan:Plan").map(({ name }) => name),
      ["backups-daily"],
    );
    assert.equal(childrenOf(stack, "backups").length, 2 + 2 + 1 + 1 + 1 + 4);
  });

  it("[PF-DR-01] locks both vaults before the first recovery point, for the days of both plans", async () => {
    for (const [retentionDays, least, most] of [
      [365, 35, 365],
      [7, 7, 35],
      [35, 35, 35],
    ] as const) {
      const stack = await onNetwork((ground) => backups(ground, { retentionDays }));
      for (const vault of ["vault", "copy"]) {
        assert.deepEqual(stack.named(`backups-${vault}-lock`).inputs, {
          backupVaultName: "test",
          minRetentionDays: least,
          maxRetentionDays: most,
        });
        assert.ok(stack.waitsFor("backups-daily").has(`backups-${vault}-lock`));
      }
    }
  });

  it("gives nobody more than three days to take a lock of compliance back", async () => {
    const stack = await onNetwork((ground) => backups(ground, { lock: "compliance" }));
    assert.equal(stack.input("backups-vault-lock", "changeableForDays"), 3);
    assert.equal(stack.input("backups-copy-lock", "changeableForDays"), 3);
  });

  it("[PF-SEC-05] encrypts each vault with a key of its region, guarded by the class", async () => {
    for (const [stackClass, guarded] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await onNetwork(backups, { class: stackClass });
      for (const [vault, key] of [
        ["vault", "key-key"],
        ["copy", "copies-key"],
      ] as const) {
        const { inputs, protect } = stack.named(`backups-${vault}`);
        assert.deepEqual(inputs, { name: "test", kmsKeyArn: stack.output(key, "arn"), forceDestroy: !guarded });
        assert.equal(protect, guarded);
      }
    }
  });

  it("works by a role that only this account's AWS Backup takes, with its rights before its first job", async () => {
    const stack = await onNetwork(backups);
    assert.deepEqual(policy(stack.input("backups-role", "assumeRolePolicy")).Statement, [
      {
        Sid: "AssumeByBackup",
        Effect: "Allow",
        Principal: { Service: "backup.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
    ]);
    const rights = stack.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.deepEqual(
      rights.map(({ inputs }) => text(inputs["policyArn"]).replace("arn:aws:iam::aws:policy/", "")).sort(),
      [
        "AWSBackupServiceRolePolicyForS3Backup",
        "AWSBackupServiceRolePolicyForS3Restore",
        "service-role/AWSBackupServiceRolePolicyForBackup",
        "service-role/AWSBackupServiceRolePolicyForRestores",
      ],
    );
    for (const { name } of rights) {
      assert.ok(stack.waitsFor("backups-databases").has(name), name);
      assert.ok(stack.waitsFor("backups-buckets").has(name), name);
    }
  });

  it("is refused a plan that keeps longer than the vaults allow", async () => {
    const { run } = await attempt((ground) =>
      backups(ground, {
        transform: (plan) => ({
          ...plan,
          rules: [{ ruleName: "long", targetVaultName: "test", lifecycle: { deleteAfter: 400 } }],
        }),
      }),
    );
    assert.match(
      run.errors.join("\n"),
      /Retention 400 days is outside of what the lock of vault test allows \(35 to 365 days\)/,
    );
  });

  it("is refused a key of the other region", async () => {
    const { run } = await attempt((ground) => {
      const { key, backup } = ground;
      return backups(ground, { copy: { provider: backup, keyArn: key.arn } });
    });
    assert.match(run.errors.join("\n"), /backups-copy.*KMS key/s);
  });
});
