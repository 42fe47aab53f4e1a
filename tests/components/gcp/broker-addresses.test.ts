import assert from "node:assert/strict";
import { BrokerAddresses } from "../../../components/gcp/broker-addresses";
import { only } from "../../stacks/deployed";
import { attempt, onSite, type Ground } from "./ground";

const address = "gcp:compute/address:Address";

const addresses = ({ project, prefix, network, onGcp }: Ground) =>
  new BrokerAddresses("broker-addresses", { project, prefix, network }, onGcp);

describe("addresses of brokers on Google Cloud", () => {
  it("[PF-CLOUD-02] are reserved in the subnet of the nodes, where other sites look for them", async () => {
    const stack = await onSite(addresses);
    const made = stack.ofType(address).filter(({ name }) => name.startsWith("broker-addresses-"));
    assert.deepEqual(
      made.map(({ name, inputs }) => [name, inputs["name"], inputs["address"]]),
      [
        ["broker-addresses-events-bootstrap", "test-events-bootstrap", "10.48.127.240"],
        ["broker-addresses-events-broker-0", "test-events-broker-0", "10.48.127.241"],
        ["broker-addresses-events-broker-1", "test-events-broker-1", "10.48.127.242"],
        ["broker-addresses-events-broker-2", "test-events-broker-2", "10.48.127.243"],
        ["broker-addresses-queue", "test-queue", "10.48.127.244"],
      ],
    );
    for (const { inputs, name } of made) {
      assert.deepEqual(
        only(inputs, "addressType", "purpose", "region", "subnetwork"),
        {
          addressType: "INTERNAL",
          purpose: "GCE_ENDPOINT",
          region: "us-central1",
          subnetwork: stack.id("network-nodes"),
        },
        name,
      );
    }
  });

  it("are refused in a subnet that they are not of", async () => {
    const { run } = await attempt(({ project, prefix, network, onGcp }) => {
      const elsewhere = { subnetId: network.subnetId, subnetRange: "10.99.0.0/20" };
      new BrokerAddresses("broker-addresses", { project, prefix, network: elsewhere }, onGcp);
    });
    assert.match(
      run.errors.join("\n"),
      /10\.99\.15\.240'\. Requested internal IP address is not part of the subnetwork/,
    );
  });

  it("can be changed by their one escape hatch", async () => {
    const stack = await onSite(({ project, prefix, network, onGcp }) => {
      const transform = <Args extends object>(args: Args) => ({ ...args, description: "Kafka and RabbitMQ" });
      new BrokerAddresses("broker-addresses", { project, prefix, network, transform }, onGcp);
    });
    assert.equal(stack.input("broker-addresses-queue", "description"), "Kafka and RabbitMQ");
  });
});
