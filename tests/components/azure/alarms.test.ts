import assert from "node:assert/strict";
import { Alarms, type AlarmsArgs } from "../../../components/azure/alarms";
import { azureAlarms, type AzureAlarmSpec } from "../../../components/planning/alarms-azure";
import { at } from "../../stacks/deployed";
import { attempt, onNetwork, type Ground } from "./ground";

function watch({ place, network, logs, onAzure }: Ground, changes: Partial<AlarmsArgs> = {}): Alarms {
  return new Alarms(
    "alarms",
    {
      place,
      prefix: "test",
      watched: {
        orders: { subject: "postgres", resourceId: network.networkId },
        archive: { subject: "functions", resourceId: logs.workspaceId },
        way: { subject: "nat-gateway", resourceId: network.networkId },
      },
      ...changes,
    },
    onAzure,
  );
}

describe("Alarms of Azure", function () {
  this.timeout(60_000);

  it("[PF-OBS-01] watch each part by its own metrics, into one channel", async () => {
    let made: Alarms | undefined;
    const stack = await onNetwork((ground) => {
      made = watch(ground, { mails: { operators: "operators@example.org" } });
    });
    assert.deepEqual(made?.alarms, [
      "test-orders-storage",
      "test-orders-slot-lag",
      "test-orders-cpu",
      "test-orders-alive",
      "test-archive-errors",
      "test-way-ports",
    ]);
    assert.deepEqual(stack.named("alarms-orders-slot-lag").inputs, {
      resourceGroupName: "test-site",
      location: "global",
      tags: { system: "test" },
      ruleName: "test-orders-slot-lag",
      description:
        "A subscriber does not read its slot, and the log it waits for fills the disk: mend it or drop the slot",
      severity: 1,
      enabled: true,
      autoMitigate: true,
      scopes: [stack.id("network-network")],
      evaluationFrequency: "PT5M",
      windowSize: "PT15M",
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            name: "slot-lag",
            metricNamespace: "Microsoft.DBforPostgreSQL/flexibleServers",
            metricName: "logical_replication_delay_in_bytes",
            timeAggregation: "Maximum",
            operator: "GreaterThan",
            threshold: 5 * 1024 ** 3,
            dimensions: [],
            skipMetricValidation: true,
          },
        ],
      },
      actions: [{ actionGroupId: stack.id("alarms-group") }],
    });
    const ports = stack.named("alarms-way-ports").inputs;
    assert.equal(at(ports, "evaluationFrequency"), "PT1M");
    assert.deepEqual(at(ports, "criteria.allOf.0.dimensions"), [
      { name: "ConnectionState", operator: "Include", values: ["Failed"] },
    ]);
    assert.equal(stack.input("alarms-orders-alive", "criteria.allOf.0.operator"), "LessThan");
    assert.deepEqual(stack.named("alarms-group").inputs, {
      resourceGroupName: "test-site",
      location: "global",
      tags: { system: "test" },
      actionGroupName: "test-alarms",
      groupShortName: "test",
      enabled: true,
      emailReceivers: [{ name: "operators", emailAddress: "operators@example.org", useCommonAlertSchema: true }],
    });
  });

  it("are announced under the first twelve letters of a long name", async () => {
    const stack = await onNetwork((ground) => watch(ground, { prefix: "portfolio-recovery", watched: {} }));
    assert.equal(stack.input("alarms-group", "groupShortName"), "portfolio-re");
  });

  it("are none where nothing is watched, but the channel is there", async () => {
    const stack = await onNetwork((ground) => watch(ground, { watched: {} }));
    assert.equal(stack.ofType("azure-native:monitor:MetricAlert").length, 0);
    assert.deepEqual(stack.input("alarms-group", "emailReceivers"), []);
  });

  it("are refused for what is not there, and for an address that is none", async () => {
    const missing = await attempt((ground) =>
      watch(ground, {
        watched: {
          gone: {
            subject: "vault",
            resourceId: "/subscriptions/x/resourceGroups/y/providers/Microsoft.KeyVault/vaults/z",
          },
        },
      }),
    );
    assert.match(missing.run.errors.join("\n"), /ResourceNotFound.*vaults\/z/);
    const nobody = await attempt((ground) => watch(ground, { mails: { operators: "operators" } }));
    assert.match(nobody.run.errors.join("\n"), /"operators" is no address/);
  });

  it("can be changed one by one", async () => {
    const stack = await onNetwork((ground) =>
      watch(ground, { transform: (alarm, id) => (id === "orders-cpu" ? { ...alarm, severity: 0 } : alarm) }),
    );
    assert.equal(stack.input("alarms-orders-cpu", "severity"), 0);
    assert.equal(stack.input("alarms-orders-storage", "severity"), 1);
  });
});

describe("the table of alarms of Azure", () => {
  const rows = Object.entries(azureAlarms).flatMap(([subject, specs]) =>
    (specs as readonly AzureAlarmSpec[]).map((spec) => ({ subject, spec })),
  );

  it("names each alarm once, in words that become part of a name", () => {
    for (const [subject, specs] of Object.entries(azureAlarms)) {
      const ids = specs.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, subject);
      for (const id of ids) assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    }
  });

  it("watches each part by the metrics of one type", () => {
    for (const [subject, specs] of Object.entries(azureAlarms)) {
      assert.equal(new Set(specs.map(({ namespace }) => namespace)).size, 1, subject);
    }
    for (const { spec } of rows) assert.match(spec.namespace, /^Microsoft\.[A-Za-z]+\/[A-Za-z]+$/);
  });

  it("says what to look at", () => {
    for (const { spec } of rows) assert.match(spec.meaning, /^[A-Z][^\n]{20,1023}[^.]$/, spec.id);
  });
});
