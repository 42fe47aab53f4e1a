import assert from "node:assert/strict";
import type { Registration } from "../support/in-process";
import { at, deployed, only, policy, text, type Deployed } from "./deployed";

const zones = ["a", "b", "c"] as const;

describe("prod: network", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod");
  });

  const everyZone = (tier: string) => zones.map((zone) => stack.id(`network-${tier}-${zone}`));

  it("[PF-CLOUD-01] stands in us-west-2, with copies in us-east-2 alone", () => {
    assert.deepEqual(
      stack.ofType("pulumi:providers:aws").map(({ name, inputs }) => [name, inputs["region"]]),
      [
        ["aws", "us-west-2"],
        ["aws-backup", "us-east-2"],
        ["aws-us-east-2", "us-east-2"],
      ],
    );
  });

  it("[PF-CLOUD-01] has the ranges of its place in the address plan, in three zones", () => {
    assert.deepEqual(only(stack.named("network-vpc").inputs, "cidrBlock", "enableDnsHostnames", "enableDnsSupport"), {
      cidrBlock: "10.32.0.0/16",
      enableDnsHostnames: true,
      enableDnsSupport: true,
    });
    const tiers = {
      "network-private": ["10.32.0.0/20", "10.32.16.0/20", "10.32.32.0/20"],
      "network-public": ["10.32.128.0/23", "10.32.130.0/23", "10.32.132.0/23"],
      "network-database": ["10.32.144.0/23", "10.32.146.0/23", "10.32.148.0/23"],
      gateway: ["10.32.160.0/28", "10.32.160.16/28", "10.32.160.32/28"],
    };
    assert.equal(stack.ofType("aws:ec2/subnet:Subnet").length, 12);
    for (const [tier, ranges] of Object.entries(tiers)) {
      for (const [index, zone] of zones.entries()) {
        assert.deepEqual(
          only(stack.named(`${tier}-${zone}`).inputs, "cidrBlock", "availabilityZone", "mapPublicIpOnLaunch"),
          { cidrBlock: ranges[index], availabilityZone: `us-west-2${zone}`, mapPublicIpOnLaunch: false },
        );
      }
    }
  });

  it("[PF-SEC-04] leads each zone's private subnet out through its own NAT gateway, and the databases nowhere but to the other sites", () => {
    assert.equal(stack.ofType("aws:ec2/natGateway:NatGateway").length, 3);
    for (const zone of zones) {
      assert.equal(stack.input(`network-nat-${zone}`, "subnetId"), stack.id(`network-public-${zone}`));
      assert.deepEqual(stack.named(`network-private-${zone}-internet`).inputs, {
        routeTableId: stack.id(`network-private-${zone}-routes`),
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: stack.id(`network-nat-${zone}`),
      });
    }
    const routes = (table: string) =>
      stack
        .ofType("aws:ec2/route:Route")
        .filter(({ inputs }) => inputs["routeTableId"] === stack.id(table))
        .map(({ inputs }) => inputs["destinationCidrBlock"])
        .sort();
    assert.deepEqual(routes("network-database-routes"), ["10.48.0.0/12", "10.64.0.0/12"]);
    assert.deepEqual(routes("network-public-routes"), ["0.0.0.0/0"]);
    assert.deepEqual(routes("gateway-routes"), []);
  });

  it("[PF-CLOUD-01] has a gateway that tunnels attach to, which nobody joins unasked", () => {
    assert.deepEqual(stack.named("gateway-transit").inputs, {
      description: "Way to the other sites of portfolio-prod",
      amazonSideAsn: 64512,
      autoAcceptSharedAttachments: "disable",
      defaultRouteTableAssociation: "enable",
      defaultRouteTablePropagation: "enable",
      dnsSupport: "enable",
      vpnEcmpSupport: "enable",
      tags: { Name: "portfolio-prod-gateway" },
    });
    assert.deepEqual(only(stack.named("gateway-attachment").inputs, "vpcId", "transitGatewayId", "subnetIds"), {
      vpcId: stack.id("network-vpc"),
      transitGatewayId: stack.id("gateway-transit"),
      subnetIds: zones.map((zone) => stack.id(`gateway-${zone}`)),
    });
    for (const table of ["private-a", "private-b", "private-c", "database"]) {
      for (const [site, block] of Object.entries({ "prod-gcp": "10.48.0.0/12", dr: "10.64.0.0/12" })) {
        assert.deepEqual(stack.named(`gateway-${table}-to-${site}`).inputs, {
          routeTableId: stack.id(`network-${table}-routes`),
          destinationCidrBlock: block,
          transitGatewayId: stack.id("gateway-transit"),
        });
      }
    }
  });

  it("[PF-SEC-04] lets these connections through its security groups, and none besides", () => {
    const rules = [
      ...stack.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map((rule) => said(rule, "in from")),
      ...stack.ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").map((rule) => said(rule, "out to")),
    ];
    assert.deepEqual(rules.sort(), [...SECURITY_RULES].sort());
  });

  /** `database in from worker tcp 5432` */
  function said({ inputs }: Registration, direction: string): string {
    const group = (id: unknown) =>
      stack
        .ofType("aws:ec2/securityGroup:SecurityGroup")
        .find((one) => one.id === id)
        ?.name.replace("security-groups-", "") ?? "?";
    const peer = inputs["cidrIpv4"] ?? group(inputs["referencedSecurityGroupId"]);
    const ports = [...new Set([inputs["fromPort"], inputs["toPort"]])].map(String).join("-");
    const what = inputs["ipProtocol"] === "-1" ? "all" : `${text(inputs["ipProtocol"])} ${ports}`;
    return `${group(inputs["securityGroupId"])} ${direction} ${text(peer)} ${what}`;
  }

  it("[PF-SEC-04] closes the group that the cloud makes by itself", () => {
    assert.deepEqual(only(stack.named("network-default-security-group").inputs, "ingress", "egress"), {
      ingress: [],
      egress: [],
    });
  });

  it("[PF-SEC-04] lets into the database subnets what their stores answer to, from the private subnets and the other sites", () => {
    const rules = stack
      .ofType("aws:ec2/networkAclRule:NetworkAclRule")
      .filter(({ inputs }) => inputs["networkAclId"] === stack.id("network-acls-database"))
      .map(({ inputs }) => {
        assert.deepEqual([inputs["ruleAction"], inputs["protocol"]], ["allow", "6"]);
        const ports = [...new Set([inputs["fromPort"], inputs["toPort"]])].map(String).join("-");
        return `${inputs["egress"] === true ? "out" : "in"} ${text(inputs["cidrBlock"])} ${ports}`;
      });
    assert.deepEqual(rules.sort(), [...DATABASE_ACL].sort());
  });

  it("[PF-SEC-04] reaches these services of the cloud without the internet, for principals of the account alone", () => {
    const endpoints = stack.ofType("aws:ec2/vpcEndpoint:VpcEndpoint");
    const byKind = (kind: string) =>
      endpoints
        .filter(({ inputs }) => inputs["vpcEndpointType"] === kind)
        .map(({ inputs }) => text(inputs["serviceName"]).replace("com.amazonaws.us-west-2.", ""))
        .sort();
    assert.deepEqual(byKind("Gateway"), ["dynamodb", "s3"]);
    assert.deepEqual(
      byKind("Interface").join(" "),
      "autoscaling ec2 ecr.api ecr.dkr eks eks-auth elasticloadbalancing guardduty-data kms lambda logs secretsmanager sts",
    );
    const tables = ["private-a", "private-b", "private-c", "database"].map((tier) =>
      stack.id(`network-${tier}-routes`),
    );
    for (const { urn, inputs } of endpoints) {
      const [own, services] = policy(inputs["policy"]).Statement;
      assert.deepEqual(own?.Condition, { StringEquals: { "aws:PrincipalAccount": "111122223333" } }, urn);
      assert.deepEqual(services?.Condition, { Bool: { "aws:PrincipalIsAWSService": "true" } }, urn);
      if (inputs["vpcEndpointType"] === "Gateway") {
        assert.deepEqual(inputs["routeTableIds"], tables, urn);
        continue;
      }
      assert.deepEqual(
        only(inputs, "subnetIds", "securityGroupIds", "privateDnsEnabled"),
        {
          subnetIds: everyZone("private"),
          securityGroupIds: [stack.id("security-groups-endpoints")],
          privateDnsEnabled: true,
        },
        urn,
      );
    }
    const rest = endpoints.flatMap(({ inputs }) => policy(inputs["policy"]).Statement.slice(2));
    assert.deepEqual(
      rest.map((statement) => [statement.Sid, statement.Action]),
      [
        ["Downloads", "s3:GetObject"],
        ["ServiceAccounts", "sts:AssumeRoleWithWebIdentity"],
      ],
    );
  });

  it("[PF-SEC-04] records every connection, encrypted and for a year", () => {
    assert.deepEqual(stack.named("flow-logs-log").inputs, {
      vpcId: stack.id("network-vpc"),
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: stack.output("flow-logs-group", "arn"),
      iamRoleArn: stack.output("flow-logs-role", "arn"),
      maxAggregationInterval: 600,
    });
    assert.deepEqual(stack.named("flow-logs-group").inputs, {
      name: "/aws/vpc/portfolio-prod/flow-logs",
      retentionInDays: 365,
      kmsKeyId: stack.output("keys-logs-key", "arn"),
    });
  });

  it("[PF-CLOUD-01] tells the other sites of itself in its state bucket, without a secret", () => {
    const { inputs, secretPaths } = stack.named("site-contract-object");
    assert.deepEqual(only(inputs, "bucket", "key", "contentType", "region"), {
      bucket: "portfolio-prod-state-111122223333-us-west-2",
      key: "site-contracts/prod.json",
      contentType: "application/json",
      region: "us-west-2",
    });
    assert.deepEqual(secretPaths, []);
    assert.equal(stack.run.outputs["siteContract"], inputs["content"]);
    const contract = JSON.parse(text(inputs["content"])) as Parameters<typeof at>[0];
    assert.deepEqual(at(contract, "network"), {
      block: "10.32.0.0/12",
      network: "10.32.0.0/16",
      services: "10.33.0.0/16",
      privateServices: "10.34.0.0/16",
      pods: "10.36.0.0/14",
      asn: 64512,
      gatewayId: stack.id("gateway-transit"),
    });
    assert.deepEqual(
      ["site", "class", "cloud", "region", "kubernetes.apiAccess"].map((path) => at(contract, path)),
      ["prod", "production", "aws", "us-west-2", "network"],
    );
  });
});

