import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { Cloud } from "../../../../offline/cloud/cloud";
import { Unknown } from "../../../../offline/cloud/value";
import { Account, at, aws, network, refused } from "./support";

const VPC = "aws:ec2/vpc:Vpc";
const QUEUE = "aws:sqs/queue:Queue";
const view = Cloud.open().view({ account: "", region: "" });

describe("AWS provider configuration", () => {
  const reason = (config: Record<string, string>) =>
    aws
      .checkConfig(config)
      .map((each) => each.reason)
      .join();

  it("wants a region that exists", () => {
    assert.match(reason({}), /pulumi config set aws:region/);
    assert.match(reason({ region: "us-east-9" }), /invalid AWS Region: us-east-9/);
    assert.equal(reason({ region: "us-east-1", version: "7.48.0", skipRegionValidation: "true" }), "");
    assert.deepEqual(aws.checkConfig({ region: Unknown.value }), []);
  });

  it("refuses unknown keys and the key that was renamed", () => {
    assert.match(reason({ region: "us-east-1", regoin: "x" }), /Invalid or unknown key: regoin/);
    assert.match(reason({ region: "us-east-1", assumeRole: "{}" }), /should be 'aws:assumeRoles'/);
  });

  it("belongs to the account of the role assumed last, given as JSON", () => {
    const assumeRoles = JSON.stringify([{ roleArn: "arn:aws:iam::444455556666:role/deploy" }]);
    assert.equal(aws.configure({ region: "us-east-1", assumeRoles }, view).scope.account, "444455556666");
    assert.equal(aws.configure({ region: "us-east-1" }, view).scope.account, "111122223333");
    assert.match(
      reason({ region: "us-east-1", assumeRoles: '[{"roleArn":"deploy"}]' }),
      /"roleArn" \(deploy\) is an invalid ARN/,
    );
  });

  it("refuses an account that is not allowed or forbidden", () => {
    const configure = (more: object) => aws.configure({ region: "us-east-1", ...more }, view);
    const code = "InvalidClientTokenId";
    refused(
      () => configure({ allowedAccountIds: '["444455556666"]' }),
      code,
      /AWS account ID not allowed: 111122223333/,
    );
    refused(() => configure({ forbiddenAccountIds: '["111122223333"]' }), code, /AWS account ID not allowed/);
    assert.ok(configure({ allowedAccountIds: '["111122223333"]' }));
    assert.match(reason({ region: "us-east-1", allowedAccountIds: "[]", forbiddenAccountIds: "[]" }), /conflicts with/);
  });
});

