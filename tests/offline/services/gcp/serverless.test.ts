import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { refused, StoreProject, type Made } from "./stores-support";

const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const SERVICE = "gcp:cloudrunv2/service:Service";
const CONNECTOR = "gcp:vpcaccess/connector:Connector";
const TRIGGER = "gcp:eventarc/trigger:Trigger";

const location = "us-central1";
const run = (image = "us-docker.pkg.dev/cloudrun/container/hello", rest: Properties = {}): Properties => ({
  name: "web",
  location,
  template: { containers: [{ image }], ...rest },
});

describe("offline/services/gcp/cloudfunctions", () => {
  const inputs = (serviceConfig: Properties = {}, rest: Properties = {}): Properties => ({
    name: "audit",
    location,
    buildConfig: {
      runtime: "nodejs22",
      entryPoint: "handle",
      source: { storageSource: { bucket: "code", object: "audit.zip" } },
    },
    serviceConfig,
    ...rest,
  });
  const source = (project: StoreProject) => {
    project.create("gcp:storage/bucket:Bucket", "code", { name: "code", location });
    project.create("gcp:storage/bucketObject:BucketObject", "zip", { name: "audit.zip", bucket: "code", content: "x" });
  };

  it("needs its source, its identity and its way into the network", () => {
    const project = new StoreProject();
    const create = (serviceConfig?: Properties, rest?: Properties) =>
      project.create(FUNCTION, "f", inputs(serviceConfig, rest));
    refused(create, "invalidArgument", /Bucket code/);
    source(project);
    refused(
      () => create({ serviceAccountEmail: "none@platform-offline.iam.gserviceaccount.com" }),
      "notFound",
      /none@/,
    );
    refused(() => create({ vpcConnector: "none" }), "invalidArgument", /VPC connector none does not exist/);
    const network = project.network("main", false);
    const small = project.subnet(network, "small", "10.0.0.0/28");
    const egress = (subnetwork: string) => ({ directVpcNetworkInterfaces: [{ network: network.id, subnetwork }] });
    refused(() => create(egress(small.id)), "invalidArgument", /\/26 or larger/);
    refused(
      () => create({}, { eventTrigger: { eventType: "google.cloud.pubsub.topic.v1.messagePublished" } }),
      "invalidArgument",
      /pubsub_topic must be set/,
    );
    const wide = project.subnet(network, "wide", "10.0.1.0/26");
    const made = create(egress(wide.id));
    assert.equal(made.id, "projects/platform-offline/locations/us-central1/functions/audit");
    assert.equal(made.outputs["url"], "https://us-central1-platform-offline.cloudfunctions.net/audit");
    assert.equal(
      (made.outputs["serviceConfig"] as Properties)["uri"],
      "https://audit-123456789012.us-central1.run.app",
    );
  });

  it("needs the APIs of Cloud Run and Cloud Build as well", () => {
    const project = new StoreProject(["cloudfunctions.googleapis.com", "run.googleapis.com"]);
    source(project);
    refused(() => project.create(FUNCTION, "f", inputs()), "accessNotConfigured", /cloudbuild\.googleapis\.com/);
  });

  it("refuses a runtime that is gone and a timeout that no event has", () => {
    const project = new StoreProject([]);
    const reasons = (change: Properties) => Object.keys(project.reasons(FUNCTION, { ...inputs(), ...change }));
    assert.deepEqual(reasons({ buildConfig: { runtime: "nodejs16" } }), ["buildConfig.runtime"]);
    assert.deepEqual(reasons({ serviceConfig: { timeoutSeconds: 600 } }), []);
    const eventTrigger = { eventType: "google.cloud.storage.object.v1.finalized" };
    assert.deepEqual(reasons({ serviceConfig: { timeoutSeconds: 600 }, eventTrigger }), [
      "serviceConfig.timeoutSeconds",
    ]);
  });
});

describe("offline/services/gcp/cloudrun", () => {
  it("runs images of registries it can pull from, and is protected where nothing is said", () => {
    const project = new StoreProject();
    const create = (image: string, rest?: Properties): Made => project.create(SERVICE, "web", run(image, rest));
    const own = "us-central1-docker.pkg.dev/platform-offline/services/web:1";
    assert.deepEqual(Object.keys(project.reasons(SERVICE, run("111122223333.dkr.ecr.us-west-2.amazonaws.com/web:1"))), [
      "template.containers[0].image",
    ]);
    refused(
      () => create(own),
      "invalidArgument",
      /repository us-central1-docker\.pkg\.dev\/platform-offline\/services does not exist/,
    );
    project.create("gcp:artifactregistry/repository:Repository", "r", {
      repositoryId: "services",
      location,
      format: "DOCKER",
    });
    refused(() => create(own, { vpcAccess: { connector: "none" } }), "invalidArgument", /VPC connector none/);
    const made = create(own);
    assert.equal(made.outputs["uri"], "https://web-123456789012.us-central1.run.app");
    refused(
      () => {
        project.delete(made);
      },
      "provider",
      /deletion_protection=false/,
    );
    project.delete(project.update(made, { deletionProtection: false }));
  });

  it("starts only with secrets that exist", () => {
    const project = new StoreProject();
    const envs = [{ name: "KEY", valueSource: { secretKeyRef: { secret: "key", version: "latest" } } }];
    const image = "us-docker.pkg.dev/cloudrun/container/hello";
    const inputs = { name: "web", location, template: { containers: [{ image, envs }] } };
    refused(() => project.create(SERVICE, "web", inputs), "failedPrecondition", /secrets\/key/);
    project.create("gcp:secretmanager/secret:Secret", "s", { secretId: "key", replication: { auto: {} } });
    project.create(SERVICE, "web", inputs);
  });
});

describe("offline/services/gcp/vpcaccess and eventarc", () => {
  it("gives a connector a range of its own", () => {
    const project = new StoreProject();
    const network = project.network("main", false);
    project.subnet(network, "one", "10.0.0.0/24");
    const create = (ipCidrRange: string) =>
      project.create(CONNECTOR, "c", {
        name: "serverless",
        network: network.id,
        ipCidrRange,
        minInstances: 2,
        maxInstances: 3,
      });
    refused(() => create("10.9.0.0/24"), "invalidArgument", /must be a \/28/);
    refused(() => create("10.0.0.16/28"), "failedPrecondition", /overlaps/);
    const made = create("10.9.0.0/28");
    assert.deepEqual(project.replacedBy(made, { maxInstances: 5 }), []);
    assert.deepEqual(
      project.replacedBy({ ...made, inputs: { ...made.inputs, maxInstances: 5 } }, { maxInstances: 4 }),
      ["maxInstances"],
    );
    assert.deepEqual(
      Object.keys(
        project.reasons(CONNECTOR, {
          name: "a-name-of-more-than-25-characters",
          network: "n",
          ipCidrRange: "10.9.0.0/28",
        }),
      ),
      ["name"],
    );
  });

  it("sends events to a service that exists, as an identity", () => {
    const project = new StoreProject();
    const create = (type: string) =>
      project.create(TRIGGER, "t", {
        name: "t",
        location,
        matchingCriterias: [{ attribute: "type", value: type }],
        destination: { cloudRunService: { service: "web", region: location } },
      });
    const published = "google.cloud.pubsub.topic.v1.messagePublished";
    refused(() => create(published), "notFound", /Cloud Run service web/);
    project.create(SERVICE, "web", run());
    refused(() => create("google.cloud.storage.object.v1.finalized"), "invalidArgument", /service_account must be set/);
    assert.equal(create(published).id, "projects/platform-offline/locations/us-central1/triggers/t");
  });
});
