import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { networkAclRules } from "../../../../policies/rules/aws/network-acls";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const ACL = "aws:ec2/networkAcl:NetworkAcl";
const DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl";
const RULE = "aws:ec2/networkAclRule:NetworkAclRule";
const ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation";
const SUBNET = "aws:ec2/subnet:Subnet";
const PUBLIC = "network-acls-public";
const anywhere = "0.0.0.0/0";

describe("rules on network ACLs of AWS", () => {
  provesStack(networkAclRules, "aws-nacl-attached", {
    of: "prod",
    alsoPasses: [
      {
        when: "an association gives a subnet its network ACL",
        change: (stack) =>
          stack.add(SUBNET, "more", { inputs: {} }).add(ASSOCIATION, "association", {
            inputs: { subnetId: "more", networkAclId: "acl-1" },
            from: { subnetId: [`${SUBNET} more`] },
          }),
      },
    ],
    fails: [
      {
        when: "a subnet is in no network ACL",
        change: (stack) => stack.add(SUBNET, "more", { inputs: {} }),
        violated: [`${SUBNET} more`],
      },
      {
        when: "the network ACL of a tier names no subnets",
        change: (stack) => stack.change(ACL, PUBLIC, { set: { subnetIds: [] } }),
        violated: ["a", "b", "c"].map((zone) => `${SUBNET} network-public-${zone}`),
      },
      {
        when: "a subnet of the transit gateway is used by something else too",
        change: (stack) =>
          stack.add("aws:ec2/instance:Instance", "instance", {
            inputs: { subnetId: stack.one(SUBNET, "gateway-a").outputs["id"] ?? "" },
            from: { subnetId: [`${SUBNET} gateway-a`] },
          }),
        violated: [`${SUBNET} gateway-a`],
      },
    ],
    undecided: [
      {
        when: "it is unknown which subnets a network ACL is for",
        change: (stack) =>
          stack
            .change(ACL, PUBLIC, { set: { subnetIds: null } })
            .change(ACL, PUBLIC, { set: { subnetIds: Unknown.value } })
            .add(SUBNET, "more", { inputs: {} }),
        of: [...["a", "b", "c"].map((zone) => `${SUBNET} network-public-${zone}`), `${SUBNET} more`],
      },
    ],
  });

  provesStack(networkAclRules, "aws-nacl-no-admin-ports", {
    of: "prod",
    alsoPasses: [
      {
        when: "answers come in from port 32768 on",
        change: (stack) => ruled(stack, { fromPort: 32768, toPort: 65535 }),
      },
      { when: "the rule lets out", change: (stack) => ruled(stack, { egress: true, fromPort: 22, toPort: 22 }) },
      { when: "it is UDP", change: (stack) => ruled(stack, { protocol: "17", fromPort: 22, toPort: 22 }) },
      { when: "it denies", change: (stack) => ruled(stack, { ruleAction: "deny", fromPort: 22, toPort: 22 }) },
      {
        when: "a private range alone reaches it",
        change: (stack) => ruled(stack, { fromPort: 22, toPort: 22, cidrBlock: "10.0.0.0/8" }),
      },
      {
        when: "a rule that is asked first denies it",
        change: (stack) =>
          ruled(
            ruled(stack, { fromPort: 22, toPort: 23 }),
            { ruleAction: "deny", ruleNumber: 1, protocol: "-1" },
            "first",
          ),
      },
    ],
    fails: [
      ...[20, 21, 22, 3389].map((port) => ({
        when: `port ${String(port)} is open to everybody`,
        change: (stack: StackUnderTest) => ruled(stack, { fromPort: port, toPort: port }),
        violated: [`${RULE} planted cidrBlock`],
      })),
      {
        when: "a range that is not for answers holds one",
        change: (stack) => ruled(stack, { fromPort: 3000, toPort: 4000 }),
        violated: [`${RULE} planted cidrBlock`],
      },
      {
        when: "answers come in on ports from 0 on, with the name of the protocol",
        change: (stack) => ruled(stack, { protocol: "tcp", fromPort: 0, toPort: 65535 }),
        violated: [`${RULE} planted cidrBlock`],
      },
      {
        when: "every protocol is let in, for IPv6",
        change: (stack) =>
          ruled(stack, { protocol: "-1", ipv6CidrBlock: "::/0" }, "planted", ["cidrBlock", "fromPort", "toPort"]),
        violated: [`${RULE} planted ipv6CidrBlock`],
      },
      {
        when: "the rule that denies it is asked later",
        change: (stack) =>
          ruled(
            ruled(stack, { fromPort: 22, toPort: 22 }),
            { ruleAction: "deny", ruleNumber: 500, fromPort: 22, toPort: 22 },
            "later",
          ),
        violated: [`${RULE} planted cidrBlock`],
      },
      {
        when: "the rule that denies it is for some addresses, another port or another network ACL",
        change: (stack) => {
          const deny = { ruleAction: "deny", ruleNumber: 1, fromPort: 22, toPort: 22 };
          const one = ruled(stack, { fromPort: 22, toPort: 22 });
          const two = ruled(one, { ...deny, cidrBlock: "192.0.2.0/24" }, "some");
          return ruled(
            ruled(two, { ...deny, fromPort: 23, toPort: 23 }, "port"),
            deny,
            "acl",
            [],
            "network-acls-private",
          );
        },
        violated: [`${RULE} planted cidrBlock`],
      },
      {
        when: "the rule is written in the network ACL",
        change: (stack) =>
          stack.change(ACL, PUBLIC, {
            set: {
              ingress: [
                { action: "allow", ruleNo: 1, protocol: "6", fromPort: 443, toPort: 443, cidrBlock: anywhere },
                { action: "allow", ruleNo: 2, protocol: "6", fromPort: 22, toPort: 22, cidrBlock: anywhere },
              ],
            },
          }),
        violated: [`${ACL} ${PUBLIC} ingress[1].cidrBlock`],
      },
      {
        when: "the default network ACL is adopted with the rule that AWS gives it",
        change: (stack) =>
          stack.add(DEFAULT_ACL, "default", {
            inputs: {
              ingress: [{ action: "allow", ruleNo: 100, protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: anywhere }],
            },
          }),
        violated: [`${DEFAULT_ACL} default ingress[0].cidrBlock`],
      },
    ],
    undecided: [
      {
        when: "it is unknown who is let in",
        change: (stack) => ruled(stack, { fromPort: 22, toPort: 22, cidrBlock: Unknown.value }),
        of: [`${RULE} planted`],
      },
      {
        when: "it is unknown which port is open",
        change: (stack) => ruled(stack, { fromPort: Unknown.value, toPort: 1000 }),
        of: [`${RULE} planted`],
      },
      {
        when: "it is unknown whether the rule lets in or out",
        change: (stack) => ruled(stack, { egress: Unknown.value, fromPort: 22, toPort: 22 }),
        of: [`${RULE} planted`],
      },
      {
        when: "it is unknown which rule is asked first",
        change: (stack) =>
          ruled(
            ruled(stack, { fromPort: 22, toPort: 22 }),
            { ruleAction: "deny", ruleNumber: Unknown.value, fromPort: 22, toPort: 22 },
            "deny",
          ),
        of: [`${RULE} planted`],
      },
    ],
  });

  provesStack(networkAclRules, "aws-nacl-no-allow-all", {
    of: "prod",
    alsoPasses: [
      { when: "one port is open", change: (stack) => ruled(stack, { fromPort: 443, toPort: 443 }) },
      { when: "the rule lets out", change: (stack) => ruled(stack, { egress: true, protocol: "-1" }) },
      { when: "it denies", change: (stack) => ruled(stack, { ruleAction: "deny", protocol: "-1" }) },
    ],
    fails: [
      {
        when: "every protocol is let in",
        change: (stack) => ruled(stack, { protocol: "-1" }),
        violated: [`${RULE} planted cidrBlock`],
      },
      {
        when: "every port of TCP is open",
        change: (stack) => ruled(stack, { protocol: "6", fromPort: 0, toPort: 65535 }),
        violated: [`${RULE} planted cidrBlock`],
      },
      {
        when: "half of the internet is let in, for IPv6",
        change: (stack) => ruled(stack, { protocol: "all", ipv6CidrBlock: "8000::/1" }, "planted", ["cidrBlock"]),
        violated: [`${RULE} planted ipv6CidrBlock`],
      },
      {
        when: "the rule is written in the network ACL",
        change: (stack) =>
          stack.change(ACL, PUBLIC, {
            set: {
              ingress: [
                { action: "allow", ruleNo: 100, protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlock: "::/0" },
              ],
            },
          }),
        violated: [`${ACL} ${PUBLIC} ingress[0].ipv6CidrBlock`],
      },
    ],
    undecided: [
      {
        when: "it is unknown which protocol is let in",
        change: (stack) => ruled(stack, { protocol: Unknown.value }),
        of: [`${RULE} planted`],
      },
      {
        when: "the rules of a network ACL are unknown",
        change: (stack) => stack.change(ACL, PUBLIC, { set: { ingress: Unknown.value } }),
        of: [`${ACL} ${PUBLIC}`],
      },
    ],
  });
});

/** Adds a rule of the public tier that lets TCP in from anywhere. */
function ruled(
  stack: StackUnderTest,
  inputs: Properties,
  name = "planted",
  without: readonly string[] = [],
  acl = PUBLIC,
): StackUnderTest {
  const all: Properties = {
    networkAclId: stack.one(ACL, acl).outputs["id"] ?? "",
    ruleNumber: 200,
    protocol: "6",
    ruleAction: "allow",
    cidrBlock: anywhere,
    ...inputs,
  };
  return stack.add(RULE, name, {
    inputs: Object.fromEntries(Object.entries(all).filter(([key]) => !without.includes(key))),
    from: { networkAclId: [`${ACL} ${acl}`] },
  });
}
