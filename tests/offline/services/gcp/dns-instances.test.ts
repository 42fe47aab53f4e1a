import assert from "node:assert/strict";
import { network, Project, PROJECT, refused } from "./support";

describe("offline/services/gcp: zones, records and machines", () => {
  it("knows private and public zones, and records that belong to them", () => {
    const project = Project.with("compute", "dns");
    const { network: made } = network(project);
    const ZONE = "gcp:dns/managedZone:ManagedZone";
    const RECORD = "gcp:dns/recordSet:RecordSet";
    const inputs = {
      name: "internal",
      dnsName: "prod.internal.",
      visibility: "private",
      privateVisibilityConfig: { networks: [{ networkUrl: made.id }] },
    };
    assert.match(
      project.reasons(ZONE, { ...inputs, dnsName: "prod.internal" })["dnsName"] ?? "",
      /with a dot at its end/,
    );
    assert.deepEqual(Object.keys(project.reasons(ZONE, { ...inputs, visibility: "public" })), [
      "privateVisibilityConfig",
    ]);
    const zone = project.create(ZONE, "internal", inputs);
    assert.deepEqual(zone.outputs["nameServers"], ["ns-gcp-private.googledomains.com."]);
    const record = { name: "db.prod.internal.", type: "A", ttl: 60, rrdatas: ["10.0.0.5"], managedZone: "internal" };
    refused(
      () => project.create(RECORD, "other", { ...record, name: "db.example.com." }),
      "invalid",
      /the zone is prod\.internal\./,
    );
    refused(
      () => project.create(RECORD, "none", { ...record, managedZone: "none" }),
      "notFound",
      /named 'none' does not exist/,
    );
    const made2 = project.create(RECORD, "db", record);
    assert.equal(made2.id, `projects/${PROJECT}/managedZones/internal/rrsets/db.prod.internal./A`);
    refused(
      () => project.create(RECORD, "alias", { ...record, type: "CNAME", rrdatas: ["x."] }),
      "cnameResourceRecordSetConflict",
    );
    refused(
      () => {
        project.delete(zone);
      },
      "containerNotEmpty",
      /'internal' cannot be deleted/,
    );
    refused(() => {
      project.delete(made);
    }, "resourceInUseByAnotherResource");
    project.delete(made2);
    project.delete(zone);
  });

  it("places a bastion by its zone and its machine type, and protects it when told to", () => {
    const project = Project.with("compute");
    network(project);
    const INSTANCE = "gcp:compute/instance:Instance";
    const inputs = {
      name: "bastion",
      zone: "us-central1-a",
      machineType: "e2-micro",
      bootDisk: { initializeParams: { image: "debian-cloud/debian-12" } },
      networkInterfaces: [{ subnetwork: "nodes" }],
    };
    refused(
      () => project.create(INSTANCE, "b", { ...inputs, machineType: "e2-nano" }),
      "invalid",
      /Machine type with name 'e2-nano' does not exist in zone 'us-central1-a'\./,
    );
    refused(
      () => project.create(INSTANCE, "b", { ...inputs, machineType: "g2-standard-4", zone: "us-central1-f" }),
      "invalid",
    );
    assert.deepEqual(project.reasons(INSTANCE, { ...inputs, zone: "us-central1-d" }), {
      zone: 'there is no Google Cloud zone "us-central1-d"',
    });
    const made = project.create(INSTANCE, "bastion", { ...inputs, deletionProtection: true });
    assert.equal(made.id, `projects/${PROJECT}/zones/us-central1-a/instances/bastion`);
    refused(
      () => project.update(made, { machineType: "e2-small" }),
      "provider",
      /Changing the machineType on a started instance/,
    );
    refused(
      () => {
        project.delete(made);
      },
      "resourceInUseByAnotherResource",
      /protected against deletion/,
    );
    project.delete(project.update(made, { deletionProtection: false }));
  });
});
