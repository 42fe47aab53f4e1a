import { z } from "zod";
import { isOwnKey } from "../../checks/aws-keys";
import { allowsEverybody, statementsOf } from "../../checks/policy-documents";
import type { Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Rule, type StackFacts } from "../../model/rule";
import { undecided } from "../../model/view";

const KMS = "https://docs.aws.amazon.com/kms/latest/developerguide";

const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const REPLICA = "aws:kms/replicaKey:ReplicaKey";
const SECRET = "aws:secretsmanager/secret:Secret";
const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";

export const keyRules: readonly Rule[] = [
  resourceRule({
    id: "aws-kms-rotation",
    title: "Keys are renewed each year, and a deletion can be taken back",
    severity: "high",
    controls: {
      cis: ["AWS 3.0 3.6"],
      iso27001: ["A.8.5", "A.8.24"],
      soc2: ["PI1.5"],
      hipaa: ["164.312(a)(2)(iv)"],
      pciDss: ["3.7.4"],
      gdpr: ["Article 25"],
    },
    why: "The longer one piece of key material serves, the more there is to read for whoever gets hold of it. What a deleted key has encrypted is lost, and the waiting period is the only time to notice.",
    remedy: {
      text: "Switch rotation on and leave the waiting period at 30 days.",
      example: 'new kms.Key("data", { enableKeyRotation: true, deletionWindowInDays: 30, policy })',
    },
    source: `${KMS}/rotate-keys.html`,
    settings: z.object({
      maximumRotationDays: z
        .int()
        .min(90)
        .max(2560)
        .default(365)
        .describe("Days after which key material is renewed, at most."),
      minimumDeletionDays: z
        .int()
        .min(7)
        .max(30)
        .default(30)
        .describe("Days between the deletion of a key and its end in stacks of production and recovery, at least."),
    }),
    on: {
      [KEY]: (key, expect, { stack, settings }) => {
        expect("enableKeyRotation", "keeps the same key material for ever", () => {
          return !canRotate(key) || key.enableKeyRotation === true;
        });
        expect(
          "rotationPeriodInDays",
          `renews the key after more than ${String(settings.maximumRotationDays)} days`,
          () => {
            // Without a period, KMS rotates after 365 days.
            return !canRotate(key) || (key.rotationPeriodInDays ?? 365) <= settings.maximumRotationDays;
          },
        );
        deletionFacts(expect, key, stack, settings.minimumDeletionDays);
      },
      // A replica is renewed with its primary.
      [REPLICA]: (key, expect, { stack, settings }) => {
        deletionFacts(expect, key, stack, settings.minimumDeletionDays);
      },
    },
    fix: {
      [KEY]: {
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: 30,
        bypassPolicyLockoutSafetyCheck: false,
      },
      [REPLICA]: { deletionWindowInDays: 30, bypassPolicyLockoutSafetyCheck: false },
    },
  }),
  graphRule({
    id: "aws-kms-policy",
    title: "Keys say who may use them, and that is not everybody",
    severity: "critical",
    controls: { iso27001: ["A.8.1"] },
    why: "A key that everybody may use encrypts nothing. Without a policy of its own a key has the default one, which nobody has decided on.",
    remedy: {
      text: "Give the key a policy that names accounts, roles and services, the services with a condition on the source.",
      example:
        '{ Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "kms:GenerateDataKey*", Resource: "*", Condition: { StringEquals: { "aws:SourceArn": trailArn } } }',
    },
    source: `${KMS}/key-policies.html`,
    types: [KEY, REPLICA, KEY_POLICY],
    check: (graph, judge) => {
      judge.each(graph.all(KEY, REPLICA), (key, expect) => {
        expect("policy", "is missing: the default one leaves everything to the policies of identities", () => {
          return hasText(key.props.policy) || graph.from(KEY_POLICY, "keyId", key).length > 0;
        });
        policyFacts(expect, key);
      });
      judge.each(graph.all(KEY_POLICY), (companion, expect) => {
        policyFacts(expect, companion);
      });
    },
  }),
  graphRule({
    id: "aws-secret-cmk-rotated",
    title: "Secrets have a key of the account's own, can be restored and are renewed",
    severity: "high",
    controls: { hipaa: ["164.308(a)(4)(ii)(C)"], pciDss: ["3.5.1"] },
    why: "With the key of AWS a right to read the secret is all that reading takes. A password that leaked and is never renewed lets its finder in for years.",
    remedy: {
      text: "Encrypt with a KMS key, keep a recovery window and rotate the secret.",
      example:
        'new secretsmanager.SecretRotation("rotation", { secretId: secret.id, rotationLambdaArn: rotate.arn, rotationRules: { automaticallyAfterDays: 30 } })',
    },
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/best-practices.html",
    settings: z.object({
      maximumRotationDays: z
        .int()
        .min(1)
        .max(1000)
        .default(90)
        .describe("Days after which a secret is renewed, at most; not asked of stacks of development."),
      minimumRecoveryDays: z
        .int()
        .min(7)
        .max(30)
        .default(7)
        .describe("Days that a deleted secret can be restored, at least; not asked of stacks of development."),
    }),
    types: [SECRET],
    check: (graph, judge, { stack, settings }) => {
      const isDevelopment = stack.class === "development";
      const key = "is no key of the account's own";
      judge.each(graph.all(SECRET), (secret, expect) => {
        expect("kmsKeyId", key, () => isOwnKey(secret.props.kmsKeyId));
        expect("recoveryWindowInDays", `is less than ${String(settings.minimumRecoveryDays)} days`, () => {
          // Without a value, 30 days.
          return isDevelopment || (secret.props.recoveryWindowInDays ?? 30) >= settings.minimumRecoveryDays;
        });
        expect("", "is never renewed", () => isDevelopment || graph.from(ROTATION, "secretId", secret).length > 0);
        (secret.props.replicas ?? []).forEach((replica, index) => {
          expect(`replicas[${String(index)}].kmsKeyId`, key, () => isOwnKey(replica.kmsKeyId));
        });
      });
      judge.each(graph.all(ROTATION), ({ props }, expect) => {
        const says = `renews the secret after more than ${String(settings.maximumRotationDays)} days, or never`;
        expect("rotationRules", says, () => {
          return props.rotationEnabled !== false && rotationDays(props.rotationRules) <= settings.maximumRotationDays;
        });
      });
    },
  }),
];

