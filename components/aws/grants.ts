import { all, type Output } from "@pulumi/pulumi";
import type { Access, Grant, Grantable, GrantableKind } from "../contracts/grant";
import type { Account } from "./account";
import type { Statement } from "./policy-document";

/** Actions on some of the things that a grant names. */
interface Right {
  /** Third part of their ARNs: things of another service get none of the actions. */
  readonly service: string;
  /** Behind the ARN: what is in a thing instead of the thing itself. Default: the thing itself. */
  readonly suffix?: "/*";
  readonly actions: readonly string[];
}

/** What a kind of grant comes to on AWS. */
interface KindRights {
  readonly read: readonly Right[];
  /** Besides `read`. */
  readonly write: readonly Right[];
  /** On everything, since the service knows no narrower right to log in. Default: none. */
  readonly logIn?: readonly string[];
  /** Service that uses the key for the workload. */
  readonly keyService: string;
}

const listBucket: Right = { service: "s3", actions: ["s3:ListBucket"] };

const readObjects: Right = { service: "s3", suffix: "/*", actions: ["s3:GetObject"] };

/** Older versions stay out of reach: what is overwritten or deleted by a workload can be brought back. */
const writeObjects: Right = {
  service: "s3",
  suffix: "/*",
  actions: ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
};

/**
 * Every right, as actions of IAM. Names and resource levels:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const kinds: Readonly<Record<GrantableKind, KindRights>> = {
  secrets: {
    read: [{ service: "secretsmanager", actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"] }],
    write: [
      {
        service: "secretsmanager",
        actions: ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
      },
    ],
    keyService: "secretsmanager",
  },
  objects: { read: [listBucket, readObjects], write: [writeObjects], keyService: "s3" },
  // A lake is a bucket and its part of the catalog, which has no contents of its own names.
  lake: {
    read: [
      listBucket,
      readObjects,
      { service: "glue", actions: ["glue:GetCatalog", "glue:GetDatabase", "glue:GetTable", "glue:GetTables"] },
    ],
    write: [writeObjects, { service: "glue", actions: ["glue:UpdateTable"] }],
    keyService: "s3",
  },
  "key-values": {
    read: [
      {
        service: "dynamodb",
        actions: [
          "dynamodb:BatchGetItem",
          "dynamodb:DescribeTable",
          "dynamodb:GetItem",
          "dynamodb:Query",
          "dynamodb:Scan",
        ],
      },
    ],
    write: [
      {
        service: "dynamodb",
        actions: [
          "dynamodb:BatchWriteItem",
          "dynamodb:ConditionCheckItem",
          "dynamodb:DeleteItem",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
        ],
      },
    ],
    keyService: "dynamodb",
  },
  images: {
    read: [
      {
        service: "ecr",
        actions: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
        ],
      },
    ],
    write: [
      {
        service: "ecr",
        actions: ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"],
      },
    ],
    logIn: ["ecr:GetAuthorizationToken"],
    keyService: "ecr",
  },
};

/** The policy of a workload: statements for each right, and for each key that it uses through a service. */
export function grantStatements(account: Account, grants: readonly Grant[]): readonly Statement[] {
  return grants.flatMap(({ to, access }, index) => {
    if (to.resourceIds.length === 0) return [];
    const { read, write, logIn = [], keyService } = kinds[to.kind];
    const sid = (what: string) => `${pascalCase(to.kind)}${String(index)}${what}`;
    const statements: Statement[] = merged(access === "read" ? read : [...read, ...write]).map((right) => ({
      Sid: sid(`${pascalCase(right.service)}${right.suffix === undefined ? "" : "Contents"}`),
      Effect: "Allow",
      Action: right.actions,
      Resource: idsOf(to, right),
    }));
    if (logIn.length > 0) statements.push({ Sid: sid("LogIn"), Effect: "Allow", Action: logIn, Resource: "*" });
    if (to.keyId !== undefined) statements.push(keyStatement(account, sid("Key"), to.keyId, access, keyService));
    return statements;
  });
}

/** One right for each set of things, with the actions of all. */
function merged(rights: readonly Right[]): readonly Right[] {
  const found = new Map<string, Right>();
  for (const right of rights) {
    const key = right.service + (right.suffix ?? "");
    const known = found.get(key);
    found.set(key, known === undefined ? right : { ...known, actions: [...known.actions, ...right.actions] });
  }
  return [...found.values()];
}

function idsOf({ resourceIds }: Grantable, { service, suffix }: Right): Output<readonly string[]> {
  return all([...resourceIds]).apply((ids) =>
    ids.filter((id) => id.split(":")[2] === service).map((id) => `${id}${suffix ?? ""}`),
  );
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

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
