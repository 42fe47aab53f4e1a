import assert from "node:assert/strict";
import { isList, isProperties, type Properties, type Value } from "../../offline/cloud/value";
import { catalogue } from "../../stacks/catalogue";
import type { Registration } from "../support/in-process";
import { at, deployed, text, type Deployed } from "./deployed";

// What must be true of every resource of every stack, whatever the stack is.

const ANYWHERE = new Set(["0.0.0.0/0", "::/0"]);
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const BUCKET = "aws:s3/bucket:Bucket";

/** Types that keep data, and how one sees that they encrypt it. A type that keeps data and has no row here fails. */
const ENCRYPTED: Readonly<Record<string, (resource: Registration, stack: Deployed) => boolean>> = {
  "aws:rds/instance:Instance": ({ inputs }) =>
    inputs["storageEncrypted"] === true &&
    (inputs["kmsKeyId"] !== undefined || inputs["replicateSourceDb"] !== undefined),
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ inputs }) =>
    inputs["atRestEncryptionEnabled"] === true && inputs["kmsKeyId"] !== undefined,
  [BUCKET]: (bucket, stack) =>
    stack
      .ofType("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
      .some(({ inputs }) => inputs["bucket"] === bucket.id),
  "aws:ecr/repository:Repository": ({ inputs }) => at(inputs, "encryptionConfigurations.0.encryptionType") === "KMS",
  "aws:cloudwatch/logGroup:LogGroup": ({ inputs }) => inputs["kmsKeyId"] !== undefined,
  "aws:ec2/launchTemplate:LaunchTemplate": ({ inputs }) =>
    text(at(inputs, "blockDeviceMappings.0.ebs.encrypted")) === "true",
  "aws:eks/cluster:Cluster": ({ inputs }) => at(inputs, "encryptionConfig.provider.keyArn") !== undefined,
};

/** Words in the types of services that keep data: what matches must be in the table above. */
const KEEPS_DATA =
  /^aws:(rds\/(instance|cluster)|elasticache\/(replicationGroup|cluster)|s3\/bucket|ecr\/repository|dynamodb\/table|ebs\/volume|efs\/fileSystem|sqs\/queue|sns\/topic|docdb\/cluster|msk\/cluster|cloudwatch\/logGroup):/;

for (const name of Object.keys(catalogue) as (keyof typeof catalogue)[]) {
  describe(`invariants of ${name}`, function () {
    this.timeout(60_000);
    let stack: Deployed;
    before(async () => {
      stack = await deployed(name);
    });

    it("[PF-SEC-04] is open to the internet at its load balancers alone, on ports 80 and 443", () => {
      const open = stack
        .ofType(INGRESS)
        .filter(({ inputs }) => isOpen(inputs["cidrIpv4"]) || isOpen(inputs["cidrIpv6"]));
      const balancer = stack.id("security-groups-alb");
      for (const { urn, inputs } of open) {
        assert.equal(inputs["securityGroupId"], balancer, urn);
        assert.ok(inputs["fromPort"] === inputs["toPort"] && [80, 443].includes(Number(inputs["fromPort"])), urn);
      }
      for (const { urn, inputs } of stack.ofType("aws:ec2/securityGroup:SecurityGroup")) {
        assert.equal(inputs["ingress"], undefined, `${urn} has rules of its own beside those that are resources`);
      }
    });

    it("[PF-SEC-04] gives no address of the internet to a machine, and no way to it to a database", () => {
      for (const { urn, inputs } of stack.ofType("aws:ec2/subnet:Subnet")) {
        assert.notEqual(inputs["mapPublicIpOnLaunch"], true, urn);
      }
      for (const { urn, inputs } of stack.ofType("aws:rds/instance:Instance")) {
        assert.equal(inputs["publiclyAccessible"], false, urn);
      }
      const table = stack.id("network-database-routes");
      for (const { urn, inputs } of stack.ofType("aws:ec2/route:Route"))
        assert.notEqual(inputs["routeTableId"], table, urn);
    });

    it("[PF-SEC-05] encrypts everything that keeps data", () => {
      for (const resource of stack.run.resources) {
        const isEncrypted = ENCRYPTED[resource.type];
        if (isEncrypted === undefined) {
          assert.doesNotMatch(resource.type, KEEPS_DATA, `${resource.urn}: say in this test how it encrypts`);
          continue;
        }
        assert.ok(isEncrypted(resource, stack), `${resource.urn} is not encrypted`);
      }
    });

    it("[PF-SEC-06] takes no connection in clear to its data", () => {
      for (const { urn, inputs } of stack.ofType("aws:elasticache/replicationGroup:ReplicationGroup")) {
        assert.equal(inputs["transitEncryptionMode"], "required", urn);
      }
      for (const { urn, inputs } of stack.ofType("aws:rds/parameterGroup:ParameterGroup")) {
        const force = isList(inputs["parameters"])
          ? inputs["parameters"].find((one) => at(one, "name") === "rds.force_ssl")
          : undefined;
        assert.equal(at(force, "value"), "1", urn);
      }
      const refused = stack
        .ofType("aws:s3/bucketPolicy:BucketPolicy")
        .filter(({ inputs }) => /"aws:SecureTransport":\s*"false"/.test(text(inputs["policy"])));
      assert.equal(refused.length, stack.ofType(BUCKET).length, "a bucket takes requests in clear");
    });

    it("stands in its own region, and in the one for copies", () => {
      const regions = stack.ofType("pulumi:providers:aws").map(({ inputs }) => text(inputs["region"]));
      assert.equal(regions.filter((region) => region === catalogue[name].region).length, 1, regions.join(", "));
      assert.ok(regions.length <= 2, regions.join(", "));
    });

    it("grants no action on everything, but where the service knows no other resource", () => {
      for (const { urn, type, inputs } of stack.run.resources) {
        const policy = type.startsWith("aws:iam/") ? inputs["policy"] : undefined;
        if (typeof policy !== "string" || !policy.startsWith("{")) continue;
        for (const statement of statements(policy)) {
          const actions = strings(statement["Action"]);
          assert.ok(
            !actions.some((action) => action === "*" || action.endsWith(":*")),
            `${urn}: ${actions.join(", ")}`,
          );
          const everything = strings(statement["Resource"]).includes("*") && statement["Condition"] === undefined;
          const changes = actions.filter((action) => !/:(Describe|Get|List|Search|BatchGet)/.test(action));
          assert.ok(
            !everything || changes.every((action) => UNSCOPED.has(action)),
            `${urn}: ${changes.join(", ")} on *`,
          );
        }
      }
    });
  });
}

/** Actions that IAM scopes by no resource (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html). */
const UNSCOPED = new Set(["elasticloadbalancing:SetWebAcl", "ec2:AuthorizeSecurityGroupIngress"]);

function isOpen(value: Value | undefined): boolean {
  return typeof value === "string" && ANYWHERE.has(value);
}

function statements(policy: string): readonly Properties[] {
  const parsed = JSON.parse(policy) as Properties;
  const list = parsed["Statement"];
  return isList(list) ? list.filter(isProperties) : [];
}

function strings(value: Value | undefined): readonly string[] {
  return (isList(value) ? value : [value]).filter((item) => typeof item === "string");
}
