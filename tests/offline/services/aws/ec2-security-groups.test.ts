import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { admits } from "../../../../offline/services/aws/reachability";
import { Account, at, network, refused, type Made } from "./support";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const http = { protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"] };

function group(account: Account, name: string, vpc: Made, more = {}): Made {
  return account.create(GROUP, name, { name, vpcId: vpc.id, ...more });
}

function ingress(account: Account, name: string, securityGroupId: string, more: object): Made {
  return account.create(INGRESS, name, { securityGroupId, ipProtocol: "tcp", fromPort: 443, toPort: 443, ...more });
}

describe("AWS security group", () => {
  it("is made with its ARN and the provider's description", () => {
    const account = new Account();
    const made = account.create(GROUP, "web", { vpcId: network(account).vpc.id });
    assert.match(made.id, /^sg-[0-9a-f]{17}$/);
    assert.equal(made.inputs["description"], "Managed by Pulumi");
    assert.match(text(made.inputs["name"]), /^web-[0-9a-f]{7}$/);
    assert.equal(made.outputs["arn"], `arn:aws:ec2:us-east-1:111122223333:security-group/${made.id}`);
  });

  it("refuses names and descriptions of the wrong characters", () => {
    const account = new Account();
    assert.match(account.reasons(GROUP, { name: "sg-web", vpcId: "vpc-1" })["name"] ?? "", /not starting with sg-/);
    assert.match(
      account.reasons(GROUP, { name: "a", vpcId: "vpc-1", description: "größer" })["description"] ?? "",
      /not a valid/,
    );
  });

  it("refuses a name twice in one VPC and takes it in another", () => {
    const account = new Account();
    const one = network(account).vpc;
    group(account, "web", one);
    refused(() => group(account, "web", one), "InvalidGroup.Duplicate");
    const other = network(account, "10.1.0.0/16").vpc;
    assert.match(account.create(GROUP, "other", { name: "web", vpcId: other.id }).id, /^sg-/);
  });

  it("refuses ports with all protocols, an unknown protocol and a range upside down", () => {
    const account = new Account();
    const reasons = account.reasons(GROUP, {
      name: "a",
      vpcId: "vpc-1",
      ingress: [
        { ...http, protocol: "-1" },
        { ...http, protocol: "tpc" },
        { ...http, fromPort: 90 },
      ],
    });
    assert.match(reasons["ingress[0]"] ?? "", /must both be 0/);
    assert.match(reasons["ingress[1]"] ?? "", /Unknown protocol/);
    assert.match(reasons["ingress[2]"] ?? "", /Invalid TCP\/UDP port range \(90:80\)/);
  });

  it("refuses an inline rule that names a group of another VPC or none", () => {
    const account = new Account();
    const foreign = group(account, "foreign", network(account, "10.1.0.0/16").vpc);
    const { vpc } = network(account);
    const naming = (id: string) => ({ ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, securityGroups: [id] }] });
    refused(() => group(account, "a", vpc, naming("sg-0")), "InvalidGroup.NotFound", /does not exist/);
    refused(() => group(account, "a", vpc, naming(foreign.id)), "InvalidGroup.NotFound", /different networks/);
  });

  it("takes a group of a peered VPC", () => {
    const account = new Account();
    const one = network(account).vpc;
    const two = network(account, "10.1.0.0/16").vpc;
    const foreign = group(account, "foreign", two);
    account.create("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peer", { vpcId: one.id, peerVpcId: two.id });
    const own = group(account, "own", one);
    assert.match(ingress(account, "r", own.id, { referencedSecurityGroupId: foreign.id }).id, /^sgr-/);
  });

  it("refuses more than 60 rules in one direction", () => {
    const account = new Account();
    const { vpc } = network(account);
    const blocks = Array.from({ length: 61 }, (_, index) => `10.2.${String(index)}.0/24`);
    refused(
      () => group(account, "many", vpc, { ingress: [{ ...http, cidrBlocks: blocks }] }),
      "RulesPerSecurityGroupLimitExceeded",
    );
    const full = group(account, "full", vpc, { ingress: [{ ...http, cidrBlocks: blocks.slice(1) }] });
    refused(() => ingress(account, "more", full.id, { cidrIpv4: "10.3.0.0/24" }), "RulesPerSecurityGroupLimitExceeded");
  });

  it("is kept while another group's rule names it, and takes its own rules along", () => {
    const account = new Account();
    const { vpc } = network(account);
    const target = group(account, "target", vpc);
    const source = group(account, "source", vpc);
    const own = ingress(account, "self", source.id, { referencedSecurityGroupId: source.id });
    const rule = ingress(account, "in", target.id, { referencedSecurityGroupId: source.id });
    refused(
      () => {
        account.delete(source);
      },
      "DependencyViolation",
      /has a dependent object/,
    );
    account.delete(rule);
    account.delete(source);
    assert.equal(account.has(INGRESS, own.id), false);
  });

  it("adopts the default group with exactly the rules declared", () => {
    const account = new Account();
    const { vpc } = network(account);
    const adopted = account.create(DEFAULT_GROUP, "default", { vpcId: vpc.id });
    assert.equal(adopted.id, vpc.outputs["defaultSecurityGroupId"]);
    const stored = account.cloud.all().find(({ type, id }) => type === GROUP && id === adopted.id);
    assert.deepEqual(stored?.inputs["ingress"], []);
  });
});

