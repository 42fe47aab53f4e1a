import assert from "node:assert/strict";
import { Bastion } from "../../../components/gcp/bastion";
import { DnsZone } from "../../../components/gcp/dns-zone";
import { Firewall } from "../../../components/gcp/firewall";
import { ImageRegistry } from "../../../components/gcp/image-registry";
import { text } from "../../stacks/deployed";
import { onSite, projectId, type Ground } from "./ground";

describe("images on Google Cloud", () => {
  const images = (
    { project, prefix, keys, protection, onGcp }: Ground,
    readers: Readonly<Record<string, string>> = {},
  ) =>
    new ImageRegistry(
      "images",
      { project, prefix, repositories: ["services"], keyId: keys.keyIds.images, readers, protection },
      onGcp,
    );

  it("[PF-SEC-05] keep their tags, are scanned, encrypted with a key of the site, and cleaned up", async () => {
    const stack = await onSite((ground) => {
      images(ground);
    });
    const { inputs } = stack.named("images-services");
    assert.equal(inputs["repositoryId"], "test-services");
    assert.equal(inputs["format"], "DOCKER");
    assert.deepEqual(inputs["dockerConfig"], { immutableTags: true });
    assert.deepEqual(inputs["vulnerabilityScanningConfig"], { enablementConfig: "INHERITED" });
    assert.match(text(inputs["kmsKeyName"]), /cryptoKeys\/images$/);
    assert.equal(inputs["cleanupPolicyDryRun"], false);
    assert.deepEqual(inputs["cleanupPolicies"], [
      { id: "keep-last-100", action: "KEEP", mostRecentVersions: { keepCount: 100 } },
      { id: "untagged", action: "DELETE", condition: { tagState: "UNTAGGED", olderThan: "1209600s" } },
      { id: "old", action: "DELETE", condition: { tagState: "ANY", olderThan: "7776000s" } },
    ]);
    assert.deepEqual(stack.component("images").outputs["repositoryUrls"], {
      services: `us-central1-docker.pkg.dev/${projectId}/test-services/services`,
    });
  });

  it("are pulled by whom they are told of", async () => {
    const stack = await onSite((ground) => {
      images(ground, { nodes: "group:pullers@example.com" });
    });
    const { inputs } = stack.named("images-services-nodes");
    assert.equal(inputs["role"], "roles/artifactregistry.reader");
    assert.equal(inputs["member"], "group:pullers@example.com");
    assert.equal(inputs["repository"], "test-services");
  });
});

describe("DNS zone on Google Cloud", () => {
  it("is public and signed", async () => {
    const stack = await onSite(({ project, prefix, protection, onGcp }) => {
      new DnsZone("dns", { project, mode: "create", prefix, zoneName: "gcp.example.com", protection }, onGcp);
    });
    const { inputs, outputs } = stack.named("dns-zone");
    assert.equal(inputs["dnsName"], "gcp.example.com.");
    assert.equal(inputs["name"], "test-gcp-example-com");
    assert.equal(inputs["visibility"], "public");
    assert.deepEqual(inputs["dnssecConfig"], { state: "on", nonExistence: "nsec3" });
    assert.equal(inputs["forceDestroy"], true);
    assert.equal(stack.component("dns").outputs["zoneId"], outputs["name"]);
  });

  it("keeps its records in production", async () => {
    const stack = await onSite(
      ({ project, prefix, protection, onGcp }) => {
        new DnsZone("dns", { project, mode: "create", prefix, zoneName: "gcp.example.com", protection }, onGcp);
      },
      { class: "production" },
    );
    assert.equal(stack.input("dns-zone", "forceDestroy"), false);
    assert.equal(stack.named("dns-zone").protect, true);
  });
});

describe("bastion on Google Cloud", () => {
  const bastion = ({ project, prefix, network, keys, onGcp }: Ground) =>
    new Bastion(
      "bastion",
      {
        project,
        prefix,
        network,
        operators: { platform: "group:platform@example.com" },
        keyId: keys.keyIds.data,
      },
      onGcp,
    );

  it("[PF-SEC-03] has no public address, no rights, and an encrypted disk", async () => {
    const stack = await onSite((ground) => {
      bastion(ground);
    });
    const { inputs } = stack.named("bastion-instance");
    assert.equal(inputs["zone"], "us-central1-a");
    assert.deepEqual(inputs["networkInterfaces"], [{ subnetwork: stack.id("network-nodes") }]);
    assert.match(text(stack.input("bastion-instance", "bootDisk.kmsKeySelfLink")), /cryptoKeys\/data$/);
    assert.deepEqual(stack.input("bastion-instance", "bootDisk.initializeParams"), {
      image: "debian-cloud/debian-13",
      size: 10,
      type: "pd-balanced",
    });
    assert.equal(inputs["allowStoppingForUpdate"], true);
    assert.deepEqual(inputs["metadata"], { "enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE" });
    assert.deepEqual(inputs["shieldedInstanceConfig"], {
      enableSecureBoot: true,
      enableVtpm: true,
      enableIntegrityMonitoring: true,
    });
    const own = "serviceAccount:test-bastion@platform-test-1.iam.gserviceaccount.com";
    assert.equal(stack.run.resources.filter(({ inputs: { member } }) => member === own).length, 0);
    assert.ok(stack.waitsFor("bastion-instance").has("network-nat"));
  });

  it("lets in operators by Identity-Aware Proxy, each with three rights on this machine alone", async () => {
    const stack = await onSite((ground) => {
      bastion(ground);
    });
    const rights = stack.run.resources
      .filter(({ inputs }) => inputs["member"] === "group:platform@example.com")
      .map(({ name, inputs }) => [name, inputs["role"]]);
    assert.deepEqual(rights.sort(), [
      ["bastion-platform-account", "roles/iam.serviceAccountUser"],
      ["bastion-platform-log-in", "roles/compute.osLogin"],
      ["bastion-platform-tunnel", "roles/iap.tunnelResourceAccessor"],
    ]);
  });

  it("is reached from the proxy alone", async () => {
    const stack = await onSite((ground) => {
      const { project, prefix, network, onGcp } = ground;
      const accounts = { bastion: bastion(ground).accountEmail };
      new Firewall("firewall", { project, prefix, network, needs: { bastion: "create" }, accounts }, onGcp);
    });
    const ssh = stack.named("firewall-iap-ssh").inputs;
    assert.deepEqual(ssh["sourceRanges"], ["35.235.240.0/20"]);
    assert.deepEqual(ssh["targetServiceAccounts"], ["test-bastion@platform-test-1.iam.gserviceaccount.com"]);
    assert.deepEqual(stack.input("firewall-bastion-deny-egress", "destinationRanges"), ["0.0.0.0/0"]);
  });

  it("says by which command a tunnel is opened", async () => {
    let command = "";
    await onSite((ground) => {
      bastion(ground)
        .tunnelCommand(ground.project, "10.48.0.2", 8443)
        .apply((said) => {
          command = said;
        });
    });
    assert.equal(
      command,
      "gcloud compute ssh test-bastion --project platform-test-1 --zone us-central1-a --tunnel-through-iap -- -N -L 8443:10.48.0.2:443",
    );
  });
});
