import assert from "node:assert/strict";
import * as random from "@pulumi/random";
import { packages } from "../../../../offline/packages";
import { deploy, runInProcess } from "../../../support/in-process";

const options = { packages: packages(process.cwd()).filter(({ name }) => name === "random") };

/** Deploys one resource and gives its id and outputs. */
async function made(create: () => unknown) {
  const run = await deploy(() => {
    create();
  }, options);
  const resource = run.resources.at(-1);
  assert.ok(resource);
  return { run, id: resource.id, outputs: resource.outputs, secret: resource.secretOutputs };
}

async function refused(create: () => unknown): Promise<string> {
  const run = await runInProcess(() => {
    create();
  }, options);
  return run.errors.map((error) => error.split("::").at(-1)).join("\n");
}

describe("offline/services/random", () => {
  it("makes a password as asked, secret, the same each time, and never writes it down", async () => {
    const password = () =>
      new random.RandomPassword("p", { length: 24, special: false, minUpper: 3, minNumeric: 4, keepers: { a: "1" } });
    const { run, id, outputs, secret } = await made(password);
    const result = outputs["result"] as string;
    assert.equal(id, "none");
    assert.match(result, /^[A-Za-z0-9]{24}$/);
    assert.ok((result.match(/[A-Z]/g) ?? []).length >= 3);
    assert.ok((result.match(/[0-9]/g) ?? []).length >= 4);
    assert.match(outputs["bcryptHash"] as string, /^\$2a\$10\$[./A-Za-z0-9]{53}$/);
    assert.deepEqual([...secret].sort(), ["bcryptHash", "result"]);
    assert.equal((await made(password)).outputs["result"], result);
    assert.equal(outputs["upper"], true);
    assert.equal(outputs["minNumeric"], 4);
    assert.deepEqual(run.cloud.all(), []);
    const other = await made(() => new random.RandomPassword("q", { length: 24 }));
    assert.notEqual(other.outputs["result"], result);
  });

  it("differs when it is made again, and is nowhere but in the state", async () => {
    const password = () => new random.RandomPassword("p", { length: 24 });
    const first = await made(password);
    const again = await deploy(
      () => {
        password();
      },
      { ...options, cloud: first.run.cloud },
    );
    assert.notEqual(again.resources.at(-1)?.outputs["result"], first.outputs["result"]);
    const imported = await runInProcess(
      () => {
        new random.RandomPassword("p", { length: 24 }, { import: "none" });
      },
      { ...options, cloud: first.run.cloud },
    );
    assert.match(imported.errors.join(), /resource 'none' does not exist/);
  });

  it("uses the special characters given", async () => {
    const { outputs, id } = await made(
      () =>
        new random.RandomString("s", { length: 12, overrideSpecial: "_", lower: false, upper: false, numeric: false }),
    );
    assert.equal(outputs["result"], "____________");
    assert.equal(id, "____________");
  });

  it("gives one number in every notation", async () => {
    const { id, outputs } = await made(() => new random.RandomId("i", { byteLength: 4, prefix: "p-" }));
    const bytes = Buffer.from(String(id), "base64url");
    assert.equal(bytes.length, 4);
    assert.equal(outputs["hex"], `p-${bytes.toString("hex")}`);
    assert.equal(outputs["b64Std"], `p-${bytes.toString("base64")}`);
    assert.equal(outputs["b64Url"], `p-${String(id)}`);
    assert.equal(outputs["dec"], `p-${String(bytes.readUInt32BE())}`);
    const { outputs: raw } = await made(() => new random.RandomBytes("b", { length: 16 }));
    assert.equal(Buffer.from(raw["base64"] as string, "base64").toString("hex"), raw["hex"]);
    assert.equal((raw["hex"] as string).length, 32);
  });

  it("stays within the range, follows the seed, and names pets", async () => {
    const { outputs } = await made(() => new random.RandomInteger("n", { min: 5, max: 7 }));
    assert.ok([5, 6, 7].includes(Number(outputs["result"])));
    const seeded = (name: string) => made(() => new random.RandomInteger(name, { min: 0, max: 1e6, seed: "s" }));
    assert.equal((await seeded("a")).outputs["result"], (await seeded("b")).outputs["result"]);
    const pet = await made(() => new random.RandomPet("pet", { length: 3, prefix: "my", separator: "_" }));
    assert.match(String(pet.id), /^my_[a-z]+_[a-z]+_[a-z]+$/);
    assert.match(String((await made(() => new random.RandomPet("pet"))).id), /^[a-z]+-[a-z]+$/);
  });

  it("shuffles all of the list, as often as asked", async () => {
    const inputs = ["a", "b", "c"];
    const { outputs } = await made(() => new random.RandomShuffle("s", { inputs }));
    assert.deepEqual([...(outputs["results"] as string[])].sort(), inputs);
    const more = await made(() => new random.RandomShuffle("s", { inputs, resultCount: 7 }));
    assert.equal((more.outputs["results"] as string[]).length, 7);
    assert.deepEqual((await made(() => new random.RandomShuffle("s", { inputs: [] }))).outputs["results"], []);
  });

  it("makes UUIDs of the right version", async () => {
    const shape = (version: string) =>
      new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);
    assert.match((await made(() => new random.RandomUuid("u"))).outputs["result"] as string, shape("4"));
    assert.match(String((await made(() => new random.RandomUuid7("u"))).id), shape("7"));
  });

  it("refuses what cannot be made", async () => {
    assert.match(
      await refused(() => new random.RandomPassword("p", { length: 3, minLower: 2, minUpper: 2 })),
      /length: .*at least sum of min_upper, min_lower, min_numeric and min_special, 4, got: 3/,
    );
    assert.match(await refused(() => new random.RandomString("p", { length: 0 })), /length: .*at least 1, got: 0/);
    assert.match(
      await refused(
        () => new random.RandomString("p", { length: 1, lower: false, upper: false, numeric: false, special: false }),
      ),
      /special: .*no character is left/,
    );
    assert.match(await refused(() => new random.RandomInteger("p", { min: 2, max: 1 })), /min: /);
  });
});
