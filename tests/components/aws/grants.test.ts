import assert from "node:assert/strict";
import { all, output, type Output } from "@pulumi/pulumi";
import { AdoptedRegistry } from "../../../components/aws/adopted-registry";
import { grantStatements } from "../../../components/aws/grants";
import { KeyValues } from "../../../components/aws/key-values";
import { ObjectStore } from "../../../components/aws/object-store";
import { SecretStore } from "../../../components/aws/secret-store";
import { policyDocument } from "../../../components/aws/policy-document";
import {
  grantableKinds,
  type Access,
  type Grant,
  type Grantable,
  type GrantableKind,
} from "../../../components/contracts/grant";
import { policy } from "../../stacks/deployed";
import { onGround } from "./data-ground";
import { streams } from "./streams-ground";

const account = { id: output("111122223333"), partition: output("aws"), region: "eu-west-1" };
const keyArn = "arn:aws:kms:eu-west-1:111122223333:key/1";

/** Ids of each kind, as its component gives them. */
const ids: Readonly<Record<GrantableKind, readonly string[]>> = {
  secrets: [
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:test/*",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_test/*",
  ],
  objects: ["arn:aws:s3:::files"],
  lake: [
    "arn:aws:s3:::lake",
    "arn:aws:glue:eu-west-1:111122223333:catalog",
    "arn:aws:glue:eu-west-1:111122223333:database/test_lake",
    "arn:aws:glue:eu-west-1:111122223333:table/test_lake/*",
  ],
  "key-values": [
    "arn:aws:dynamodb:eu-west-1:111122223333:table/test-orders",
    "arn:aws:dynamodb:eu-west-1:111122223333:table/test-orders/index/*",
  ],
  images: ["arn:aws:ecr:eu-west-1:111122223333:repository/test/backend"],
};

type Statements = ReturnType<typeof policy>["Statement"];

function known<T>(value: Output<T>): Promise<T> {
  return new Promise((resolve) => {
    value.apply((found) => {
      resolve(found);
    });
  });
}

async function statementsOf(grants: readonly Grant[]): Promise<Statements> {
  return policy(await known(policyDocument(grantStatements(account, grants)))).Statement;
}

const grant = (kind: GrantableKind, access: Access, keyId?: string): Grant => ({
  to: {
    kind,
    resourceIds: ids[kind].map((id) => output(id)),
    keyId: keyId === undefined ? undefined : output(keyId),
  },
  access,
});

/** Actions and what they are for, by the end of the statement's name. */
async function rights(kind: GrantableKind, access: Access): Promise<Record<string, unknown>> {
  const found = await statementsOf([grant(kind, access)]);
  return Object.fromEntries(found.map(({ Sid, Action, Resource }) => [Sid, [Action, Resource]]));
}

const list = (value: string | string[] | undefined) => (typeof value === "string" ? [value] : (value ?? []));

/** Every action with each of the things that it is for. */
function pairs(statements: Statements): readonly string[] {
  return statements.flatMap(({ Action, Resource }) =>
    list(Action).flatMap((action) => list(Resource).map((id) => `${action} ${id}`)),
  );
}

const [catalog, database, tables] = ids.lake.slice(1);
const glue = [catalog, database, tables];
const readCatalog = ["glue:GetCatalog", "glue:GetDatabase", "glue:GetTable", "glue:GetTables"];
const writeObjects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"];
const readItems = [
  "dynamodb:BatchGetItem",
  "dynamodb:DescribeTable",
  "dynamodb:GetItem",
  "dynamodb:Query",
  "dynamodb:Scan",
];
const writeItems = [
  "dynamodb:BatchWriteItem",
  "dynamodb:ConditionCheckItem",
  "dynamodb:DeleteItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
];
const pull = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:DescribeImages",
  "ecr:GetDownloadUrlForLayer",
];
const readSecrets = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
const logIn = [["ecr:GetAuthorizationToken"], "*"];

const table: Readonly<Record<GrantableKind, Readonly<Record<Access, Record<string, unknown>>>>> = {
  secrets: {
    read: { Secrets0Secretsmanager: [readSecrets, ids.secrets] },
    write: {
      Secrets0Secretsmanager: [
        [...readSecrets, "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
        ids.secrets,
      ],
    },
  },
  objects: {
    read: {
      Objects0S3: [["s3:ListBucket"], ids.objects],
      Objects0S3Contents: [["s3:GetObject"], ["arn:aws:s3:::files/*"]],
    },
    write: {
      Objects0S3: [["s3:ListBucket"], ids.objects],
      Objects0S3Contents: [writeObjects, ["arn:aws:s3:::files/*"]],
    },
  },
  lake: {
    read: {
      Lake0S3: [["s3:ListBucket"], ["arn:aws:s3:::lake"]],
      Lake0S3Contents: [["s3:GetObject"], ["arn:aws:s3:::lake/*"]],
      Lake0Glue: [readCatalog, glue],
    },
    write: {
      Lake0S3: [["s3:ListBucket"], ["arn:aws:s3:::lake"]],
      Lake0S3Contents: [writeObjects, ["arn:aws:s3:::lake/*"]],
      Lake0Glue: [[...readCatalog, "glue:UpdateTable"], glue],
    },
  },
  "key-values": {
    read: { KeyValues0Dynamodb: [readItems, ids["key-values"]] },
    write: { KeyValues0Dynamodb: [[...readItems, ...writeItems], ids["key-values"]] },
  },
  images: {
    read: { Images0Ecr: [pull, ids.images], Images0LogIn: logIn },
    write: {
      Images0Ecr: [
        [...pull, "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"],
        ids.images,
      ],
      Images0LogIn: logIn,
    },
  },
};

describe("grants on AWS", function () {
  this.timeout(60_000);

  for (const kind of grantableKinds) {
    for (const access of ["read", "write"] as const) {
      it(`[PF-SEC-03] ${access} ${kind}: exactly these actions`, async () => {
        assert.deepEqual(await rights(kind, access), table[kind][access]);
      });
    }

    it(`write ${kind} includes read`, async () => {
      const written = new Set(pairs(await statementsOf([grant(kind, "write", keyArn)])));
      for (const pair of pairs(await statementsOf([grant(kind, "read", keyArn)]))) assert.ok(written.has(pair), pair);
    });

    it(`${kind}: nothing is for everything but the log-in, and no action ends in a star`, async () => {
      const found = await statementsOf([grant(kind, "read", keyArn), grant(kind, "write", keyArn)]);
      for (const pair of pairs(found)) {
        assert.ok(!pair.endsWith(" *") || pair === "ecr:GetAuthorizationToken *", pair);
        assert.doesNotMatch(pair, /^[^ ]*\*/);
      }
    });

    it(`[PF-SEC-05] ${kind}: the key serves through its service alone`, async () => {
      const keys = { secrets: "secretsmanager", objects: "s3", lake: "s3", "key-values": "dynamodb", images: "ecr" };
      for (const [access, actions] of [
        ["read", ["kms:Decrypt"]],
        ["write", ["kms:Decrypt", "kms:GenerateDataKey"]],
      ] as const) {
        const found = await statementsOf([grant(kind, access, keyArn)]);
        assert.deepEqual(found.at(-1), {
          Sid: `${String(found[0]?.Sid.replace(/0.*/, ""))}0Key`,
          Effect: "Allow",
          Action: actions,
          Resource: keyArn,
          Condition: { StringEquals: { "kms:ViaService": `${keys[kind]}.eu-west-1.amazonaws.com` } },
        });
      }
    });
  }

  it("have names that IAM takes, each once", async () => {
    const found = await statementsOf(grantableKinds.flatMap((kind) => [grant(kind, "read"), grant(kind, "write")]));
    const names = found.map(({ Sid }) => Sid);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[A-Za-z0-9]+$/);
  });

  it("allow, each of them", async () => {
    const statements = await statementsOf(grantableKinds.map((kind) => grant(kind, "write", "arn:aws:kms:x:1:key/a")));
    assert.deepEqual(new Set(statements.map(({ Effect }) => Effect)), new Set(["Allow"]));
    assert.ok(statements.some(({ Sid }) => Sid.endsWith("LogIn")));
  });

  it("are nothing for nothing", async () => {
    const empty: Grantable = { kind: "images", resourceIds: [], keyId: undefined };
    assert.deepEqual(await statementsOf([{ to: empty, access: "read" }]), []);
    assert.deepEqual(await statementsOf([]), []);
  });

  it("fit the ids that the components give", async () => {
    const given: Partial<Record<GrantableKind, readonly string[]>> = {};
    await onGround((ground) => {
      const { account: here, keyArn: key, protection } = ground.shared;
      const shared = { account: here, prefix: "test", keyArn: key, protection };
      const tables = { orders: { hashKey: "id" } };
      const made: readonly Grantable[] = [
        new SecretStore("store", shared, ground.stores),
        new ObjectStore(
          "files",
          {
            bucketName: "files",
            prefixes: ["uploads"],
            infrequentAccessAfterDays: 30,
            deleteAfterDays: 60,
            keepVersionsDays: 7,
            protection,
          },
          ground.stores,
        ),
        new KeyValues("tables", { ...shared, tables, recoveryDays: 7 }, ground.stores),
        new AdoptedRegistry("images", { repositories: {} }, ground.stores),
        streams(ground).lake({ prefix: "test", bucketName: "lake" }),
      ];
      for (const { kind, resourceIds } of made) {
        all([...resourceIds]).apply((found) => {
          given[kind] = found;
        });
      }
    });
    assert.deepEqual(given, { ...ids, images: [] });
  });
});