describe("AWS resources of every type", () => {
  it("get the default tags below their own, without those to ignore", () => {
    const defaultTags = JSON.stringify({ tags: { team: "platform", stage: "dev", "kubernetes.io/x": "1" } });
    const ignoreTags = JSON.stringify({ keyPrefixes: ["kubernetes.io/"] });
    const account = new Account({ defaultTags, ignoreTags });
    const { outputs } = account.create(VPC, "net", { cidrBlock: "10.0.0.0/16", tags: { stage: "prod" } });
    assert.deepEqual(outputs["tagsAll"], { team: "platform", stage: "prod" });
    assert.deepEqual(outputs["tags"], { stage: "prod" });
    assert.equal(aws.effectiveOutputs?.(VPC, { tags: Unknown.value }, account.session)["tagsAll"], Unknown.value);
  });

  it("refuse tags that AWS keeps for itself or that are too long, and a region that does not exist", () => {
    const reasons = new Account().reasons(VPC, {
      cidrBlock: "10.0.0.0/16",
      region: "us-east-9",
      tags: { "aws:x": "1", long: "x".repeat(257) },
    });
    assert.match(reasons['tags["aws:x"]'] ?? "", /reserved for internal use/);
    assert.match(reasons['tags["long"]'] ?? "", /at most 256/);
    assert.match(reasons["region"] ?? "", /invalid AWS Region: us-east-9/);
  });

  it("live in the region of their input, else of the instance; global ones in none", () => {
    const { session } = new Account();
    assert.equal(aws.scopeOf(VPC, {}, session).region, "us-east-1");
    assert.equal(aws.scopeOf(VPC, { region: "eu-west-1" }, session).region, "eu-west-1");
    assert.equal(aws.scopeOf("aws:iam/role:Role", {}, session).region, "");
    assert.equal(aws.scopeOf("aws:route53/zone:Zone", {}, session).region, "");
    const there = new Account().create(VPC, "net", { cidrBlock: "10.0.0.0/16", region: "eu-west-1" });
    assert.equal(there.outputs["region"], "eu-west-1");
    assert.match(text(there.outputs["arn"]), /^arn:aws:ec2:eu-west-1:/);
  });

  it("carry the partition of their region in their ARN", () => {
    const china = new Account({ region: "cn-north-1" }).create(VPC, "net", { cidrBlock: "10.0.0.0/16" });
    assert.match(text(china.outputs["arn"]), /^arn:aws-cn:ec2:cn-north-1:/);
    const bucket = new Account({ region: "us-gov-west-1" }).create("aws:s3/bucket:Bucket", "b", {
      bucket: "gov-assets",
    });
    assert.equal(bucket.outputs["arn"], "arn:aws-us-gov:s3:::gov-assets");
  });

  it("are named as the bridged provider names them when no rule describes them", () => {
    const account = new Account();
    assert.match(text(account.create(QUEUE, "jobs", {}).inputs["name"]), /^jobs-[0-9a-f]{7}$/);
    assert.equal(aws.resourceType("aws:ec2/keyPair:KeyPair").name?.property, "keyName");
    assert.equal(aws.resourceType("aws:appsync/function:Function").name?.separator, "_");
    assert.equal(aws.resourceType("aws:route53/record:Record").name, undefined);
    assert.equal(aws.resourceType("aws:ec2/volumeAttachment:VolumeAttachment").name, undefined);
  });

  it("are deleted before their successor is made when their name was given by hand", () => {
    const first = (token: string, inputs: object) => aws.deletesFirst(token, {}, { ...inputs });
    assert.equal(first(QUEUE, { name: "jobs" }), true);
    assert.equal(first(QUEUE, { name: "jobs-0a1b2c3" }), false);
    assert.equal(first("aws:iam/role:Role", { name: "node-12", namePrefix: "node-" }), false);
    assert.equal(first("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {}), true);
    assert.equal(first(VPC, { cidrBlock: "10.0.0.0/16" }), false);
  });
});

describe("AWS data sources", () => {
  it("tell region, partition, account and zones", () => {
    const account = new Account({ region: "us-east-1" });
    assert.equal(account.invoke("aws:index/getRegion:getRegion")["region"], "us-east-1");
    assert.equal(account.invoke("aws:index/getRegion:getRegion")["description"], "US East (N. Virginia)");
    assert.equal(account.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"], "111122223333");
    assert.equal(account.invoke("aws:index/getPartition:getPartition")["dnsSuffix"], "amazonaws.com");
    const zones = account.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", { state: "available" });
    assert.deepEqual(
      zones["names"],
      ["a", "b", "c", "d", "e", "f"].map((letter) => `us-east-1${letter}`),
    );
    assert.deepEqual(zones["zoneIds"], ["use1-az1", "use1-az2", "use1-az4", "use1-az6", "use1-az3", "use1-az5"]);
    const others = account.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {
      excludeZoneIds: ["use1-az3"],
    });
    assert.equal((others["names"] as readonly string[]).includes("us-east-1e"), false);
  });

  it("name a data source that is not simulated", () => {
    refused(
      () => new Account().invoke("aws:mq/getBroker:getBroker"),
      "UnsupportedOperation",
      /aws:mq\/getBroker:getBroker; it answers/,
    );
  });

  it("find subnets by filters and tags, in the region asked", () => {
    const account = new Account();
    const { vpc, subnets } = network(account);
    const find = (args: object) => account.invoke("aws:ec2/getSubnets:getSubnets", { ...args })["ids"];
    const inVpc = { name: "vpc-id", values: [vpc.id] };
    assert.deepEqual(
      find({ filters: [inVpc] }),
      subnets.map(({ id }) => id),
    );
    assert.deepEqual(find({ filters: [inVpc, { name: "availability-zone", values: ["*-1b"] }] }), [at(subnets, 1).id]);
    assert.deepEqual(find({ tags: { Name: "none" } }), []);
    assert.deepEqual(find({ filters: [inVpc], region: "eu-west-1" }), []);
    refused(() => find({ filters: [{ name: "colour", values: ["red"] }] }), "InvalidParameterValue", /filter 'colour'/);
    const one = account.invoke("aws:ec2/getSubnet:getSubnet", { id: at(subnets, 0).id });
    assert.equal(one["availableIpAddressCount"], 251);
    refused(
      () => account.invoke("aws:ec2/getSubnet:getSubnet", { vpcId: vpc.id }),
      "InvalidParameter",
      /multiple EC2 Subnets/,
    );
    refused(() => account.invoke("aws:ec2/getVpc:getVpc", { id: "vpc-0" }), "NotFound", /no matching EC2 VPC/);
    assert.equal(
      account.invoke("aws:ec2/getVpc:getVpc", { id: vpc.id })["mainRouteTableId"],
      vpc.outputs["mainRouteTableId"],
    );
  });

  it("find images, add-on versions, keys and roles", () => {
    const account = new Account();
    const name = "/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended/image_id";
    assert.match(text(account.invoke("aws:ssm/getParameter:getParameter", { name })["value"]), /^ami-[0-9a-f]{17}$/);
    const none = { name: "/aws/service/eks/optimized-ami/1.36/amazon-linux-2/recommended/image_id" };
    refused(() => account.invoke("aws:ssm/getParameter:getParameter", none), "ParameterNotFound");
    const addon = (addonName: string, kubernetesVersion: string) =>
      account.invoke("aws:eks/getAddonVersion:getAddonVersion", { addonName, kubernetesVersion, mostRecent: true });
    assert.equal(addon("kube-proxy", "1.36")["version"], "v1.36.2-eksbuild.1");
    refused(() => addon("kube-proxy", "1.20"), "InvalidParameterException");
    const key = account.create("aws:kms/key:Key", "k", {});
    account.create("aws:kms/alias:Alias", "k", { name: "alias/k", targetKeyId: key.id });
    assert.equal(account.invoke("aws:kms/getAlias:getAlias", { name: "alias/k" })["targetKeyArn"], key.outputs["arn"]);
    assert.equal(account.invoke("aws:kms/getKey:getKey", { keyId: "alias/k" })["arn"], key.outputs["arn"]);
    refused(() => account.invoke("aws:kms/getAlias:getAlias", { name: "alias/none" }), "NotFoundException");
    refused(() => account.invoke("aws:iam/getRole:getRole", { name: "none" }), "NoSuchEntity");
    refused(() => account.invoke("aws:eks/getCluster:getCluster", { name: "none" }), "ResourceNotFoundException");
  });
});

describe("AWS policy document data source", () => {
  const render = (args: object) =>
    new Account().invoke("aws:iam/getPolicyDocument:getPolicyDocument", { ...args })["json"] as string;

  it("renders statements as the provider does", () => {
    const json = render({
      statements: [
        {
          sid: "Web",
          actions: ["sts:AssumeRoleWithWebIdentity"],
          principals: [{ type: "Federated", identifiers: ["arn:aws:iam::111122223333:oidc-provider/x"] }],
          conditions: [{ test: "StringEquals", variable: "x:sub", values: ["system:serviceaccount:a:b"] }],
        },
        {
          effect: "Deny",
          actions: ["s3:Get*", "s3:List*"],
          resources: ["arn:aws:s3:::b/&{aws:username}"],
          notPrincipals: [{ type: "*", identifiers: ["*"] }],
        },
      ],
    });
    assert.deepEqual(JSON.parse(json), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Web",
          Effect: "Allow",
          Action: "sts:AssumeRoleWithWebIdentity",
          Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/x" },
          Condition: { StringEquals: { "x:sub": "system:serviceaccount:a:b" } },
        },
        {
          Effect: "Deny",
          Action: ["s3:List*", "s3:Get*"],
          Resource: "arn:aws:s3:::b/${aws:username}",
          NotPrincipal: "*",
        },
      ],
    });
    assert.match(json, /^\{\n {2}"Version"/);
  });

  it("builds on source documents, overrides by Sid, and refuses a Sid twice", () => {
    const source = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "A", Effect: "Allow", Action: "s3:*", Resource: "*" }],
    });
    const override = JSON.stringify({ Statement: { Sid: "A", Effect: "Deny", Action: "s3:*", Resource: "*" } });
    const own = [{ sid: "B", actions: ["ec2:*"], resources: ["*"] }];
    const effects = (json: string) =>
      (JSON.parse(json) as { Statement: { Sid: string; Effect: string }[] }).Statement.map(
        (each) => each.Sid + each.Effect,
      );
    assert.deepEqual(effects(render({ sourcePolicyDocuments: [source], statements: own })), ["AAllow", "BAllow"]);
    assert.deepEqual(effects(render({ sourceJson: source, overridePolicyDocuments: [override] })), ["ADeny"]);
    refused(() => render({ statements: [...own, ...own] }), "InvalidParameter", /duplicate Sid \(B\)/);
  });
});

