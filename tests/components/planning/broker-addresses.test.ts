import assert from "node:assert/strict";
import { brokerAddresses } from "../../../components/planning/broker-addresses";

describe("addresses of brokers", () => {
  it("[PF-DATA-04] are the first of the last sixteen of the subnet", () => {
    assert.deepEqual(brokerAddresses("10.64.128.0/20"), {
      events: { bootstrap: "10.64.143.240", brokers: ["10.64.143.241", "10.64.143.242", "10.64.143.243"] },
      queue: "10.64.143.244",
    });
  });

  it("need a subnet of 256 addresses", () => {
    assert.equal(brokerAddresses("10.0.0.0/24").queue, "10.0.0.244");
    assert.throws(() => brokerAddresses("10.0.0.0/25"), {
      name: "RangeError",
      message: "10.0.0.0/25 has no room for brokers: give the subnet a /24 or more",
    });
  });
});
