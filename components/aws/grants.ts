import { interpolate, type Output } from "@pulumi/pulumi";
import type { Access, Grant, GrantableKind } from "../contracts/grant";
import type { Account } from "./account";
import type { Statement } from "./policy-document";

/** What a right comes to on AWS. */
interface GrantActions {
  /** On the thing itself, such as a bucket. */
  readonly container: readonly string[];
  /** On what is in it: `undefined` where it has no names of its own. */
  readonly contents: { readonly suffix: string; readonly actions: readonly string[] } | undefined;
  /** On everything, since the service knows no narrower right. */
  readonly everything: readonly string[];
  /** Service that uses the key on the workload's behalf. */
  readonly service: string;
}

const readObjects = { suffix: "/*", actions: ["s3:GetObject"] };

/** Older versions stay out of reach: what is overwritten or deleted by a workload can be brought back. */
const writeObjects = {
  suffix: "/*",
  actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
};

const readItems = [
  "dynamodb:BatchGetItem",
  "dynamodb:DescribeTable",
  "dynamodb:GetItem",
  "dynamodb:Query",
  "dynamodb:Scan",
];

const pullImages = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:DescribeImages",
  "ecr:GetDownloadUrlForLayer",
];

/**
 * Every right, as actions of IAM. Names and resource levels:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const actions: Readonly<Record<GrantableKind, Readonly<Record<Access, GrantActions>>>> = {
  secrets: {
    read: {
      container: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      contents: undefined,
      everything: [],
      service: "secretsmanager",
    },
    write: {
      container: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      contents: undefined,
      everything: [],
      service: "secretsmanager",
    },
  },
  objects: {
    read: { container: ["s3:ListBucket"], contents: readObjects, everything: [], service: "s3" },
    write: { container: ["s3:ListBucket"], contents: writeObjects, everything: [], service: "s3" },
  },
  // Ids of a lake are its bucket and, for the catalog, its database and tables: the actions of one do nothing on the other.
  lake: {
    read: {
      container: ["s3:ListBucket", "glue:GetCatalog", "glue:GetDatabase", "glue:GetTable", "glue:GetTables"],
      contents: readObjects,
      everything: [],
      service: "s3",
    },
    write: {
      container: [
        "s3:ListBucket",
        "glue:GetCatalog",
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetTables",
        "glue:UpdateTable",
      ],
      contents: writeObjects,
      everything: [],
      service: "s3",
    },
  },
  "key-values": {
    read: {
      container: readItems,
      contents: { suffix: "/index/*", actions: ["dynamodb:Query", "dynamodb:Scan"] },
      everything: [],
      service: "dynamodb",
    },
    write: {
      container: [
        ...readItems,
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
      contents: { suffix: "/index/*", actions: ["dynamodb:Query", "dynamodb:Scan"] },
      everything: [],
      service: "dynamodb",
    },
  },
  images: {
    read: { container: pullImages, contents: undefined, everything: ["ecr:GetAuthorizationToken"], service: "ecr" },
    write: {
      container: [
        ...pullImages,
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      contents: undefined,
      everything: ["ecr:GetAuthorizationToken"],
      service: "ecr",
    },
  },
};

/** The policy of a workload: a statement for each right, and for each key that it uses through a service. */
export function grantStatements(account: Account, grants: readonly Grant[]): readonly Statement[] {
  return grants.flatMap(({ to, access }, index) => {
    const { container, contents, everything, service } = actions[to.kind][access];
    const sid = (what: string) => `${camelCase(to.kind)}${String(index)}${what}`;
    const statements: Statement[] = [{ Sid: sid(""), Effect: "Allow", Action: container, Resource: to.resourceIds }];
    if (contents !== undefined) {
      statements.push({
        Sid: sid("Contents"),
        Effect: "Allow",
        Action: contents.actions,
        Resource: to.resourceIds.map((id) => interpolate`${id}${contents.suffix}`),
      });
    }
    if (everything.length > 0) {
      statements.push({ Sid: sid("LogIn"), Effect: "Allow", Action: everything, Resource: "*" });
    }
    if (to.keyId !== undefined) statements.push(keyStatement(account, sid("Key"), to.keyId, access, service));
    return statements;
  });
}

/** The key serves only what the service asks of it for the workload, never the workload itself. */
function keyStatement(
  account: Account,
  sid: string,
  keyArn: Output<string>,
  access: Access,
  service: string,
): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: access === "read" ? ["kms:Decrypt"] : ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: keyArn,
    Condition: { StringEquals: { "kms:ViaService": `${service}.${account.region}.amazonaws.com` } },
  };
}

function camelCase(kind: GrantableKind): string {
  return kind.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
