import assert from "node:assert/strict";
import { ObjectStore } from "../../../components/azure/object-store";
import { SiteContractFile } from "../../../components/azure/site-contract-file";
import { only } from "../../stacks/deployed";
import { attempt, onNetwork, type Ground } from "./ground";

const content = '{"version": 1}\n';

function contract({ prefix, place, keys, protection, onAzure }: Ground, sharedKeys: "refused" | "accepted") {
  const state = new ObjectStore(
    "state",
    {
      prefix,
      part: "state",
      containerName: "state",
      place,
      reach: "internet",
      sharedKeys,
      key: keys.keys.data,
      protection,
      keepVersionsDays: 90,
      prefixes: [],
    },
    onAzure,
  );
  return new SiteContractFile(
    "contract",
    {
      site: "dr",
      groupName: place.groupName,
      accountName: state.accountName,
      containerName: state.bucketName,
      content,
    },
    onAzure,
  );
}

describe("contract of a site on Azure, deployed", function () {
  this.timeout(60_000);

  it("is a blob where every site keeps its contract", async () => {
    const paths: string[] = [];
    const stack = await onNetwork((ground) => {
      contract(ground, "accepted").path.apply((path) => paths.push(path));
    });
    assert.deepEqual(
      only(stack.named("contract-object").inputs, "blobName", "containerName", "accountName", "type", "contentType"),
      {
        blobName: "site-contracts/dr.json",
        containerName: "state",
        accountName: stack.input("state-account", "accountName"),
        type: "Block",
        contentType: "application/json",
      },
    );
    assert.deepEqual(paths, ["site-contracts/dr.json"]);
    assert.ok(stack.waitsFor("contract-object").has("state-container"));
  });

  it("is refused by an account that accepts no shared keys", async () => {
    const { run } = await attempt((ground) => {
      contract(ground, "refused");
    });
    assert.match(run.errors.join("\n"), /KeyBasedAuthenticationNotPermitted/);
  });
});
