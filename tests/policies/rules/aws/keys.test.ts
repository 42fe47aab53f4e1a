import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { keyRules } from "../../../../policies/rules/aws/keys";
import { fixture } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const REPLICA = "aws:kms/replicaKey:ReplicaKey";
const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";
const SECRET = "aws:secretsmanager/secret:Secret";

const saying = (statement: object) => JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] });
const everybody = saying({ Principal: "*", Action: "kms:*", Resource: "*" });
const account = saying({ Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*", Resource: "*" });

describe("rules on keys and secrets of AWS", () => {
  const replica = fixture("prod", REPLICA);
  provesResource(keyRules, "aws-kms-rotation", {
    passes: [fixture("prod", KEY, "keys-data-key"), fixture("durga-puja", KEY, "keys-logs-key"), replica],
    alsoPasses: [
      { when: "no waiting period is given, which is 30 days", remove: ["deletionWindowInDays"] },
      { when: "the key is renewed more often", set: { rotationPeriodInDays: 90 } },
      { when: "the stack is of development", set: { deletionWindowInDays: 7 }, stack: { class: "development" } },
      { when: "the stack is of staging", set: { deletionWindowInDays: 7 }, stack: { class: "staging" } },
      {
        when: "the key is not symmetric, so KMS cannot renew it",
        set: { enableKeyRotation: false, customerMasterKeySpec: "RSA_4096" },
      },
      { when: "the key authenticates messages", set: { enableKeyRotation: false, keyUsage: "GENERATE_VERIFY_MAC" } },
      { when: "the key is in a store of one's own", set: { enableKeyRotation: false, customKeyStoreId: "cks-1" } },
      { when: "the key is outside of AWS", set: { enableKeyRotation: false, xksKeyId: "xks-1" } },
    ],
    fails: [
      { set: { enableKeyRotation: false }, at: "enableKeyRotation" },
      { remove: ["enableKeyRotation"], at: "enableKeyRotation" },
      { set: { enableKeyRotation: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT" }, at: "enableKeyRotation" },
      { set: { rotationPeriodInDays: 366 }, at: "rotationPeriodInDays" },
      { set: { rotationPeriodInDays: 180 }, settings: { maximumRotationDays: 90 }, at: "rotationPeriodInDays" },
      { settings: { maximumRotationDays: 90 }, when: "the default period is too long", at: "rotationPeriodInDays" },
      { set: { deletionWindowInDays: 7 }, at: "deletionWindowInDays" },
      { set: { deletionWindowInDays: 0 }, stack: { class: "recovery" }, at: "deletionWindowInDays" },
      { set: { bypassPolicyLockoutSafetyCheck: true }, at: "bypassPolicyLockoutSafetyCheck" },
      { of: replica, set: { deletionWindowInDays: 29 }, at: "deletionWindowInDays" },
      { of: replica, set: { bypassPolicyLockoutSafetyCheck: true }, at: "bypassPolicyLockoutSafetyCheck" },
    ],
    unknown: ["enableKeyRotation", "rotationPeriodInDays", "deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"],
  });

  const withPolicy = (stack: StackUnderTest, policy: string) =>
    stack.change(KEY, "keys-data-key", { remove: ["policy"] }).add(KEY_POLICY, "planted", {
      inputs: { keyId: stack.one(KEY, "keys-data-key").outputs["keyId"] ?? "", policy },
      from: { keyId: [`${KEY} keys-data-key`] },
    });
  provesStack(keyRules, "aws-kms-policy", {
    of: "prod",
    alsoPasses: [
      { when: "the policy is a resource of its own", change: (stack) => withPolicy(stack, account) },
      {
        when: "everybody is narrowed to an account",
        change: (stack) =>
          stack.change(KEY, "keys-data-key", {
            set: {
              policy: saying({
                Principal: { AWS: "*" },
                Action: "kms:*",
                Resource: "*",
                Condition: { StringEquals: { "kms:CallerAccount": "111122223333" } },
              }),
            },
          }),
      },
    ],
    fails: [
      {
        when: "a key has no policy",
        change: (stack) => stack.change(KEY, "keys-data-key", { remove: ["policy"] }),
        violated: [`${KEY} keys-data-key policy`],
      },
      {
        when: "a replica has an empty one",
        change: (stack) => stack.change(REPLICA, "credentials-copy-key", { set: { policy: "" } }),
        violated: [`${REPLICA} credentials-copy-key policy`],
      },
      {
        when: "the policy lets everybody in",
        change: (stack) => stack.change(KEY, "keys-data-key", { set: { policy: everybody } }),
        violated: [`${KEY} keys-data-key policy`],
      },
      {
        when: "the policy of a replica lets everybody in",
        change: (stack) => stack.change(REPLICA, "credentials-copy-key", { set: { policy: everybody } }),
        violated: [`${REPLICA} credentials-copy-key policy`],
      },
      {
        when: "the policy of its own lets everybody in",
        change: (stack) => withPolicy(stack, everybody),
        violated: [`${KEY_POLICY} planted policy`],
      },
      {
        when: "both are there and one lets everybody in",
        change: (stack) => withPolicy(stack, account).change(KEY, "keys-data-key", { set: { policy: everybody } }),
        violated: [`${KEY} keys-data-key policy`],
      },
    ],
    undecided: [
      {
        when: "the policy is unknown",
        change: (stack) => stack.change(KEY, "keys-data-key", { set: { policy: Unknown.value } }),
        of: [`${KEY} keys-data-key`],
      },
      {
        when: "the policy is none",
        change: (stack) => stack.change(KEY, "keys-data-key", { set: { policy: "{" } }),
        of: [`${KEY} keys-data-key`],
      },
      {
        when: "it is unknown which key a policy is of",
        change: (stack) =>
          stack
            .change(KEY, "keys-data-key", { remove: ["policy"] })
            .add(KEY_POLICY, "strayed", { inputs: { keyId: Unknown.value, policy: account } }),
        of: [`${KEY} keys-data-key`],
      },
    ],
  });

  const secrets = ["events", "queue", "documents", "postgres-shard-0"];
  const rotated = (stack: StackUnderTest, rules: Properties) =>
    secrets.reduce(
      (made, name) =>
        made.add(ROTATION, `rotation-${name}`, {
          inputs: { secretId: stack.one(SECRET, `secrets-${name}`).outputs["arn"] ?? "", rotationRules: rules },
          from: { secretId: [`${SECRET} secrets-${name}`] },
        }),
      stack,
    );
  const rotating = (when: string, set: Properties) => ({
    when,
    change: (stack: StackUnderTest) => stack.change(ROTATION, "rotation-queue", { set: set }),
  });
  const late = [`${ROTATION} rotation-queue rotationRules`];
  provesStack(keyRules, "aws-secret-cmk-rotated", {
    of: "prod",
    with: (stack) => rotated(stack, { automaticallyAfterDays: 90 }),
    alsoPasses: [
      rotating("the schedule is a rate of days", { rotationRules: { scheduleExpression: "rate(30 days)" } }),
      rotating("the schedule is a rate of hours", { rotationRules: { scheduleExpression: "rate(12 hours)" } }),
      rotating("the schedule is of every month", { rotationRules: { scheduleExpression: "cron(0 8 1 * ? *)" } }),
      {
        when: "no recovery window is given, which is 30 days",
        change: (stack) => stack.change(SECRET, "secrets-queue", { remove: ["recoveryWindowInDays"] }),
      },
      {
        when: "the stack is of development",
        change: (stack) =>
          stack.dropAll(ROTATION).change(SECRET, "secrets-queue", { set: { recoveryWindowInDays: 0 } }),
        stack: { class: "development" },
      },
    ],
    fails: [
      {
        when: "a secret is not rotated",
        change: (stack) => stack.drop(ROTATION, "rotation-queue"),
        violated: [`${SECRET} secrets-queue`],
      },
      { ...rotating("the rotation is too rare", { rotationRules: { automaticallyAfterDays: 91 } }), violated: late },
      {
        ...rotating("the rate is too slow", { rotationRules: { scheduleExpression: "rate(120 days)" } }),
        violated: late,
      },
      { ...rotating("the schedule is none", { rotationRules: { scheduleExpression: "monthly" } }), violated: late },
      { ...rotating("the rotation has no rules", { rotationRules: null }), violated: late },
      { ...rotating("the rotation is off", { rotationEnabled: false }), violated: late },
      {
        ...rotating("the setting asks for more", {}),
        settings: { maximumRotationDays: 30 },
        violated: secrets.map((name) => `${ROTATION} rotation-${name} rotationRules`),
      },
      {
        when: "the secret takes the key of AWS",
        change: (stack) => stack.change(SECRET, "secrets-queue", { remove: ["kmsKeyId"] }),
        violated: [`${SECRET} secrets-queue kmsKeyId`],
      },
      {
        when: "the secret names the key of AWS",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { kmsKeyId: "alias/aws/secretsmanager" } }),
        violated: [`${SECRET} secrets-queue kmsKeyId`],
      },
      {
        when: "a copy takes the key of AWS",
        change: (stack) => stack.change(SECRET, "secrets-queue", { remove: ["replicas[0].kmsKeyId"] }),
        violated: [`${SECRET} secrets-queue replicas[0].kmsKeyId`],
      },
      {
        when: "the secret goes at once",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { recoveryWindowInDays: 0 } }),
        violated: [`${SECRET} secrets-queue recoveryWindowInDays`],
      },
    ],
    undecided: [
      {
        when: "the key is unknown",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { kmsKeyId: Unknown.value } }),
        of: [`${SECRET} secrets-queue`],
      },
      {
        when: "it is unknown which secret is rotated",
        change: (stack) =>
          stack.drop(ROTATION, "rotation-queue").add(ROTATION, "strayed", {
            inputs: { secretId: Unknown.value, rotationRules: { automaticallyAfterDays: 30 } },
          }),
        of: [`${SECRET} secrets-queue`],
      },
      {
        when: "the schedule names months, of which nobody can tell the longest gap here",
        change: rotating("", { rotationRules: { scheduleExpression: "cron(0 8 1 1/2 ? *)" } }).change,
        of: [`${ROTATION} rotation-queue`],
      },
    ],
  });
});
