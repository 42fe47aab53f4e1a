import assert from "node:assert/strict";
import { clouds, type Cloud } from "../../components/contracts/capabilities";
import { catalogue, type CatalogueEntry } from "../../stacks/catalogue";
import { awsProofs } from "./capabilities.aws";
import { azureProofs } from "./capabilities.azure";
import { gcpProofs } from "./capabilities.gcp";
import { walkCells, type CloudProofs } from "./capabilities.walk";

/** The proofs of every cloud, each in a file of its own. */
const proofs: Readonly<Record<Cloud, CloudProofs>> = { aws: awsProofs, gcp: gcpProofs, azure: azureProofs };

/** Clouds that have a stack of the portfolio. */
const deployedClouds = new Set(
  Object.values<CatalogueEntry>(catalogue)
    .filter(({ system }) => system === "portfolio")
    .flatMap((entry) => entry.clouds),
);

for (const cloud of clouds) {
  describe(`capabilities of ${proofs[cloud].title}, cell by cell`, function () {
    this.timeout(120_000);
    walkCells(cloud, proofs[cloud]);
  });
}

describe("clouds of the capability matrix", () => {
  it("have a stack of the portfolio, every one of them", () => {
    assert.deepEqual([...deployedClouds].sort(), [...clouds].sort());
  });
});
