import assert from "node:assert/strict";
import { ObjectStore } from "../../../components/gcp/object-store";
import { SiteContractFile } from "../../../components/gcp/site-contract-file";
import { attempt, onSite } from "./ground";

describe("SiteContractFile on Google Cloud", function () {
  this.timeout(60_000);

  it("[PF-DR-01] writes the text into the state bucket, with the bucket's own key", async () => {
    const stack = await onSite(({ project, keys, protection, onGcp }) => {
      const { bucketName } = new ObjectStore(
        "state",
        { project, bucketName: "state-1", prefixes: [], keepVersionsDays: 30, keyId: keys.keyIds.data, protection },
        onGcp,
      );
      new SiteContractFile("site-contract", { site: "prod-gcp", bucketName, content: "{}\n" }, onGcp);
    });
    const file = stack.named("site-contract-object");
    assert.deepEqual(file.inputs, {
      bucket: "state-1",
      name: "site-contracts/prod-gcp.json",
      content: "{}\n",
      contentType: "application/json",
    });
    assert.deepEqual(stack.component("site-contract").outputs, { path: "site-contracts/prod-gcp.json" });
  });

  it("fails where there is no such bucket", async () => {
    const { run } = await attempt(({ onGcp }) => {
      new SiteContractFile("site-contract", { site: "prod-gcp", bucketName: "none", content: "{}\n" }, onGcp);
    });
    assert.equal(run.errors.length, 1);
    assert.match(run.errors[0] ?? "", /The specified bucket does not exist/);
  });
});