const SECURITY_RULES = [
  "alb in from 0.0.0.0/0 tcp 80",
  "alb in from 0.0.0.0/0 tcp 443",
  "alb out to worker tcp 30000-32767",
  "control-plane in from worker tcp 443",
  "control-plane in from runner tcp 443",
  "control-plane out to worker tcp 443",
  "control-plane out to worker tcp 9443",
  "control-plane out to worker tcp 10250",
  "worker in from worker all",
  "worker in from alb tcp 30000-32767",
  "worker in from control-plane tcp 443",
  "worker in from control-plane tcp 9443",
  "worker in from control-plane tcp 10250",
  "worker out to 0.0.0.0/0 all",
  "rds in from worker tcp 5432",
  "rds in from 10.48.0.0/12 tcp 5432",
  "rds in from 10.64.0.0/12 tcp 5432",
  "rds out to 10.48.0.0/12 tcp 5432",
  "rds out to 10.64.0.0/12 tcp 5432",
  "elasticache in from worker tcp 6379",
  "memcached in from worker tcp 11211",
  "docdb in from worker tcp 27017",
  "mq in from worker tcp 5671",
  "mq in from worker tcp 443",
  "msk in from worker tcp 9096",
  "msk in from worker tcp 9098",
  "msk in from worker tcp 11001-11002",
  "msk in from 10.48.0.0/12 tcp 9096",
  "msk in from 10.64.0.0/12 tcp 9096",
  "msk in from msk tcp 9096",
  "msk out to msk tcp 9096",
  "msk out to endpoints tcp 443",
  "endpoints in from worker tcp 443",
  "endpoints in from msk tcp 443",
  "endpoints in from functions tcp 443",
  "endpoints in from training tcp 443",
  "endpoints in from runner tcp 443",
  "functions out to 0.0.0.0/0 tcp 443",
  "training in from training tcp 0-65535",
  "training out to training tcp 0-65535",
  "training out to 0.0.0.0/0 tcp 443",
  "runner out to 0.0.0.0/0 tcp 443",
];

const PRIVATE_ZONES = ["10.32.0.0/20", "10.32.16.0/20", "10.32.32.0/20"];
const LINKED = ["10.48.0.0/12", "10.64.0.0/12"];

const DATABASE_ACL = [
  ...PRIVATE_ZONES.flatMap((zone) => [`in ${zone} 5432`, `in ${zone} 6379`, `out ${zone} 1024-65535`]),
  ...LINKED.flatMap((site) => [
    `in ${site} 5432`,
    `in ${site} 9096`,
    `in ${site} 32768-65535`,
    `out ${site} 1024-65535`,
  ]),
  ...["443", "5671", "9096-9098", "11001-11002", "11211", "27017"].map((port) => `in 10.32.0.0/17 ${port}`),
  // What polls the brokers for functions: brokers, services of the cloud, and the answers of both.
  "in 10.32.144.0/20 1024-65535",
  "out 10.32.144.0/20 1024-65535",
  "out 10.32.0.0/17 443",
  "in 10.32.0.0/17 1024-65535",
];
