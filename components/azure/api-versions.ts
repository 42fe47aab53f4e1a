import { runtime, type Alias, type Input, type ResourceTransformation } from "@pulumi/pulumi";

/** A type as it is called under one version of its API: `azure-native:network/v20240101:Subnet`. */
const VERSIONED = /^azure-native:[^:]+\/v\d{8}[a-z]*:/;

/**
 * From here on, resources are registered without the aliases under which an older state may know them by a version of their API. The
 * SDK gives a resource one for each version that there ever was, up to 110, and builds the URN of each before the engine is asked;
 * nothing of this program was ever made by a type with a version. Aliases of what was renamed stay. Call it once, ahead of the first
 * resource.
 *
 * What it saves: docs/decisions/api-versions.md
 */
export function forgetApiVersions(): void {
  runtime.registerStackTransformation(withoutApiVersions);
}

const withoutApiVersions: ResourceTransformation = ({ type, props, opts }) => {
  if (opts.aliases === undefined || !type.startsWith("azure-native:")) return undefined;
  return { props, opts: { ...opts, aliases: opts.aliases.filter((alias) => !isApiVersion(alias)) } };
};

function isApiVersion(alias: Input<string | Alias>): boolean {
  if (typeof alias !== "object" || !("type" in alias) || Object.keys(alias).length !== 1) return false;
  return typeof alias.type === "string" && VERSIONED.test(alias.type);
}
