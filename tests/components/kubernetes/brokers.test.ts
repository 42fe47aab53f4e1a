import assert from "node:assert/strict";
import { privateService } from "../../../components/kubernetes/private-service.plan";
import { isProperties } from "../../../offline/cloud/value";
import type { Deployed } from "../../stacks/deployed";
import { events, onAks, onGke, queue } from "./brokers-ground";

describe("brokers on two clouds", function () {
  this.timeout(120_000);

  /** Everything that was registered on the cluster, with the addresses of the cloud's subnet as `net`. */
  const objects = (stack: Deployed, subnet: string) =>
    Object.fromEntries(
      stack.run.resources
        .filter(({ custom, name, type }) => custom && type.startsWith("kubernetes:") && /^(events|queue)-/.test(name))
        .map(({ name, inputs }): [string, unknown] => [
          name,
          JSON.parse(JSON.stringify(inputs).replaceAll(subnet, "net")) as unknown,
        ]),
    );

  it("[PF-CLOUD-02] [PF-DATA-04] are the same objects but for how a Service asks for its address", async () => {
    const make = (floor: Parameters<typeof events>[0]) => {
      events(floor);
      queue(floor);
    };
    const gke = await onGke(make);
    const aks = await onAks(make);
    assert.deepEqual([...gke.run.errors, ...aks.run.errors], []);
    const [google, azure] = [objects(gke, "10.48.127."), objects(aks, "10.64.143.")];
    assert.deepEqual(Object.keys(google).sort(), Object.keys(azure).sort());
    const differing = Object.keys(google).filter(
      (name) => JSON.stringify(google[name]) !== JSON.stringify(azure[name]),
    );
    assert.deepEqual(differing.sort(), [
      "events-bootstrap",
      "events-broker-0",
      "events-broker-1",
      "events-broker-2",
      "queue-network",
    ]);
    for (const name of differing) {
      const [one, other] = [gke, aks].map((stack) => {
        const { metadata, spec } = stack.named(name).inputs;
        assert.ok(isProperties(metadata) && isProperties(spec));
        const { loadBalancerIP, ...rest } = spec;
        return { annotations: metadata["annotations"], loadBalancerIP, rest };
      });
      assert.deepEqual(one?.rest, other?.rest);
      assert.deepEqual(one?.annotations, {
        "networking.gke.io/load-balancer-type": "Internal",
        "networking.gke.io/internal-load-balancer-allow-global-access": "true",
      });
      const address = (other?.annotations as Record<string, string>)[
        "service.beta.kubernetes.io/azure-load-balancer-ipv4"
      ];
      assert.deepEqual(other?.annotations, {
        "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
        "service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "ingress",
        "service.beta.kubernetes.io/azure-load-balancer-ipv4": address,
      });
      assert.deepEqual(aks.output(name, "status.loadBalancer.ingress"), [{ ip: address }]);
      assert.equal(other.loadBalancerIP, undefined);
    }
  });

  it("cannot be where load balancers get an address in each zone", () => {
    assert.throws(
      () =>
        privateService({
          name: "events-bootstrap",
          namespace: "kafka",
          loadBalancer: { annotations: {}, addressIn: undefined },
          address: "10.0.0.9",
          port: { name: "kafka", number: 9094 },
          selector: {},
          ranges: [],
        }),
      {
        message:
          'Service "events-bootstrap" cannot have the address 10.0.0.9 in this cluster: use the cloud\'s service',
      },
    );
  });
});

describe("brokers that cannot come up", function () {
  this.timeout(120_000);
  const refusal = async (make: Parameters<typeof onGke>[0], on = onGke) => (await on(make)).run.errors.join("\n");

  it("say that their StorageClass is not there", async () => {
    const said = await refusal((floor) => {
      events(floor, { storageClass: "quick" });
    });
    assert.match(said, /'events' timed out waiting to be Ready[^]*storageclass\.storage\.k8s\.io "quick" not found/);
  });

  it("say that nobody signs their certificate", async () => {
    const said = await refusal((floor) => {
      events(floor, { issuer: "public" });
    });
    assert.match(said, /secret "events-listeners" not found/);
  });

  it("say that an address is another one's or of another subnet, on both clouds", async () => {
    const both = (floor: Parameters<typeof events>[0]) => {
      events(floor);
      queue(floor, { address: floor.subnet.startsWith("10.48.") ? "10.48.127.240" : "10.64.143.240" });
    };
    assert.match(await refusal(both), /IP_IN_USE_BY_ANOTHER_RESOURCE - IP '10\.48\.127\.240'/);
    assert.match(await refusal(both, onAks), /PrivateIPAddressInUse: IP address 10\.64\.143\.240 is already allocated/);
    const elsewhere = (floor: Parameters<typeof events>[0]) => {
      queue(floor, { address: "10.99.0.9" });
    };
    assert.match(await refusal(elsewhere), /'10\.99\.0\.9'\. IP address is outside of 10\.48\./);
    assert.match(
      await refusal(elsewhere, onAks),
      /PrivateIPAddressNotInSubnet: private static IP address 10\.99\.0\.9/,
    );
  });

  it("are refused with a field that Strimzi does not know", async () => {
    const said = await refusal((floor) => {
      events(floor, { transform: (spec) => ({ ...spec, kafka: { ...spec.kafka, replicas: 3 } }) });
    });
    assert.match(said, /spec\.kafka\.replicas[^]*field not declared in schema/);
  });
});
