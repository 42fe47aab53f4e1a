import assert from "node:assert/strict";
import { catalogue } from "../../stacks/catalogue";
import type { Registration } from "../support/in-process";
import { deployed } from "./deployed";

/**
 * How many resources the engine looks at when a step of one fails: it walks every path to what the step depends on, and counts each
 * reference of a property besides the list of all. A visit takes about a microsecond.
 * `TransitiveDependenciesOf` of https://github.com/pulumi/pulumi/blob/v3.245.0/pkg/resource/graph/dependency_graph.go
 */
function visits(resources: readonly Registration[]): ReadonlyMap<string, number> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const counted = new Map<string, number>();
  const count = (urn: string): number => {
    const known = counted.get(urn);
    if (known !== undefined) return known;
    const resource = byUrn.get(urn);
    if (resource === undefined) return 0;
    const provider = resource.provider?.replace(/::[^:]*$/, "");
    const references = [
      ...(provider === undefined ? [] : [provider]),
      ...resource.dependsOn,
      ...Object.values(resource.propertyDependencies).flat(),
    ];
    const sum = references.reduce((total, reference) => total + count(reference), 1);
    counted.set(urn, sum);
    return sum;
  };
  for (const { urn } of resources) count(urn);
  return counted;
}

const most = 5_000_000;

describe("dependencies of every stack", function () {
  this.timeout(60_000);

  for (const { stack } of Object.values(catalogue)) {
    it(`[PF-DR-03] let the engine answer at once when a step of ${stack} fails`, async () => {
      const { run } = await deployed(stack);
      const tooMany = [...visits(run.resources)]
        .filter(([, count]) => count > most)
        .sort(([, a], [, b]) => b - a)
        .map(([urn, count]) => `${urn}: ${count.toLocaleString("en")} visits`);
      assert.deepEqual(tooMany, []);
    });
  }
});
