import assert from "node:assert/strict";
import { dirname } from "node:path";
import { offlineEnvironment } from "../../../offline/engine/environment";

describe("the environment of an offline run", () => {
  const environment = offlineEnvironment({
    base: {
      PATH: "/usr/bin",
      HOME: "/home/me",
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_PROFILE: "prod",
      GOOGLE_APPLICATION_CREDENTIALS: "/key.json",
      CLOUDSDK_CONFIG: "/gcloud",
      ARM_CLIENT_SECRET: "s",
      AZURE_CONFIG_DIR: "/azure",
      KUBECONFIG: "/kube",
      PULUMI_ACCESS_TOKEN: "pul-1",
      PULUMI_BACKEND_URL: "s3://real",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/real",
      PULUMI_EXPERIMENTAL: "true",
      PULUMI_SKIP_CHECKPOINTS: "true",
    },
    executable: "/pulumi/bin/pulumi",
    folder: "/project/.platform/offline",
    providers: "aws:1,kubernetes:2",
    passphrase: "p",
  });

  it("passes on nothing that could reach a real account", () => {
    const real = /^(AWS_|GOOGLE_|CLOUDSDK_|ARM_|AZURE_|KUBE)/;
    assert.deepEqual(
      Object.keys(environment).filter((name) => real.test(name)),
      [],
    );
    assert.equal(environment["PULUMI_ACCESS_TOKEN"], undefined);
    assert.equal(environment["PULUMI_CONFIG_PASSPHRASE_FILE"], undefined);
  });

  it("keeps what has nothing to do with clouds, and how often the engine writes its state", () => {
    assert.equal(environment["HOME"], "/home/me");
    assert.equal(environment["PULUMI_SKIP_CHECKPOINTS"], "true");
    assert.equal(environment["PULUMI_EXPERIMENTAL"], "true");
  });

  it("keeps state, home and providers in the offline folder, and puts the engine first on PATH", () => {
    assert.equal(environment["PULUMI_BACKEND_URL"], "file:///project/.platform/offline/state");
    assert.equal(environment["PULUMI_HOME"], "/project/.platform/offline/home");
    assert.equal(environment["PULUMI_DEBUG_PROVIDERS"], "aws:1,kubernetes:2");
    assert.equal(environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "true");
    assert.equal(environment["PATH"], `/pulumi/bin:${dirname(process.execPath)}:/usr/bin`);
  });
});
