import assert from "node:assert/strict";
import { SecurityGroups } from "../../../components/aws/security-groups";
import { ServiceEndpoints } from "../../../components/aws/service-endpoints";
import { interfaceServices, type InterfaceService } from "../../../components/planning/service-endpoints";
import { grantsService } from "../../../offline/services/aws/resource-policy";
import { only, policy, type Deployed } from "../../stacks/deployed";
import { accountId, attempt, childrenOf, onNetwork, type Ground } from "./ground";

function endpoints({ account, network, onAws }: Ground, services: readonly InterfaceService[]): void {
  const groups = new SecurityGroups(
    "groups",
    { network, prefix: "test", needs: { podPorts: [], webhookPorts: [], groups: ["endpoints", "runner"] } },
    onAws,
  );
  new ServiceEndpoints(
    "endpoints",
    { account, prefix: "test", network, services, securityGroupId: groups.idOf("endpoints") },
    onAws,
  );
}

function routedOnly({ account, network, onAws }: Ground): void {
  new ServiceEndpoints("endpoints", { account, prefix: "test", network, services: [], routed: ["private"] }, onAws);
}

const statements = (stack: Deployed, name: string) => policy(stack.input(name, "policy")).Statement;

const everything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const known = [
  { Sid: "OwnAccount", ...everything, Condition: { StringEquals: { "aws:PrincipalAccount": accountId } } },
  { Sid: "CloudServices", ...everything, Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } },
];

describe("ServiceEndpoints", function () {
  this.timeout(60_000);

  it("[PF-SEC-04] give the private tier addresses of services, open to their group alone", async () => {
    const stack = await onNetwork((ground) => {
      endpoints(ground, ["ecr.api", "sts"]);
    });
    assert.deepEqual(childrenOf(stack, "endpoints"), [
      "endpoints-dynamodb",
      "endpoints-ecr-api",
      "endpoints-s3",
      "endpoints-sts",
    ]);
    const { policy: document, ...inputs } = stack.named("endpoints-ecr-api").inputs;
    assert.equal(typeof document, "string");
    assert.deepEqual(inputs, {
      vpcId: stack.id("network-vpc"),
      serviceName: "com.amazonaws.eu-west-1.ecr.api",
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: [stack.id("network-private-a"), stack.id("network-private-b")],
      securityGroupIds: [stack.id("groups-endpoints")],
      tags: { Name: "test-ecr.api" },
    });
    assert.deepEqual(
      stack
        .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ inputs: rule }) => rule["securityGroupId"] === stack.id("groups-endpoints"))
        .map(({ inputs: { fromPort, toPort, referencedSecurityGroupId } }) => [
          fromPort,
          toPort,
          referencedSecurityGroupId,
        ])
        .sort(),
      ["worker", "runner"].map((group) => [443, 443, stack.id(`groups-${group}`)]).sort(),
    );
  });

  it("[PF-SEC-04] route both tiers without a public address to S3 and DynamoDB", async () => {
    const stack = await onNetwork((ground) => {
      endpoints(ground, []);
    });
    for (const service of ["s3", "dynamodb"]) {
      assert.deepEqual(
        only(stack.named(`endpoints-${service}`).inputs, "vpcEndpointType", "serviceName", "routeTableIds"),
        {
          vpcEndpointType: "Gateway",
          serviceName: `com.amazonaws.eu-west-1.${service}`,
          routeTableIds: ["private-a", "private-b", "database"].map((tier) => stack.id(`network-${tier}-routes`)),
        },
      );
    }
  });

  it("are free of charge without a group, and leave the database tier to itself where it is told to", async () => {
    const stack = await onNetwork(routedOnly);
    assert.deepEqual(childrenOf(stack, "endpoints"), ["endpoints-dynamodb", "endpoints-s3"]);
    for (const service of ["s3", "dynamodb"]) {
      assert.deepEqual(
        stack.input(`endpoints-${service}`, "routeTableIds"),
        ["private-a", "private-b"].map((tier) => stack.id(`network-${tier}-routes`)),
      );
    }
  });

  it("let the account's identities and services of AWS through, and of others only what takes nothing out", async () => {
    const stack = await onNetwork((ground) => {
      endpoints(ground, interfaceServices);
    });
    const open = ["s3", "sts"];
    for (const service of ["dynamodb", ...interfaceServices].filter((each) => !open.includes(each))) {
      assert.deepEqual(statements(stack, `endpoints-${service.replace(".", "-")}`), known, service);
    }
    assert.deepEqual(statements(stack, "endpoints-s3"), [
      ...known,
      { Sid: "Downloads", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" },
    ]);
    assert.deepEqual(statements(stack, "endpoints-sts"), [
      ...known,
      {
        Sid: "ServiceAccounts",
        Effect: "Allow",
        Principal: "*",
        Action: "sts:AssumeRoleWithWebIdentity",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
      },
    ]);
  });

  it("keep a stranger's key from writing to a bucket of theirs", async () => {
    const stack = await onNetwork((ground) => {
      endpoints(ground, []);
    });
    const document = JSON.stringify({ Statement: statements(stack, "endpoints-s3").slice(2) });
    const call = (action: string) =>
      grantsService(document, { service: "stranger", action, resource: "arn:aws:s3:::theirs/file" });
    assert.deepEqual([call("s3:GetObject"), call("s3:PutObject"), call("s3:ListBucket")], [true, false, false]);
  });

  it("are refused for a service twice", async () => {
    const { run } = await attempt((ground) => {
      endpoints(ground, ["kms"]);
      new ServiceEndpoints(
        "again",
        { account: ground.account, prefix: "test", network: ground.network, services: ["kms"], securityGroupId: "" },
        ground.onAws,
      );
    });
    assert.match(run.errors.join("\n"), /RouteAlreadyExists/);
  });
});