describe("AWS security group rules", () => {
  it("refuses the same rule twice, also when the first stands in the group", () => {
    const account = new Account();
    const web = group(account, "web", network(account).vpc, { ingress: [http] });
    refused(
      () =>
        account.create(INGRESS, "again", {
          securityGroupId: web.id,
          ipProtocol: "tcp",
          fromPort: 80,
          toPort: 80,
          cidrIpv4: "0.0.0.0/0",
        }),
      "InvalidPermission.Duplicate",
      /peer: 0\.0\.0\.0\/0, TCP, from port: 80, to port: 80/,
    );
    ingress(account, "tls", web.id, { cidrIpv4: "0.0.0.0/0" });
    const old = {
      securityGroupId: web.id,
      type: "ingress",
      protocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrBlocks: ["0.0.0.0/0"],
    };
    refused(() => account.create(RULE, "old", old), "InvalidPermission.Duplicate");
    assert.match(account.create(RULE, "out", { ...old, type: "egress" }).id, /^sgrule-\d+$/);
  });

  it("refuses a rule of a group or with a peer that does not exist", () => {
    const account = new Account();
    const web = group(account, "web", network(account).vpc);
    refused(() => ingress(account, "a", "sg-0", { cidrIpv4: "10.0.0.0/8" }), "InvalidGroup.NotFound");
    refused(() => ingress(account, "b", web.id, { referencedSecurityGroupId: "sg-0" }), "InvalidGroup.NotFound");
  });

  it("wants exactly one peer, whole blocks, and no ports with all protocols", () => {
    const account = new Account();
    const base = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 1, toPort: 2 };
    assert.match(account.reasons(INGRESS, base)["cidrIpv4"] ?? "", /exactly one of/);
    assert.match(
      account.reasons(INGRESS, { ...base, cidrIpv4: "10.0.0.1/24" })["cidrIpv4"] ?? "",
      /did you mean "10\.0\.0\.0\/24"/,
    );
    const all = { ...base, ipProtocol: "-1", cidrIpv4: "10.0.0.0/8" };
    assert.match(account.reasons(EGRESS, all)["fromPort"] ?? "", /all protocols and specific ports/);
    assert.deepEqual(account.reasons(EGRESS, { securityGroupId: "sg-1", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }), {});
  });
});

