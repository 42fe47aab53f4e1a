// copy to tests/zz.test.ts to look at single resources: STACK=prod NAMES=a,b npx mocha tests/zz.test.ts ; delete it afterwards
import { deployed } from "./stacks/deployed";
describe("zz", function () {
  this.timeout(60_000);
  it("x", async () => {
    const { run } = await deployed(process.env["STACK"] ?? "prod");
    const by = new Map(run.resources.map((r) => [r.urn, r]));
    const memo = new Map<string, number>();
    const refs = (urn: string): string[] => {
      const r = by.get(urn);
      if (r === undefined) return [];
      return [...(r.provider === undefined ? [] : [r.provider.replace(/::[^:]*$/, "")]), ...r.dependsOn, ...Object.values(r.propertyDependencies).flat()];
    };
    const count = (urn: string): number => {
      if (memo.has(urn)) return memo.get(urn)!;
      if (!by.has(urn)) return 0;
      const n = refs(urn).reduce((t, x) => t + count(x), 1);
      memo.set(urn, n);
      return n;
    };
    for (const name of (process.env["NAMES"] ?? "").split(",")) {
      for (const r of run.resources.filter((x) => x.name === name && x.custom)) {
        console.log("==", name, count(r.urn).toLocaleString("en"));
        const c = new Map<string, number>();
        for (const x of refs(r.urn)) c.set(x, (c.get(x) ?? 0) + 1);
        for (const [x, n] of [...c].sort((a, b) => count(b[0]) * b[1] - count(a[0]) * a[1]).slice(0, 14)) console.log("   ", n, "x", count(x).toLocaleString("en"), x.split("::").at(-1), by.has(x) ? "" : "MISSING");
      }
    }
  });
});