describe("AWS replacement and time", () => {
  const VPC_ARGS = { cidrBlock: "10.0.0.0/16" };

  it("replaces what the table says and updates the rest", () => {
    const account = new Account();
    const vpc = account.create(VPC, "net", VPC_ARGS);
    assert.equal(account.diff(vpc, { cidrBlock: "10.1.0.0/16" }).changes[0]?.replaces, true);
    assert.equal(account.diff(vpc, { enableDnsHostnames: true }).changes[0]?.replaces, false);
  });

  it("replaces when a block that the table lists comes or goes", () => {
    const account = new Account();
    const template = account.create("aws:ec2/launchTemplate:LaunchTemplate", "nodes", {});
    const instance = { ...template, token: "aws:ec2/instance:Instance", inputs: { launchTemplate: { id: "lt-1" } } };
    assert.equal(
      account.diff(instance, { launchTemplate: undefined }).changes.some((each) => each.replaces),
      true,
    );
  });

  it("counts the time of what it needs and its own", () => {
    const account = new Account();
    const { subnets } = network(account);
    const address = account.create("aws:ec2/eip:Eip", "nat", {});
    account.create("aws:ec2/natGateway:NatGateway", "nat", { subnetId: at(subnets, 0).id, allocationId: address.id });
    assert.ok(account.cloud.now > 100, String(account.cloud.now));
  });
});
