import { app } from "@azure/functions";
// Packaged beside this module, from the folder of the function itself.
import { archive } from "./archive.mjs";
import { blobWriter } from "./blobs.mjs";
import { eventOf } from "./records.mjs";

const { env } = process;
const put = blobWriter({
  account: env.LAKE_ACCOUNT,
  container: env.LAKE_CONTAINER,
  endpoint: env.IDENTITY_ENDPOINT,
  header: env.IDENTITY_HEADER,
  clientId: env.IDENTITY_CLIENT_ID,
});

/** Archives batches of the event stream in the lake. Names between percent signs are settings of the host. */
app.generic("archive-events", {
  trigger: {
    type: "kafkaTrigger",
    name: "records",
    direction: "in",
    brokerList: "%KAFKA_BROKERS%",
    topic: "%KAFKA_TOPIC%",
    consumerGroup: "%KAFKA_CONSUMER_GROUP%",
    protocol: "saslSsl",
    authenticationMode: "scramSha512",
    username: "%KAFKA_USERNAME%",
    password: "%KAFKA_PASSWORD%",
    ...(env.KAFKA_CA_PEM === undefined ? {} : { sslCaPEM: "%KAFKA_CA_PEM%" }),
    cardinality: "many",
    dataType: "string",
  },
  handler: (records) => archive(eventOf(records), put),
});
