import assert from "node:assert/strict";
import { charts, type ChartRow } from "../../components/kubernetes/charts";
import { loadConfiguration } from "../../config/load";
import { isList, isProperties, type Properties, type Value } from "../../offline/cloud/value";
import { catalogue } from "../../stacks/catalogue";
import { committed } from "../config/stack-files";
import { at, deployed, text, type Deployed } from "./deployed";

// What must be true of every resource of every stack, whatever the stack is.

const ANYWHERE = new Set(["0.0.0.0/0", "::/0"]);
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

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
      for (const { urn, type, inputs } of stack.run.resources) {
        const isPrivate = PRIVATE[type];
        if (isPrivate !== undefined) assert.ok(isPrivate(inputs), `${urn} is reached from the internet`);
      }
      const table = stack.id("network-database-routes");
      for (const { urn, inputs } of stack.ofType("aws:ec2/route:Route")) {
        if (inputs["routeTableId"] !== table) continue;
        // Other sites alone, over the gateway to them.
        assert.ok(!isOpen(inputs["destinationCidrBlock"]) && inputs["transitGatewayId"] !== undefined, urn);
      }
    });

    it("[PF-CLOUD-01] stands in its own region, and in those that its configuration names for copies", () => {
      const config = loadConfiguration(committed(name));
      assert.ok("backupRegion" in config);
      const copies = [config.backupRegion, ...("keyValues" in config ? config.keyValues.replicaRegions : [])];
      const regions = stack.ofType("pulumi:providers:aws").map(({ inputs }) => text(inputs["region"]));
      assert.equal(regions.filter((region) => region === config.region).length, 1, regions.join(", "));
      for (const region of regions) assert.ok([config.region, ...copies].includes(region), region);
      for (const { urn, type, inputs } of stack.run.resources) {
        if (type.startsWith("pulumi:providers:") || typeof inputs["region"] !== "string") continue;
        assert.equal(inputs["region"], config.region, urn);
      }
    });

    it("[PF-SEC-03] makes custom resources after what brings their kind, and objects after their namespace", () => {
      const brings = (group: string) =>
        stack
          .ofType("kubernetes:helm.sh/v3:Release")
          .filter(({ inputs }) =>
            Object.values<ChartRow>(charts).some(
              ({ chart, customResourceGroups }) => chart === inputs["chart"] && customResourceGroups.includes(group),
            ),
          )
          .map((release) => release.name);
      const made = new Map(
        stack
          .ofType("kubernetes:core/v1:Namespace")
          .map((namespace) => [text(at(namespace.inputs, "metadata.name")), namespace.name]),
      );
      for (const { urn, type, name: logical, inputs } of stack.run.resources) {
        if (!type.startsWith("kubernetes:")) continue;
        const [group = ""] = (type.split(":")[1] ?? "").split("/");
        const isCustom = group.includes(".") && !group.endsWith(".k8s.io") && group !== "helm.sh";
        const releases = brings(group);
        assert.ok(!isCustom || releases.length === 1, `no chart brings ${group}, which ${urn} is of`);
        const where = at(inputs, "metadata.namespace") ?? inputs["namespace"];
        const namespace = typeof where === "string" ? made.get(where) : undefined;
        const needed = [...(isCustom ? releases : []), ...(namespace === undefined ? [] : [namespace])];
        const waits = stack.waitsFor(logical);
        for (const other of needed) assert.ok(waits.has(other), `${urn} does not wait for ${other}`);
      }
    });

    it("grants no action on everything, but where the service knows no other resource", () => {
      for (const { urn, type, inputs } of stack.run.resources) {
        const policy = type.startsWith("aws:iam/") ? inputs["policy"] : undefined;
        if (typeof policy !== "string" || !policy.startsWith("{")) continue;
        const allowed = new Set([...UNSCOPED, ...(OWN_INTERFACES[serviceOf(stack, inputs["role"])] ?? [])]);
        for (const statement of statements(policy)) {
          if (statement["Effect"] === "Deny") continue;
          const actions = strings(statement["Action"]);
          assert.ok(
            !actions.some((action) => action === "*" || action.endsWith(":*")),
            `${urn}: ${actions.join(", ")}`,
          );
          const everything = strings(statement["Resource"]).includes("*") && statement["Condition"] === undefined;
          const changes = actions.filter((action) => !/:(Describe|Get|List|Search|BatchGet|BatchCheck)/.test(action));
          assert.ok(
            !everything || changes.every((action) => allowed.has(action)),
            `${urn}: ${changes.join(", ")} on *`,
          );
        }
      }
    });
  });
}

/** Actions that IAM scopes by no resource (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html). */
const UNSCOPED = new Set(["elasticloadbalancing:SetWebAcl", "ec2:AuthorizeSecurityGroupIngress"]);

/**
 * Services that put themselves into the network by the role's rights, and what they document for it. Network interfaces have no
 * names before they exist.
 */
const OWN_INTERFACES: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  "lambda.amazonaws.com": [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  // https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
  "sagemaker.amazonaws.com": [
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
  ],
};

/** The service that acts in a role, by the role's name. */
function serviceOf(stack: Deployed, role: Value | undefined): string {
  const trust = stack.ofType("aws:iam/role:Role").find(({ id }) => id === role)?.inputs["assumeRolePolicy"];
  const [statement] = typeof trust === "string" ? statements(trust) : [];
  const service = at(statement, "Principal.Service");
  return typeof service === "string" ? service : "";
}

/** How one sees that what has an address of its own has none on the internet. */
const PRIVATE: Readonly<Record<string, (inputs: Properties) => boolean>> = {
  "aws:rds/instance:Instance": (inputs) => inputs["publiclyAccessible"] === false,
  "aws:mq/broker:Broker": (inputs) => inputs["publiclyAccessible"] === false,
  "aws:msk/cluster:Cluster": (inputs) =>
    at(inputs, "brokerNodeGroupInfo.connectivityInfo.publicAccess.type") === "DISABLED",
  "aws:lambda/function:Function": (inputs) => at(inputs, "vpcConfig.subnetIds.0") !== undefined,
  "aws:ec2/instance:Instance": (inputs) => inputs["associatePublicIpAddress"] === false,
};

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
