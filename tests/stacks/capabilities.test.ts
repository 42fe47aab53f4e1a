import assert from "node:assert/strict";
import { clouds, type Cloud } from "../../components/contracts/capabilities";
import { provedClouds } from "../../config/capability-docs";
import { catalogue, type CatalogueEntry } from "../../stacks/catalogue";
import { awsProofs } from "./capabilities.aws";
import { azureProofs } from "./capabilities.azure";
import { gcpProofs } from "./capabilities.gcp";
import { cellsOf, walkCells, type CloudProofs } from "./capabilities.walk";

/** The clouds whose cells are proved, each by a file of its own. */
const proofs: Partial<Record<Cloud, CloudProofs>> = { aws: awsProofs, gcp: gcpProofs, azure: azureProofs };

/** Clouds that have a stack of the portfolio. */
const deployedClouds = new Set(
  Object.values<CatalogueEntry>(catalogue)
    .filter(({ system }) => system === "portfolio")
    .flatMap((entry) => entry.clouds),
);

for (const cloud of clouds) {
  const proved = proofs[cloud];
  if (proved === undefined) {
    describe(`capabilities of ${cloud}, without a stack`, () => {
      for (const { feature, capability } of cellsOf(cloud)) it(`${feature} is ${capability.level}`);
    });
  } else {
    describe(`capabilities of ${proved.title}, cell by cell`, function () {
      this.timeout(120_000);
      walkCells(cloud, proved);
    });
  }
}

describe("clouds whose capabilities are proved", () => {
  it("are those with a stack, and the documentation tells the others apart", () => {
    assert.deepEqual(Object.keys(proofs).sort(), [...provedClouds].sort());
    assert.deepEqual([...deployedClouds].sort(), [...provedClouds].sort());
  });
});
