import assert from "node:assert/strict";
import { interpolate, output, type Output } from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../../../components/aws/policy-document";
import { podTrust } from "../../../components/aws/identity";
import { logsStatement } from "../../../components/aws/key";

const value = <T>(given: Output<T>): Promise<T> =>
  new Promise((resolve) =>
    given.apply((known) => {
      resolve(known);
    }),
  );

describe("policy documents", () => {
  it("are JSON of the current version, with outputs resolved", async () => {
    const document = policyDocument([
      {
        Sid: "Read",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: [interpolate`arn:${output("aws-cn")}:s3:::b/*`],
      },
    ]);
    assert.deepEqual(JSON.parse(await value(document)), {
      Version: "2012-10-17",
      Statement: [{ Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws-cn:s3:::b/*"] }],
    });
  });

  it("let one service assume a role", async () => {
    assert.deepEqual(JSON.parse(await value(serviceTrust("ec2.amazonaws.com"))), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AssumeByService",
          Effect: "Allow",
          Principal: { Service: "ec2.amazonaws.com" },
          Action: ["sts:AssumeRole"],
        },
      ],
    });
  });

  it("[DP-SEC-01] let the pods of one service account assume a role and tag the session, and no others", async () => {
    const subject = { clusterName: output("test-eks"), namespace: "shop", serviceAccount: "cart" };
    const { Statement } = JSON.parse(await value(podTrust(subject))) as {
      Statement: { Action: string[]; Condition: unknown }[];
    };
    assert.equal(Statement.length, 1);
    assert.deepEqual(Statement[0]?.Action, ["sts:AssumeRole", "sts:TagSession"]);
    assert.deepEqual(Statement[0].Condition, {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": "test-eks",
        "aws:RequestTag/kubernetes-namespace": "shop",
        "aws:RequestTag/kubernetes-service-account": "cart",
      },
    });
  });

  it("let CloudWatch Logs use a key for the named groups only, in any partition", async () => {
    const account = { id: output("123456789012"), partition: output("aws-us-gov"), region: "us-gov-west-1" };
    const document = policyDocument([logsStatement(account, ["/a", "/b"])]);
    const [statement] = (
      JSON.parse(await value(document)) as { Statement: { Condition: unknown; Principal: unknown }[] }
    ).Statement;
    assert.deepEqual(statement?.Principal, { Service: "logs.us-gov-west-1.amazonaws.com" });
    assert.deepEqual(statement.Condition, {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": ["/a", "/b"].map(
          (group) => `arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:${group}`,
        ),
      },
    });
  });
});
