import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { EXPIRED_GRACE, RECOVERY_POINT } from "../../../../offline/services/aws/backup-vault";
import { text } from "../../../../offline/services/aws/text";
import { serviceRole } from "./eks-support";
import { Account, refused } from "./support";

const VAULT = "aws:backup/vault:Vault";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const PLAN = "aws:backup/plan:Plan";
const SELECTION = "aws:backup/selection:Selection";

function vault(account: Account, name = "main", more = {}) {
  return account.create(VAULT, name, { name, ...more });
}

function rule(more: Properties = {}): Properties {
  return {
    ruleName: "daily",
    targetVaultName: "main",
    schedule: "cron(0 5 * * ? *)",
    lifecycle: { deleteAfter: 35 },
    ...more,
  };
}

function plan(account: Account, more: Properties = {}) {
  return account.create(PLAN, "plan", { name: "plan", rules: [rule(more)] });
}

/** Puts something into the cloud that comes with time, and that no program makes. */
function happened(account: Account, type: string, backupVaultName: string): void {
  const { scope } = account.session;
  const put = [{ type, id: `${type}-1`, scope, inputs: { backupVaultName }, outputs: {}, readyAt: 0 }];
  account.cloud.commit({ put });
}

describe("AWS Backup vault", () => {
  it("is made with its ARN, once under a name", () => {
    const account = new Account();
    const { id, outputs } = vault(account);
    assert.equal(id, "main");
    assert.equal(outputs["arn"], "arn:aws:backup:us-east-1:111122223333:backup-vault:main");
    refused(() => vault(account), "AlreadyExistsException", /same name already exists/);
    refused(
      () => vault(account, "keyed", { kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/none" }),
      "InvalidParameterValueException",
    );
    assert.match(account.reasons(VAULT, { name: "a" })["name"] ?? "", /2 to 50/);
  });

  it("is kept while it holds recovery points, by force too once it is locked", () => {
    const account = new Account();
    const made = vault(account);
    happened(account, RECOVERY_POINT, "main");
    refused(
      () => {
        account.delete(made);
      },
      "InvalidRequestException",
      /cannot be deleted because it contains recovery points/,
    );
    const forced = vault(account, "forced", { forceDestroy: true });
    account.delete(forced);
    const locked = vault(account, "locked", { forceDestroy: true, region: "us-west-2" });
    account.create(LOCK, "l", { backupVaultName: "locked", minRetentionDays: 7, region: "us-west-2" });
    account.cloud.commit({
      put: [
        {
          type: RECOVERY_POINT,
          id: "p",
          scope: { ...account.session.scope, region: "us-west-2" },
          inputs: { backupVaultName: "locked" },
          outputs: {},
          readyAt: 0,
        },
      ],
    });
    refused(() => {
      account.delete(locked);
    }, "InvalidRequestException");
  });
});

describe("AWS Backup vault lock", () => {
  it("refuses a short time to change it, and retentions that contradict", () => {
    const account = new Account();
    const reasons = account.reasons(LOCK, {
      backupVaultName: "main",
      changeableForDays: 2,
      minRetentionDays: 30,
      maxRetentionDays: 7,
    });
    assert.match(reasons["changeableForDays"] ?? "", /at least \(3\), got 2/);
    assert.match(reasons["minRetentionDays"] ?? "", /30 days are more than the longest retention, 7/);
    refused(() => account.create(LOCK, "l", { backupVaultName: "main" }), "ResourceNotFoundException");
  });

  it("can be taken away before its lock date, never after", () => {
    const account = new Account();
    vault(account);
    const inputs = { backupVaultName: "main", changeableForDays: 3, minRetentionDays: 7, maxRetentionDays: 365 };
    account.delete(account.create(LOCK, "l", inputs));
    const lock = account.create(LOCK, "l", inputs);
    happened(account, EXPIRED_GRACE, "main");
    refused(
      () => {
        account.delete(lock);
      },
      "InvalidRequestException",
      /lock date has passed/,
    );
    refused(() => account.create(LOCK, "again", inputs), "InvalidRequestException");
    assert.equal(account.has(LOCK, "main"), true);
  });
});

describe("AWS Backup plan", () => {
  const refusals: readonly [what: string, words: RegExp, more: Properties][] = [
    [
      "a vault that does not exist",
      /Error in rule daily : Backup vault none does not exist/,
      { targetVaultName: "none" },
    ],
    [
      "deletion too soon after cold storage",
      /cannot be less than 90 days apart/,
      { lifecycle: { coldStorageAfter: 30, deleteAfter: 119 } },
    ],
    ["retention longer than a century", /less than 1 or more than 36500/, { lifecycle: { deleteAfter: 36501 } }],
    [
      "continuous backup beyond 35 days",
      /more than 35 days for continuous/,
      { enableContinuousBackup: true, lifecycle: { deleteAfter: 36 } },
    ],
    [
      "continuous backup into cold storage",
      /MoveToColdStorageAfterDays is unavailable/,
      { enableContinuousBackup: true, lifecycle: { coldStorageAfter: 30, deleteAfter: 365 } },
    ],
    ["a start window under an hour", /StartWindowMinutes cannot be less than 60/, { startWindow: 30 }],
    ["a completion window too close", /must be at least 60 more/, { startWindow: 120, completionWindow: 150 }],
    [
      "a copy to a vault that does not exist",
      /Destination backup vault arn:aws:backup:us-west-2:.*:copies does not exist/,
      { copyActions: [{ destinationVaultArn: "arn:aws:backup:us-west-2:111122223333:backup-vault:copies" }] },
    ],
  ];
  for (const [what, words, more] of refusals) {
    it(`refuses ${what}`, () => {
      const account = new Account();
      vault(account);
      refused(() => plan(account, more), "InvalidParameterValueException", words);
    });
  }

  it("takes rules at the limits, with a copy to another region", () => {
    const account = new Account();
    vault(account);
    const copies = vault(account, "copies", { region: "us-west-2" });
    const made = plan(account, {
      lifecycle: { coldStorageAfter: 30, deleteAfter: 120 },
      copyActions: [{ destinationVaultArn: copies.outputs["arn"], lifecycle: { deleteAfter: 120 } }],
      startWindow: 60,
      completionWindow: 120,
    });
    assert.match(text(made.outputs["arn"]), /^arn:aws:backup:us-east-1:111122223333:backup-plan:[0-9a-f-]{36}$/);
    const changed = account.update(made, { rules: [rule()] });
    assert.notEqual(changed["version"], made.outputs["version"]);
    assert.ok(account.create(PLAN, "default", { name: "d", rules: [rule({ targetVaultName: "Default" })] }));
  });

  it("refuses a retention that the lock of a vault does not allow, of the copy too", () => {
    const account = new Account();
    vault(account);
    const copies = vault(account, "copies", { region: "us-west-2" });
    account.create(LOCK, "l", { backupVaultName: "main", minRetentionDays: 7, maxRetentionDays: 365 });
    account.create(LOCK, "w", { backupVaultName: "copies", minRetentionDays: 90, region: "us-west-2" });
    const keep = (days?: number) => plan(account, { lifecycle: days === undefined ? {} : { deleteAfter: days } });
    for (const days of [6, 366, undefined])
      refused(() => keep(days), "InvalidParameterValueException", /7 to 365 days/);
    assert.ok(keep(7));
    const copy = { copyActions: [{ destinationVaultArn: copies.outputs["arn"], lifecycle: { deleteAfter: 89 } }] };
    refused(() => plan(account, copy), "InvalidParameterValueException", /lock of vault copies allows \(90 to/);
  });

  it("refuses schedules that are none", () => {
    const account = new Account();
    const reason = (schedule: string) =>
      account.reasons(PLAN, { name: "p", rules: [rule({ schedule })] })["rules[0].schedule"] ?? "accepted";
    assert.match(reason("0 5 * * *"), /neither cron\(…\) nor rate\(…\)/);
    assert.match(reason("cron(0 5 * * *)"), /has 6 fields, not 5/);
    assert.match(reason("cron(0 25 * * ? *)"), /"25" is no hours/);
    assert.match(reason("cron(0 5 * * * *)"), /exactly one of day of month and day of week/);
    for (const good of [
      "cron(0/15 * ? * MON-FRI *)",
      "cron(0 5 1 1,7 ? *)",
      "cron(0 12 L * ? 2026)",
      "rate(12 hours)",
    ]) {
      assert.equal(reason(good), "accepted", good);
    }
  });
});

describe("AWS Backup selection", () => {
  it("needs a plan and a role that AWS Backup may assume, and keeps the plan", () => {
    const account = new Account();
    vault(account);
    const made = plan(account);
    const role = serviceRole(account, "backup", "backup.amazonaws.com").outputs["arn"];
    const wrong = serviceRole(account, "wrong", "ec2.amazonaws.com").outputs["arn"];
    const create = (planId: string, iamRoleArn: unknown) =>
      account.create(SELECTION, "s", { name: "s", planId, iamRoleArn, resources: ["*"] } as Properties);
    refused(() => create("none", role), "InvalidParameterValueException", /plan none does not exist/);
    refused(
      () => create(made.id, "arn:aws:iam::111122223333:role/none"),
      "InvalidParameterValueException",
      /cannot be assumed/,
    );
    refused(() => create(made.id, wrong), "InvalidParameterValueException", /cannot be assumed by AWS Backup/);
    const selection = create(made.id, role);
    refused(
      () => {
        account.delete(made);
      },
      "InvalidRequestException",
      /selections must be deleted prior/,
    );
    account.delete(selection);
    account.delete(made);
  });

  it("refuses to choose nothing, and patterns that are no ARN", () => {
    const account = new Account();
    const base = { name: "s", planId: "p", iamRoleArn: "arn:aws:iam::111122223333:role/r" };
    assert.match(account.reasons(SELECTION, base)["resources"] ?? "", /to choose by/);
    assert.match(account.reasons(SELECTION, { ...base, resources: ["rds"] })["resources[0]"] ?? "", /is no ARN/);
    const tags = [{ type: "STRINGLIKE", key: "backup", value: "daily" }];
    assert.match(
      account.reasons(SELECTION, { ...base, selectionTags: tags })["selectionTags[0].type"] ?? "",
      /STRINGEQUALS/,
    );
  });
});
