import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { nameRules } from "../../../../policies/rules/recovery/names";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const RECORD = "aws:route53/record:Record";
const CHECK = "aws:route53/healthCheck:HealthCheck";
const ZONE = "aws:route53/zone:Zone";

const record = (more: Properties): Properties => ({
  zoneId: "zone",
  name: "app.example.com",
  type: "CNAME",
  ttl: 60,
  ...more,
});

/** A name that leads to AWS first, then to a second name that leads to the two others. */
function named(stack: StackUnderTest): StackUnderTest {
  const add = (made: StackUnderTest, name: string, inputs: Properties) =>
    made.add(RECORD, name, {
      inputs: record(inputs),
      from: { zoneId: [`${ZONE} zone`], healthCheckId: [`${CHECK} check`] },
    });
  let made = stack
    .add(ZONE, "zone", { inputs: { name: "example.com" } })
    .add(CHECK, "check", { inputs: { type: "HTTPS", regions: ["us-east-1", "eu-west-1", "ap-southeast-1"] } });
  made = add(made, "app-primary", {
    failoverRoutingPolicies: [{ type: "PRIMARY" }],
    healthCheckId: "check",
    records: ["lb.us-west-2.elb.amazonaws.com"],
  });
  made = add(made, "app-secondary", {
    failoverRoutingPolicies: [{ type: "SECONDARY" }],
    records: ["dr.example.com"],
  });
  made = add(made, "dr-primary", {
    name: "dr.example.com",
    failoverRoutingPolicies: [{ type: "PRIMARY" }],
    healthCheckId: "check",
    records: ["app.us-central1.run.app"],
  });
  return add(made, "dr-secondary", {
    name: "dr.example.com",
    failoverRoutingPolicies: [{ type: "SECONDARY" }],
    records: ["app.eastus.cloudapp.azure.com"],
  });
}

describe("rules on names", () => {
  provesStack(nameRules, "dr-dns-failover-pair", {
    of: "dev",
    with: named,
    alsoPasses: [
      {
        when: "a record proves who has the domain",
        change: (stack) =>
          stack.add(RECORD, "proof", { inputs: record({ name: "_acme.example.com", ttl: 3600, records: ["a"] }) }),
      },
      {
        when: "a record is for mail",
        change: (stack) => stack.add(RECORD, "mail", { inputs: record({ type: "MX", ttl: 3600 }) }),
      },
      {
        when: "a zone answers in a network alone",
        change: (stack) =>
          stack
            .add(ZONE, "inside", { inputs: { name: "example.internal", vpcs: [{ vpcId: "vpc-1" }] } })
            .add(RECORD, "inner", {
              inputs: record({ zoneId: "inside", name: "db.example.internal" }),
              from: { zoneId: [`${ZONE} inside`] },
            }),
      },
      {
        when: "the name is of one site",
        change: (stack) => stack.add(RECORD, "one", { inputs: record({ name: "one.example.com" }) }),
        settings: { oneSite: ["one.example.com"] },
      },
      {
        when: "an alias looks at its target",
        change: (stack) =>
          stack.change(RECORD, "app-primary", {
            remove: ["healthCheckId", "ttl", "records"],
            set: { aliases: [{ name: "lb.us-west-2.elb.amazonaws.com", zoneId: "Z1", evaluateTargetHealth: true }] },
          }),
      },
      {
        when: "a check looks from everywhere",
        change: (stack) => stack.change(CHECK, "check", { remove: ["regions"] }),
      },
      {
        when: "the stack is for development",
        change: (stack) => stack.drop(RECORD, "app-secondary"),
        stack: { class: "development" },
      },
    ],
    fails: [
      {
        when: "a name has one record",
        change: (stack) => stack.add(RECORD, "one", { inputs: record({ name: "one.example.com" }) }),
        violated: [`${RECORD} one failoverRoutingPolicies`],
      },
      {
        when: "the second half is missing",
        change: (stack) => stack.drop(RECORD, "app-secondary"),
        violated: [`${RECORD} app-primary failoverRoutingPolicies`],
      },
      {
        when: "the first half is missing",
        change: (stack) => stack.drop(RECORD, "app-primary"),
        violated: [`${RECORD} app-secondary failoverRoutingPolicies`],
      },
      {
        when: "nothing checks the first half",
        change: (stack) => stack.change(RECORD, "app-primary", { remove: ["healthCheckId"] }),
        violated: [`${RECORD} app-primary healthCheckId`],
      },
      {
        when: "answers are kept for long",
        change: (stack) => stack.change(RECORD, "app-primary", { set: { ttl: 61 } }),
        violated: [`${RECORD} app-primary ttl`],
      },
      {
        when: "nobody says how long answers are kept",
        change: (stack) => stack.change(RECORD, "app-primary", { remove: ["ttl"] }),
        violated: [`${RECORD} app-primary ttl`],
      },
      {
        when: "both halves lead to one cloud",
        change: (stack) =>
          stack.change(RECORD, "app-secondary", { set: { records: ["lb.us-east-2.elb.amazonaws.com"] } }),
        violated: [`${RECORD} app-primary records`],
      },
      {
        when: "the second half leads there through another name",
        change: (stack) =>
          stack.change(RECORD, "dr-secondary", { set: { records: ["lb.us-east-2.elb.amazonaws.com"] } }),
        violated: [`${RECORD} app-primary records`],
      },
      {
        when: "a check looks from two regions",
        change: (stack) => stack.change(CHECK, "check", { set: { regions: ["us-east-1", "eu-west-1"] } }),
        violated: [`${CHECK} check regions`],
      },
      {
        when: "a check follows an alarm of the region that may be lost",
        change: (stack) => stack.change(CHECK, "check", { set: { cloudwatchAlarmRegion: "us-west-2" } }),
        violated: [`${CHECK} check cloudwatchAlarmRegion`],
      },
    ],
    undecided: [
      {
        when: "a half leads to an address",
        change: (stack) => stack.change(RECORD, "app-secondary", { set: { records: ["192.0.2.1"] } }),
        of: [`${RECORD} app-primary`],
      },
      {
        when: "a target is not known",
        change: (stack) => stack.change(RECORD, "app-secondary", { set: { records: [Unknown.value] } }),
        of: [`${RECORD} app-primary`],
      },
    ],
  });
});
