import assert from "node:assert/strict";
import { Unknown } from "../../../../offline/cloud/value";
import { gcpReplacement } from "../../../../offline/services/gcp/replacements";
import { COMPUTE, gcp, network, NUMBER, Project, PROJECT, refused, REGION, TOKEN } from "./support";

const configured = (config: Parameters<typeof gcp.checkConfig>[0]) =>
  Object.fromEntries(gcp.checkConfig(config).map(({ property, reason }) => [property, reason]));

describe("offline/services/gcp: the package", () => {
  it("refuses a project id that is none, regions and zones that do not exist, and labels that are not allowed", () => {
    for (const project of ["Platform", "short", "ends-with-", "123456789012", "a".repeat(31)]) {
      assert.match(configured({ project })["project"] ?? "", /is no project id: 6 to 30/, project);
    }
    assert.deepEqual(configured({ project: "platform-prod", region: REGION, zone: "us-central1-f" }), {});
    assert.deepEqual(configured({ region: "us-middle1", zone: "us-central1-d" }), {
      region: 'there is no Google Cloud region "us-middle1"',
      zone: 'there is no Google Cloud zone "us-central1-d"',
    });
    assert.deepEqual(configured({ region: REGION, zone: "us-east1-b" }), {
      zone: "zone us-east1-b is not in region us-central1",
    });
    assert.match(
      configured({ defaultLabels: { Team: "x" } })['defaultLabels["Team"]'] ?? "",
      /Invalid label key "Team"/,
    );
  });

  it("gives resources the provider's project, region and zone, and their own where they have one", () => {
    const project = Project.with("compute");
    const { subnetwork } = network(project);
    assert.equal(subnetwork.id, `projects/${PROJECT}/regions/${REGION}/subnetworks/nodes`);
    assert.deepEqual(
      [subnetwork.outputs["project"], subnetwork.outputs["region"], subnetwork.outputs["selfLink"]],
      [PROJECT, REGION, COMPUTE + subnetwork.id],
    );
    const elsewhere = project.create(TOKEN.subnetwork, "east", {
      name: "east",
      region: "us-east1",
      network: subnetwork.inputs["network"] ?? "",
      ipCidrRange: "10.60.0.0/20",
    });
    assert.equal(elsewhere.id, `projects/${PROJECT}/regions/us-east1/subnetworks/east`);
    assert.equal(
      new Project({ project: "other-project", region: undefined, zone: "us-east1-c" }).session.scope.region,
      "us-east1",
    );
    assert.equal(gcp.configure({}, project.cloud.view({ account: "", region: "" })).scope.account, PROJECT);
  });

  it("refuses a regional resource when nothing names a region", () => {
    const project = new Project({ region: undefined });
    assert.deepEqual(project.reasons(TOKEN.subnetwork, { network: "main", ipCidrRange: "10.0.0.0/20" }), {
      region: "Cannot determine region: set in this resource, or set provider-level 'region'",
    });
    assert.deepEqual(
      project.reasons(TOKEN.subnetwork, { network: "n", ipCidrRange: "10.0.0.0/20", region: "us-nowhere1" }),
      {
        region: 'there is no Google Cloud region "us-nowhere1"',
      },
    );
  });

  it("adds the provider's labels and its own mark, and keeps them known at preview", () => {
    const project = new Project({ defaultLabels: { team: "platform", env: "prod" } });
    project.enable("compute");
    const labels = { env: "dr" };
    const inputs = { name: "edge", labels };
    const made = project.create(TOKEN.address, "edge", inputs);
    const all = { "goog-pulumi-provisioned": "true", team: "platform", env: "dr" };
    assert.deepEqual(made.outputs["labels"], labels);
    assert.deepEqual(made.outputs["pulumiLabels"], all);
    assert.deepEqual(made.outputs["effectiveLabels"], all);
    assert.deepEqual(project.plan(TOKEN.address, inputs)["pulumiLabels"], all);
    assert.equal(project.plan(TOKEN.address, { name: "edge", labels: Unknown.value })["pulumiLabels"], Unknown.value);
    // The SDK marks both secret: the journal holds neither.
    const stored = project.cloud.all().find(({ id }) => id === made.id);
    assert.equal(stored?.outputs["effectiveLabels"], "[secret]");
    const plain = new Project({ addPulumiAttributionLabel: false });
    plain.enable("compute");
    assert.deepEqual(plain.create(TOKEN.address, "edge", inputs).outputs["pulumiLabels"], labels);
  });

  it("names what is wrong with labels", () => {
    const project = new Project();
    const reasons = project.reasons(TOKEN.address, { name: "edge", labels: { "1st": "x", ok: "Upper" } });
    assert.match(reasons['labels["1st"]'] ?? "", /^Invalid label key "1st": 1 to 63 lower-case/);
    assert.match(reasons['labels["ok"]'] ?? "", /^Invalid label value "Upper": up to 63 lower-case/);
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${String(index)}`, "v"]));
    assert.equal(project.reasons(TOKEN.address, { labels: many })["labels"], "a resource has at most 64 labels");
  });

  it("answers for a type without rules of its own by its schema alone", () => {
    const project = Project.with("compute", "cloudscheduler");
    const token = "gcp:compute/healthCheck:HealthCheck";
    const made = project.create(token, "ready", { httpHealthCheck: { port: 80 } });
    assert.match(made.id, new RegExp(`^projects/${PROJECT}/global/healthChecks/ready-[0-9a-f]{7}$`));
    assert.equal(made.outputs["selfLink"], COMPUTE + made.id);
    assert.deepEqual(project.reasons(token, { httpHealthChek: {} }), {
      httpHealthChek: 'unknown property "httpHealthChek" of HealthCheckArgs: did you mean "httpHealthCheck"?',
    });
    const job = project.create("gcp:cloudscheduler/job:Job", "tick", { name: "tick", schedule: "* * * * *" });
    assert.equal(job.id, `projects/${PROJECT}/locations/${REGION}/jobs/tick`);
    refused(
      () => project.createUnchecked(token, "again", { name: made.outputs["name"] ?? "" }),
      "alreadyExists",
      /^Error creating HealthCheck: googleapi: Error 409: The resource 'projects\/platform-offline\/global\/healthChecks\/ready-.{7}' already exists, alreadyExists$/,
    );
  });

  it("refuses to call an API that the project has not enabled, in the words of the API", () => {
    const project = new Project();
    refused(
      () => project.create(TOKEN.network, "main", { name: "main", autoCreateSubnetworks: false }),
      "accessNotConfigured",
      new RegExp(
        `^Error creating Network: googleapi: Error 403: Compute Engine API has not been used in project ${NUMBER} before or it is disabled\\. ` +
          "Enable it by visiting https://console\\.developers\\.google\\.com/apis/api/compute\\.googleapis\\.com/overview\\?project=" +
          `${NUMBER} then retry\\..* \\(SERVICE_DISABLED; gcp\\.projects\\.Service enables compute\\.googleapis\\.com in ${PROJECT}\\), accessNotConfigured$`,
      ),
    );
    project.enable("compute");
    const made = project.create(TOKEN.network, "main", { name: "main", autoCreateSubnetworks: false });
    assert.equal(made.id, `projects/${PROJECT}/global/networks/main`);
    // GKE brings Compute Engine along, and an API that every project starts with needs nobody.
    const other = Project.with("container");
    other.create(TOKEN.network, "main", { name: "main", autoCreateSubnetworks: false });
    other.create("gcp:monitoring/dashboard:Dashboard", "board", { dashboardJson: "{}" });
  });

  it("leaves an API enabled unless it is told to disable it, and then only if nothing needs it", () => {
    const project = new Project();
    const compute = project.create(TOKEN.service, "compute", {
      service: "compute.googleapis.com",
      disableOnDestroy: true,
    });
    const container = project.enable("container");
    refused(
      () => {
        project.delete(compute);
      },
      "failedPrecondition",
      /depended on by the following active service\(s\): container\.googleapis\.com/,
    );
    project.delete(container);
    assert.deepEqual(
      project.cloud.all().map(({ type, id }) => `${type} ${id}`),
      [
        `${TOKEN.service} ${PROJECT}/compute.googleapis.com`,
        `gcp:projects/enabledApi:EnabledApi ${PROJECT}/container.googleapis.com`,
      ],
    );
    project.enable("container");
    assert.equal(project.cloud.all().length, 2);
  });

  it("deletes first what has a name of its own, and makes first what the provider named", () => {
    const project = Project.with("compute");
    const token = "gcp:compute/healthCheck:HealthCheck";
    const named = project.create(token, "a", { name: "ready" });
    const automatic = project.create(token, "b", {});
    assert.deepEqual(project.diff(named, { name: "later" }).deleteBeforeReplace, true);
    assert.deepEqual(project.diff(automatic, { project: "other-project" }).deleteBeforeReplace, false);
    assert.deepEqual(project.replaced(automatic, { project: "other-project" }), ["project"]);
    assert.deepEqual(project.replaced(automatic, { description: "x" }), []);
  });

  it("has replacement rows by the conventions of the provider", () => {
    assert.deepEqual(gcpReplacement("gcp:storage/bucketIAMMember:BucketIAMMember"), { replaces: "*", except: [] });
    assert.deepEqual(gcpReplacement("gcp:secretmanager/secretIamBinding:SecretIamBinding"), {
      replaces: "*",
      except: ["members"],
    });
    assert.deepEqual(gcpReplacement(TOKEN.account)?.replaces, ["accountId", "project", "region", "zone", "location"]);
    assert.equal(gcpReplacement("gcp:nowhere/none:None"), undefined);
  });

  it("keeps what is protected by its deletion policy, and leaves behind what is abandoned", () => {
    const project = Project.with("compute");
    const kept = project.create(TOKEN.network, "kept", { autoCreateSubnetworks: false, deletionPolicy: "PREVENT" });
    refused(
      () => {
        project.delete(kept);
      },
      "provider",
      /^cannot destroy Network .* with deletionPolicy "PREVENT"/,
    );
    const left = project.create(TOKEN.network, "left", { autoCreateSubnetworks: false, deletionPolicy: "ABANDON" });
    project.delete(left);
    assert.ok(project.has(TOKEN.network, left.id));
  });

  it("answers data sources, and names those it has when it lacks one", () => {
    const project = Project.with("compute", "cloudresourcemanager");
    const { network: made, subnetwork } = network(project);
    assert.deepEqual(project.invoke("gcp:compute/getZones:getZones", { region: "us-east1" })["names"], [
      "us-east1-b",
      "us-east1-c",
      "us-east1-d",
    ]);
    const asked = project.invoke("gcp:organizations/getProject:getProject");
    assert.deepEqual([asked["projectId"], asked["number"]], [PROJECT, NUMBER]);
    assert.equal(project.invoke("gcp:organizations/getClientConfig:getClientConfig")["region"], REGION);
    const found = project.invoke("gcp:compute/getNetwork:getNetwork", { name: "main" });
    assert.deepEqual([found["id"], found["subnetworksSelfLinks"]], [made.id, [COMPUTE + subnetwork.id]]);
    const range = project.invoke("gcp:compute/getSubnetwork:getSubnetwork", { name: "nodes", region: REGION });
    assert.equal(range["ipCidrRange"], "10.48.0.0/20");
    refused(
      () => project.invoke("gcp:compute/getNetwork:getNetwork", { name: "none" }),
      "notFound",
      /^The resource 'none' was not found$/,
    );
    refused(() => project.invoke("gcp:compute/getImage:getImage"), "notImplemented", /it answers .*getZones/);
  });
});