describe("AWS reachability", () => {
  const question = (account: Account, from: readonly string[], to: readonly string[], port: number, cidr?: string) =>
    admits({
      cloud: account.cloud.view(account.session.scope),
      from: { groups: from, ...(cidr === undefined ? {} : { cidr }) },
      to: { groups: to },
      protocol: "tcp",
      port,
    });

  it("wants the source's egress and the target's ingress", () => {
    const account = new Account();
    const { vpc } = network(account);
    const source = group(account, "source", vpc).id;
    const target = group(account, "target", vpc).id;
    assert.match(question(account, [source], [target], 443).reason, /no egress rule of sg-\w+ allows tcp\/443/);
    const everything = { securityGroupId: source, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" };
    account.create(EGRESS, "out", everything);
    assert.match(question(account, [source], [target], 443).reason, /no ingress rule of sg-\w+ allows tcp\/443 from/);
    ingress(account, "in", target, { referencedSecurityGroupId: source });
    assert.equal(question(account, [source], [target], 443).allowed, true);
    assert.equal(question(account, [source], [target], 444).allowed, false);
  });

  it("follows inline blocks, ranges of ports, own references and address blocks", () => {
    const account = new Account();
    const { vpc } = network(account);
    const range = { protocol: "tcp", fromPort: 30000, toPort: 32767, cidrBlocks: ["10.0.0.0/16"] };
    const own = { protocol: "-1", fromPort: 0, toPort: 0, self: true };
    const nodes = group(account, "nodes", vpc, { ingress: [range, own], egress: [own] }).id;
    assert.equal(question(account, [], [nodes], 31000, "10.0.1.0/24").allowed, true);
    assert.equal(question(account, [], [nodes], 31000, "10.1.1.0/24").allowed, false);
    assert.equal(question(account, [], [nodes], 29999, "10.0.1.0/24").allowed, false);
    assert.equal(question(account, [nodes], [nodes], 10250).allowed, true);
  });

  it("does not take an egress rule for an ingress rule", () => {
    const account = new Account();
    const nodes = group(account, "nodes", network(account).vpc).id;
    const rule = { securityGroupId: nodes, protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };
    account.create(RULE, "out", { ...rule, type: "egress" });
    assert.equal(question(account, [], [nodes], 443).allowed, false);
    account.create(RULE, "in", { ...rule, type: "ingress" });
    assert.equal(question(account, [], [nodes], 443).allowed, true);
  });

  it("says when a rule by prefix list was not followed, and when a group does not exist", () => {
    const account = new Account();
    const nodes = group(account, "nodes", network(account).vpc).id;
    ingress(account, "pl", nodes, { prefixListId: "pl-1" });
    assert.match(question(account, [], [nodes], 443, "1.2.3.4/32").reason, /prefix list are not followed: 1/);
    assert.deepEqual(question(account, ["sg-0"], [nodes], 443), {
      allowed: false,
      reason: "security group sg-0 does not exist",
    });
  });
});

describe("AWS network ACL", () => {
  const ACL = "aws:ec2/networkAcl:NetworkAcl";
  const ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule";
  const rule = { protocol: "-1", ruleAction: "allow", cidrBlock: "0.0.0.0/0" };

  it("refuses a rule number twice in one direction, and an ACL that does not exist", () => {
    const account = new Account();
    const acl = account.create(ACL, "acl", { vpcId: network(account).vpc.id });
    const add = (name: string, more: object) =>
      account.create(ACL_RULE, name, { ...rule, networkAclId: acl.id, ruleNumber: 100, ...more });
    add("in", {});
    add("out", { egress: true });
    refused(() => add("again", {}), "NetworkAclEntryAlreadyExists", /identified by 100/);
    refused(() => add("lost", { networkAclId: "acl-0" }), "InvalidNetworkAclID.NotFound");
  });

  it("refuses rule numbers out of range and twice in the inline blocks", () => {
    const account = new Account();
    assert.match(
      account.reasons(ACL_RULE, { ...rule, networkAclId: "acl-1", ruleNumber: 32767 })["ruleNumber"] ?? "",
      /1 to 32766/,
    );
    const block = { protocol: "-1", fromPort: 0, toPort: 0, action: "allow", ruleNo: 100, cidrBlock: "0.0.0.0/0" };
    assert.match(
      account.reasons(ACL, { vpcId: "vpc-1", ingress: [block, block] })["ingress[1].ruleNo"] ?? "",
      /used twice/,
    );
  });

  it("refuses a subnet of another VPC", () => {
    const account = new Account();
    const { subnets } = network(account, "10.1.0.0/16");
    const inputs = { vpcId: network(account).vpc.id, subnetIds: [at(subnets, 0).id] };
    refused(() => account.create(ACL, "acl", inputs), "InvalidParameterValue", /different networks/);
  });
});