interface RotatingKey {
  readonly customKeyStoreId?: string;
  readonly xksKeyId?: string;
  readonly customerMasterKeySpec?: string;
  readonly keyUsage?: string;
}

/** KMS renews symmetric keys whose material it has made itself: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
function canRotate(key: RotatingKey): boolean {
  return (
    key.customKeyStoreId === undefined &&
    key.xksKeyId === undefined &&
    (key.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT" &&
    (key.keyUsage ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT"
  );
}

interface DeletableKey {
  readonly deletionWindowInDays?: number;
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
}

function deletionFacts(expect: Expect, key: DeletableKey, stack: StackFacts, leastDays: number): void {
  expect("deletionWindowInDays", `leaves less than ${String(leastDays)} days to take a deletion back`, () => {
    if (stack.class === "development" || stack.class === "staging") return true;
    // Without a value, 30 days.
    return (key.deletionWindowInDays ?? 30) >= leastDays;
  });
  expect(
    "bypassPolicyLockoutSafetyCheck",
    "takes a policy that locks everybody out of the key",
    () => key.bypassPolicyLockoutSafetyCheck !== true,
  );
}

function policyFacts(expect: Expect, { props }: Node<typeof KEY | typeof REPLICA | typeof KEY_POLICY>): void {
  expect("policy", "lets everybody use the key", () => {
    return !hasText(props.policy) || !statementsOf(props.policy, "policy").some(allowsEverybody);
  });
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

interface RotationRules {
  readonly automaticallyAfterDays?: number;
  readonly scheduleExpression?: string;
}

/**
 * Days between rotations at most.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
 */
function rotationDays(rules: RotationRules | undefined): number {
  const { automaticallyAfterDays, scheduleExpression = "" } = rules ?? {};
  if (automaticallyAfterDays !== undefined) return automaticallyAfterDays;
  const rate = /^rate\((\d+) (hour|day)s?\)$/.exec(scheduleExpression);
  if (rate !== null) return rate[2] === "hour" ? Number(rate[1]) / 24 : Number(rate[1]);
  const cron = /^cron\((.*)\)$/.exec(scheduleExpression)?.[1]?.split(" ");
  if (cron === undefined) return Infinity;
  const [, , , month, , year = "*"] = cron;
  return month === "*" && year === "*"
    ? 31
    : undecided("rotationRules.scheduleExpression", "is not a schedule of every month");
}
