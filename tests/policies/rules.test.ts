import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { stackNames } from "../../offline/engine/shadow-project";
import { settingsOf } from "../../policies/enforcement";
import { RULES } from "../../policies/rules";
import { WAITING } from "../../policies/rules/waiting";
import { root } from "../config/stack-files";
import { fixtures } from "./fixtures";

const ids = RULES.map(({ id }) => id);
const sdk = createRequire(resolve(__dirname, "../../package.json"));

/** The type token of the class that a token means, as its SDK has it. */
function tokenOf(type: string): string | undefined {
  const [pkg = "", path = "", name = ""] = type.split(":");
  const [group = "", version = ""] = path.split("/");
  const folder =
    pkg === "kubernetes" ? `${group.replace(/(\.authorization)?(\.k8s)?\.(io|sh)$/, "")}/${version}` : group;
  try {
    const loaded = sdk(`@pulumi/${pkg}/${folder}`) as Record<string, { readonly __pulumiType?: string }>;
    return loaded[name]?.__pulumiType;
  } catch {
    return undefined;
  }
}

/** Kinds that come with a chart or an operator: no SDK has a class for them. */
const CUSTOM = /^kubernetes:[a-z0-9.-]+\.(io|com)\/v/;

describe("the rules", () => {
  it("[PR-05] are at least 150, the 30 that no public pack has among them, each with an id of its own", () => {
    assert.ok(ids.length >= 150, String(ids.length));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(RULES.filter(({ starred }) => starred === true).length, 30);
  });

  for (const rule of RULES) {
    it(`[PR-05] ${rule.id} says what it is for, in words that fit a message`, () => {
      assert.match(rule.id, /^[a-z0-9]+(-[a-z0-9]+)+$/);
      for (const text of [rule.title, rule.why, rule.remedy.text, rule.remedy.example])
        assert.ok(text.trim().length > 5);
      assert.doesNotMatch(rule.title, /\.$/);
      assert.match(rule.why, /[.]$/);
      assert.match(rule.remedy.text, /[.]$/);
      assert.match(rule.source, /^https:\/\//);
      for (const list of Object.values(rule.controls)) assert.equal(new Set(list).size, list.length);
    });

    it(`[PR-05] ${rule.id} has a default for each of its settings, and says what it is`, () => {
      settingsOf(rule).parse({});
      for (const [name, schema] of Object.entries(rule.settings?.shape ?? {})) {
        assert.ok(((schema as { description?: string }).description ?? "").length > 5, name);
      }
    });
  }

  it("[PR-05] name types as the SDKs do", () => {
    const types = new Set(
      RULES.flatMap((rule) =>
        rule.kind === "resource" ? [...rule.checks.keys()] : rule.kind === "graph" ? rule.types : [],
      ),
    );
    const wrong = [...types].filter((type) => {
      const token = tokenOf(type);
      return token === undefined ? !CUSTOM.test(type) : token !== type;
    });
    assert.deepEqual(wrong, []);
  });

  it("[PR-05] set by a fix only what one of their facts is about", () => {
    for (const rule of RULES) {
      if (rule.kind !== "resource") continue;
      for (const type of Object.keys(rule.fix)) assert.ok(rule.checks.has(type), `${rule.id}: ${type}`);
    }
  });

  it("[PR-05] are each proved by tests", () => {
    const folder = resolve(__dirname, "rules");
    const text = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
    const unproved = RULES.filter(({ id, kind }) => kind !== "pack" && !text.includes(`"${id}"`)).map(({ id }) => id);
    assert.deepEqual(unproved, []);
  });

  it("[PR-05] wait only for types that no stack has", () => {
    const used = new Set(stackNames(root).flatMap((stack) => fixtures(stack).map(({ type }) => type)));
    const due = Object.entries(WAITING).flatMap(([id, types]) => (types.some((type) => used.has(type)) ? [id] : []));
    assert.deepEqual(due, []);
    assert.deepEqual(
      Object.keys(WAITING).filter((id) => ids.includes(id)),
      [],
    );
  });
});
