import assert from "node:assert/strict";
import type { z } from "zod";
import { problemsOf } from "../../config/problems";
import { eventSettings } from "../../config/schema/events";
import { functionSettings } from "../../config/schema/functions";
import { identityProviderSettings } from "../../config/schema/identity-provider";
import { lakeSettings } from "../../config/schema/lake";
import { machineLearningSettings } from "../../config/schema/machine-learning";
import { queueSettings } from "../../config/schema/queue";

const schemas = {
  events: eventSettings({
    mode: "create",
    brokerType: "kafka.m7g.large",
    topics: { orders: { partitions: 6, retentionHours: 168 } },
  }),
  queue: queueSettings({ mode: "create", instanceType: "mq.m7g.large", availability: "by-class" }),
  lake: lakeSettings({
    mode: "skip",
    tables: {
      orders: {
        description: "Orders",
        columns: [{ name: "at", type: "timestamptz", required: true }],
        partition: { at: "day" },
      },
    },
  }),
  functions: functionSettings({ mode: "create", topic: "orders" }),
  identityProvider: identityProviderSettings({
    mode: "create",
    clients: { billing: { kind: "service", scopes: ["orders/read"] } },
    apis: { orders: { read: "Read orders" } },
    groups: { admins: { description: "Administrators", precedence: 1 } },
    threatProtection: "enforced",
  }),
  machineLearning: machineLearningSettings({ mode: "skip", problem: "regression", target: "total" }),
} satisfies Record<string, z.ZodType>;

function problems(of: keyof typeof schemas, settings: object): readonly string[] {
  const result = schemas[of].safeParse(settings, { reportInput: true });
  return problemsOf(result.error?.issues ?? [], () => []).map(({ path, message }) => `${path.slice(9)}: ${message}`);
}

describe("settings of streams and what works on them", () => {
  it("are complete without a word, with the defaults of the stack", () => {
    assert.deepEqual(schemas.events.parse(undefined), {
      mode: "create",
      version: "4.2",
      brokerType: "kafka.m7g.large",
      brokersPerZone: 1,
      storageGiB: 100,
      maxStorageGiB: 1000,
      monitoring: "PER_BROKER",
      withoutAcl: "allow",
      topics: { orders: { partitions: 6, retentionHours: 168 } },
    });
    assert.deepEqual(schemas.queue.parse(undefined), {
      mode: "create",
      engineVersion: "4.3",
      instanceType: "mq.m7g.large",
      availability: "by-class",
    });
    assert.deepEqual(schemas.functions.parse(undefined), {
      mode: "create",
      topic: "orders",
      memoryMiB: 256,
      timeoutSeconds: 60,
      batchSize: 1000,
      batchWindowSeconds: 60,
      concurrency: 5,
    });
    assert.deepEqual(schemas.machineLearning.parse(undefined), {
      mode: "skip",
      problem: "regression",
      target: "total",
      maxRuntimeMinutes: 60,
    });
    const { mode, tables, queryLimitGiB } = schemas.lake.parse(undefined);
    assert.deepEqual([mode, Object.keys(tables), queryLimitGiB], ["skip", ["orders"], 100]);
    const { mfa, signUp, threatProtection, clients, groups } = schemas.identityProvider.parse(undefined);
    assert.deepEqual(
      [mfa, signUp, threatProtection, Object.keys(clients), Object.keys(groups)],
      ["required", "administrators", "enforced", ["billing"], ["admins"]],
    );
  });

  const cases: readonly [keyof typeof schemas, object, readonly string[]][] = [
    [
      "events",
      { storageGiB: 2000 },
      ["maxStorageGiB: maxStorageGiB (1000) is below storageGiB (2000): raise the first or lower the second"],
    ],
    ["events", { brokerType: "m7g.large" }, ['brokerType: is "m7g.large": give a machine such as kafka.m7g.large']],
    [
      "events",
      { topics: { Orders: { partitions: 1, retentionHours: 1 } } },
      ["topics.Orders: has a key that is not allowed: give lower-case letters, digits and hyphens, a letter first"],
    ],
    [
      "events",
      { topics: { a: { partitions: 0, retentionHours: 1 } } },
      ["topics.a.partitions: is 0: give a whole number from 1 to 1000"],
    ],
    [
      "events",
      { topics: { a: { partitions: 1000, retentionHours: 87_601 } } },
      ["topics.a.retentionHours: is 87601: give a whole number from 1 to 87600"],
    ],
    [
      "queue",
      { instanceType: "mq.t3.micro" },
      ['instanceType: is "mq.t3.micro": give a machine such as mq.m7g.medium: RabbitMQ 4 runs on mq.m7g alone'],
    ],
    [
      "lake",
      { tables: { a: { description: "A", columns: [{ name: "id", type: "string" }], partition: { at: "day" } } } },
      ['tables.a: table "a" is partitioned by "at", which is none of its columns (id): name one of them'],
    ],
    [
      "lake",
      { infrequentAccessAfterDays: 90, deleteAfterDays: 60 },
      [
        "deleteAfterDays: deleteAfterDays (60) is not above infrequentAccessAfterDays (90): raise the first or lower the second",
      ],
    ],
    ["functions", { timeoutSeconds: 901 }, ["timeoutSeconds: is 901: give a whole number from 1 to 900"]],
    [
      "identityProvider",
      { clients: { shop: { kind: "browser", scopes: ["openid"], callbackUrls: ["http://shop.example.com"] } } },
      ['clients.shop.callbackUrls[0]: is "http://shop.example.com": give an address by https, or of http://localhost'],
    ],
    [
      "identityProvider",
      { apis: {} },
      [
        'clients: client "billing" (service) asks for scope "orders/read", which is none of those that are offered: name one of them, or add it to an API',
      ],
    ],
    [
      "identityProvider",
      { clients: { shop: { kind: "phone", scopes: ["openid"] } } },
      ["clients.shop.kind: give a kind of application: browser, server or service"],
    ],
    ["machineLearning", { target: "1st" }, ['target: is "1st": give the name of a column: letters, digits and _']],
  ];
  for (const [of, settings, expected] of cases) {
    it(`of ${of} refuse ${JSON.stringify(settings)}`, () => {
      assert.deepEqual(problems(of, settings), expected);
    });
  }

  it("know no other setting", () => {
    for (const of of Object.keys(schemas) as (keyof typeof schemas)[]) {
      assert.match(problems(of, { unknown: 1 }).join(), /unknown/i, of);
    }
  });
});
