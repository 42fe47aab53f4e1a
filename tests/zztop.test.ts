import { catalogue } from "../stacks/catalogue";
import { deployed } from "./stacks/deployed";
describe("zztop", function () {
  this.timeout(120_000);
  for (const { stack } of Object.values(catalogue)) it(stack, async () => {
    const { run } = await deployed(stack);
    const by = new Map(run.resources.map((r) => [r.urn, r]));
    const memo = new Map<string, number>();
    const count = (urn: string): number => {
      if (memo.has(urn)) return memo.get(urn)!;
      const r = by.get(urn);
      if (!r) return 0;
      const n = [...(r.provider === undefined ? [] : [r.provider.replace(/::[^:]*$/, "")]), ...r.dependsOn, ...Object.values(r.propertyDependencies).flat()].reduce((t, x) => t + count(x), 1);
      memo.set(urn, n);
      return n;
    };
    const top = run.resources.map((r) => [r.name, count(r.urn)] as const).sort((a, b) => b[1] - a[1]).slice(0, 12);
    console.log(stack, top.map(([n, c]) => `${n} ${c.toLocaleString("en")}`).join("\n    "));
  });
});
