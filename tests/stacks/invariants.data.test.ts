import assert from "node:assert/strict";
import { protectionOf } from "../../components/planning/protection";
import { loadConfiguration } from "../../config/load";
import type { Value } from "../../offline/cloud/value";
import { committed } from "../config/stack-files";
import type { Registration } from "../support/in-process";
import { deployed, text, type Deployed } from "./deployed";
import { stacks } from "./invariants/by-cloud";
import { texts, type StoreFacts } from "./invariants/facts";
import { kubernetesKeepNothing, kubernetesStores } from "./invariants/kubernetes.stores";

// What must be true of everything that keeps data in every stack, whatever the stack is.

/** Columns of the table of stores whose facts hold whatever the class is. */
type Column = "encrypted" | "isPrivate" | "tls" | "cloud" | "backedUp";

for (const { name, facts } of stacks) {
  describe(`invariants of the data of ${name}`, function () {
    this.timeout(60_000);
    const { protect } = protectionOf(loadConfiguration(committed(name)).class);
    const stores: Readonly<Record<string, StoreFacts>> = { ...facts.stores, ...kubernetesStores(facts) };
    let stack: Deployed;
    before(async () => {
      stack = await deployed(name);
    });

    /** URNs of the resources of which a column does not hold. */
    const without = (column: Column, among: readonly Registration[] = stack.run.resources) =>
      among
        .filter((resource) => {
          const fact = stores[resource.type]?.[column];
          return typeof fact === "function" && !fact(resource, stack);
        })
        .map(({ urn }) => urn);

    /** What the class guards: all but what the program makes again. */
    const guarded = () =>
      stack.run.resources.filter((resource) => stores[resource.type]?.madeAgain?.(resource, stack) !== true);

    it("[PF-SEC-05] knows of every type whether it keeps data", () => {
      const nothing = [...facts.keepNothing, ...kubernetesKeepNothing];
      const keepsNothing = (type: string) =>
        nothing.some((known) => type === known || (/[/:]$/.test(known) && type.startsWith(known)));
      for (const { urn, type, custom } of stack.run.resources) {
        // Passwords are in the state, which the engine encrypts.
        if (!custom || type.startsWith("pulumi:") || type.startsWith("random:")) continue;
        assert.ok(
          stores[type] !== undefined || keepsNothing(type),
          `${urn}: say in tests/stacks/invariants whether ${type} keeps data, and how it is guarded`,
        );
        assert.ok(stores[type] === undefined || !keepsNothing(type), `${type} keeps data and keeps none`);
      }
    });

    it("[PF-SEC-05] encrypts everything that keeps data", () => {
      assert.deepEqual(without("encrypted"), []);
    });

    it("[PF-SEC-05] rotates every key", () => {
      let keys = 0;
      for (const [type, rotates] of Object.entries(facts.keys)) {
        for (const key of stack.ofType(type)) {
          assert.ok(rotates(key, stack), `${key.urn} does not rotate`);
          keys += 1;
        }
      }
      assert.ok(keys >= 4, "there is a key for each purpose");
    });

    it("[PF-SEC-06] takes no connection in clear to its data", () => {
      assert.deepEqual(without("tls"), []);
    });

    it("[PF-SEC-04] [PF-SEC-05] keeps everything with data out of the internet's reach", () => {
      assert.deepEqual(without("isPrivate"), []);
    });

    it("[PF-DR-01] has the engine guard what keeps data as its class says", () => {
      for (const resource of guarded()) {
        if (stores[resource.type]?.engine !== "asked") continue;
        assert.equal(
          resource.protect,
          protect,
          `${resource.urn} is ${resource.protect ? "" : "not "}protected by the engine`,
        );
      }
    });

    it("[PF-DR-01] has the cloud guard what keeps data, and a copy of it, where its class protects", () => {
      if (!protect) return;
      assert.deepEqual(without("cloud", guarded()), [], "not guarded by the service");
      assert.deepEqual(without("backedUp", guarded()), [], "without a copy");
    });

    it("shows no secret in clear", () => {
      const secrets = stack
        .ofType("random:index/randomPassword:RandomPassword")
        .map(({ outputs }) => text(outputs["result"]));
      assert.ok(secrets.length > 0 && secrets.every((secret) => secret.length >= 32));
      const shown = (from: Value, marked: readonly string[]) =>
        texts(from)
          .filter(({ value }) => secrets.some((secret) => value.includes(secret)))
          .map(({ path }) => path)
          .filter((path) => !marked.some((secret) => path === secret || path.startsWith(`${secret}.`)));
      for (const { urn, inputs, secretPaths, outputs, secretOutputs } of stack.run.resources) {
        assert.deepEqual(shown(inputs, secretPaths), [], `${urn} gets a secret in clear`);
        assert.deepEqual(shown(outputs, secretOutputs), [], `${urn} gives a secret in clear`);
      }
      assert.deepEqual(shown(stack.run.outputs, stack.run.secretOutputs), [], "the stack gives a secret in clear");
    });
  });
}
