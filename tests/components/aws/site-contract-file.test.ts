import assert from "node:assert/strict";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { Provider } from "@pulumi/aws/provider";
import { SiteContractFile } from "../../../components/aws/site-contract-file";
import { deploy, runInProcess } from "../../support/in-process";
import { Deployed } from "../../stacks/deployed";

const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const args = { site: "prod", bucketName: "state", region: "us-west-2", content: "{}\n" };

describe("SiteContractFile", function () {
  this.timeout(60_000);

  it("writes the text into the state bucket, with the bucket's own key, also from another region", async () => {
    const stack = new Deployed(
      await deploy(() => {
        const aws = new Provider("aws", { region: "us-east-2" });
        const bucket = new Bucket("bucket", { bucket: "state", region: "us-west-2" }, { provider: aws });
        const file = new SiteContractFile(
          "site-contract",
          { ...args, bucketName: bucket.bucket },
          { providers: { aws } },
        );
        return Promise.resolve({ path: file.path });
      }),
    );
    assert.deepEqual(stack.named("site-contract-object", OBJECT).inputs, {
      bucket: "state",
      region: "us-west-2",
      key: "site-contracts/prod.json",
      content: "{}\n",
      contentType: "application/json",
    });
    assert.equal(stack.run.outputs["path"], "site-contracts/prod.json");
  });

  it("fails where there is no such bucket", async () => {
    const { errors } = await runInProcess(() => {
      const aws = new Provider("aws", { region: "us-west-2" });
      new SiteContractFile("site-contract", args, { providers: { aws } });
    });
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? "", /NoSuchBucket/);
  });
});
