import { join } from "node:path";
import { archiveEvents } from "../../../components/aws/archive-events";
import { EventStream, type EventStreamArgs } from "../../../components/aws/events";
import { FunctionRuntime, type FunctionRuntimeArgs } from "../../../components/aws/functions";
import { IdentityProvider, type IdentityProviderArgs } from "../../../components/aws/identity-provider";
import { Key, logsStatement } from "../../../components/aws/key";
import { DataLake, type DataLakeArgs } from "../../../components/aws/lake";
import { MachineLearning, type MachineLearningArgs } from "../../../components/aws/machine-learning";
import { MessageQueue, type MessageQueueArgs } from "../../../components/aws/queue";
import { eventLogGroup, functionLogGroup } from "../../../components/planning/names";
import type { Ground } from "./data-ground";

/** Components of streams and what works on them, each with few arguments to change. */
export function streams({ shared, stores }: Ground) {
  const { account, prefix, network, securityGroupId, keyArn, secrets, protection } = shared;
  const logsKeyArn = new Key(
    "stream-logs",
    {
      account,
      prefix,
      purpose: "stream-logs",
      description: "Tests",
      statements: [logsStatement(account, [eventLogGroup(prefix), functionLogGroup(prefix, "archive-events")])],
      protection,
    },
    stores,
  ).arn;
  return {
    events: (changes: Partial<EventStreamArgs> = {}) =>
      new EventStream(
        "events",
        {
          ...shared,
          logsKeyArn,
          version: "4.2",
          brokerType: "kafka.m7g.large",
          brokersPerZone: 1,
          storage: { sizeGiB: 100, maxGiB: 1000 },
          monitoring: "PER_BROKER",
          withoutAcl: "allow",
          topics: { orders: { partitions: 6, retentionHours: 168 } },
          logGroup: eventLogGroup(prefix),
          ...changes,
        },
        stores,
      ),
    queue: (changes: Partial<MessageQueueArgs> = {}) =>
      new MessageQueue(
        "queue",
        {
          prefix,
          network,
          securityGroupId,
          secrets,
          protection,
          engineVersion: "4.3",
          instanceType: "mq.m7g.large",
          availability: "cluster",
          ...changes,
        },
        stores,
      ),
    lake: (changes: Partial<DataLakeArgs> = {}) =>
      new DataLake(
        "lake",
        {
          account,
          prefix: "test-site",
          keyArn,
          protection,
          bucketName: "test-lake-1",
          tables: {
            orders: {
              description: "Orders",
              columns: [
                { name: "id", type: "string", required: true },
                { name: "at", type: "timestamptz", required: true },
                { name: "total", type: "double", required: false },
              ],
              partition: { at: "day" },
            },
          },
          snapshotRetentionDays: 7,
          infrequentAccessAfterDays: 30,
          deleteAfterDays: 365,
          keepVersionsDays: 7,
          queryLimitGiB: 100,
          ...changes,
        },
        stores,
      ),
    functions: (events: EventStream, lake: DataLake, changes: Partial<FunctionRuntimeArgs> = {}) =>
      new FunctionRuntime(
        "functions",
        {
          ...shared,
          logsKeyArn,
          secretsKeyArn: keyArn,
          events,
          codeFolder: join(process.cwd(), "functions"),
          functions: {
            "archive-events": archiveEvents(lake, {
              topic: "orders",
              memoryMiB: 256,
              timeoutSeconds: 60,
              batchSize: 500,
              batchWindowSeconds: 30,
              concurrency: 6,
            }),
          },
          ...changes,
        },
        stores,
      ),
    people: (changes: Partial<IdentityProviderArgs> = {}) =>
      new IdentityProvider(
        "identity",
        {
          account,
          prefix,
          secrets,
          protection,
          mfa: "required",
          signUp: "administrators",
          threatProtection: "enforced",
          clients: {
            shop: {
              kind: "browser",
              callbackUrls: ["https://shop.example.com/callback"],
              logoutUrls: ["https://shop.example.com/"],
              scopes: ["openid", "orders/read"],
            },
            office: {
              kind: "server",
              callbackUrls: ["https://office.example.com/callback"],
              logoutUrls: [],
              scopes: ["openid", "email"],
            },
            billing: { kind: "service", scopes: ["orders/read"] },
          },
          apis: { orders: { read: "Read orders" } },
          groups: { admins: { description: "Administrators", precedence: 1 } },
          tokens: { accessMinutes: 15, idMinutes: 15, refreshDays: 7 },
          ...changes,
        },
        stores,
      ),
    learning: (lake: DataLake, changes: Partial<MachineLearningArgs> = {}) =>
      new MachineLearning(
        "learning",
        {
          ...shared,
          lake,
          problem: "regression",
          target: "total",
          maxRuntimeMinutes: 60,
          ...changes,
        },
        stores,
      ),
  };
}
