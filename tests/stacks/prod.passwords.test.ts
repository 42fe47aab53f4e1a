import assert from "node:assert/strict";
import { deployed } from "./deployed";

const PASSWORD = "random:index/randomPassword:RandomPassword";

describe("prod: generated passwords", function () {
  this.timeout(60_000);

  // RDS, ElastiCache, DocumentDB, Kafka and RabbitMQ refuse different special characters; letters and digits suit all of them.
  it("[PF-SEC-05] are of letters and digits, 32 for a password, 64 for the token of Redis", async () => {
    const stack = await deployed("prod");
    assert.deepEqual(
      stack
        .ofType(PASSWORD)
        .map(({ name, inputs }) => [name, inputs["length"], inputs["special"]])
        .sort(),
      [
        ["databases-shard-0-password", 32, false],
        ["documents-password", 32, false],
        ["events-password", 32, false],
        ["queue-password", 32, false],
        ["redis-token", 64, false],
      ],
    );
  });
});
