import assert from "node:assert/strict";
import { clientOpenings, type BrokerDoors } from "../../../components/kubernetes/broker-clients.plan";

const doors: BrokerDoors = {
  pods: { app: "broker" },
  ports: [9093, 9094],
  networkPort: 9094,
  carried: "records",
  networkReason: "Linked sites mirror records",
};

describe("openings for the clients of brokers", () => {
  it("[PF-SEC-03] are one for each namespace, on all ports, and one for all ranges, on the port of the network", () => {
    const clients = { namespaces: ["web", "jobs"], ranges: ["10.32.0.0/12", "10.64.0.0/16"] };
    const namespace = (name: string) => ({
      id: `clients-${name}`,
      from: { namespace: name },
      ports: [9093, 9094],
      pods: { app: "broker" },
      reason: `Workloads of ${name} send and receive records`,
    });
    assert.deepEqual(clientOpenings(clients, doors), [
      namespace("web"),
      namespace("jobs"),
      {
        id: "network",
        from: { cidrs: ["10.32.0.0/12", "10.64.0.0/16"] },
        ports: [9094],
        pods: { app: "broker" },
        reason: "Linked sites mirror records",
      },
    ]);
  });

  it("[PF-SEC-03] let nobody in where no client is named", () => {
    assert.deepEqual(clientOpenings({ namespaces: [], ranges: [] }, doors), []);
    const ids = clientOpenings({ namespaces: ["web"], ranges: [] }, doors).map(({ id }) => id);
    assert.deepEqual(ids, ["clients-web"]);
  });
});
