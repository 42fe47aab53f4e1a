"use strict";

// The least that a program can do for the same result: the resources of a deployed stack, registered again with the inputs that
// the engine recorded, read from resources.json beside this file. No configuration, no components' own code, no generated SDKs.

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");

/** Key and values by which the state tells special objects apart: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";

/** Inputs as `stack export --show-secrets` writes them: a secret is an object that holds its plain text as JSON. */
function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  if (value[SIGNATURE] === ARCHIVE) return new pulumi.asset.AssetArchive(revive(value.assets ?? {}));
  if (value[SIGNATURE] === ASSET) return new pulumi.asset.StringAsset(value.text ?? "");
  if (SIGNATURE in value) return pulumi.secret(JSON.parse(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}

class Custom extends pulumi.CustomResource {}
class Component extends pulumi.ComponentResource {}
class Provider extends pulumi.ProviderResource {}

/**
 * APIs of Google Cloud: everything waits for them, and the state does not say so, since nothing has to go before them.
 */
const FIRST = "gcp:projects/service:Service";

const made = new Map();

function make({ urn, type, custom, parent, provider, dependencies = [], inputs = {} }) {
  const name = urn.split("::").at(-1);
  const options = {
    parent: made.get(parent),
    dependsOn: dependencies.map((one) => made.get(one)).filter((one) => one !== undefined),
    ...(provider ? { provider: made.get(provider.slice(0, provider.lastIndexOf("::"))) } : {}),
  };
  if (type.startsWith("pulumi:providers:"))
    made.set(urn, new Provider(type.split(":")[2], name, revive(inputs), options));
  else if (custom) made.set(urn, new Custom(type, name, revive(inputs), options));
  else made.set(urn, new Component(type, name, {}, options));
}

module.exports = async () => {
  const rows = JSON.parse(readFileSync(join(__dirname, "resources.json"), "utf8")).filter(
    ({ type }) => type !== "pulumi:pulumi:Stack",
  );
  const first = rows.filter(({ type }) => type === FIRST);
  const needed = new Set(
    first.flatMap(({ urn, parent, provider = "" }) => [urn, parent, provider.split("::").slice(0, -1).join("::")]),
  );
  const before = rows.filter(({ urn }) => needed.has(urn));
  for (const row of before) make(row);
  await Promise.all(first.map(({ urn }) => made.get(urn).urn.promise()));
  for (const row of rows) if (!needed.has(row.urn)) make(row);
};
