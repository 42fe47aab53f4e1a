import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { Project } from "./project";

const FOLDER = resolve(__dirname, "../golden");

/** A resource as the engine has it in its state. */
const stateResource = z.object({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean(),
  /** Read, not made. */
  external: z.boolean().optional(),
  id: z.string().optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  deletedWith: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  aliases: z.array(z.string()).optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  initErrors: z.array(z.string()).nullish(),
});

export type StateResource = z.infer<typeof stateResource>;

const checkpoint = z.object({
  checkpoint: z.object({
    latest: z
      .object({
        resources: z.array(stateResource).default([]),
        pending_operations: z.array(z.object({ type: z.string(), resource: stateResource })).default([]),
      })
      .nullish(),
  }),
});

/** The state of a stack in a project's offline cloud: its resources and what is pending. */
export function stateOf(root: string, stack: string) {
  const file = join(root, ".platform/offline/state/.pulumi/stacks/platform", `${stack}.json`);
  return (
    checkpoint.parse(JSON.parse(readFileSync(file, "utf8"))).checkpoint.latest ?? {
      resources: [],
      pending_operations: [],
    }
  );
}

/** Neither the cloud nor the state of the stack holds anything any more. */
export function assertEmpty(project: Project, stack: string): void {
  const made = project.cloud().all();
  assert.deepEqual(
    made.map(({ type, id }) => `${type} ${id}`),
    [],
  );
  assert.deepEqual(
    stateOf(project.root, stack).resources.map(({ urn }) => short(urn)),
    [],
  );
}

/** `type name` of a URN: what a reader recognises, without the stack. */
export function short(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1) ?? ""} ${name}`;
}

/** One golden file per component: every resource below it as the engine registered it, secrets masked. */
function goldenFiles(resources: readonly StateResource[]): Readonly<Record<string, string>> {
  const files = new Map<string, unknown[]>();
  for (const resource of resources) {
    const file = `${componentOf(resource)}.json`;
    files.set(file, [...(files.get(file) ?? []), entry(resource)]);
  }
  return Object.fromEntries(
    [...files].map(([file, entries]) => [file, `${JSON.stringify(entries.sort(byResource), undefined, 2)}\n`]),
  );
}

/** Compares with the files under tests/golden/<stack>, or writes them when the run was started by `npm run golden`. */
export function assertGolden(stack: string, resources: readonly StateResource[]): void {
  const folder = join(FOLDER, stack);
  const files = goldenFiles(resources);
  if (process.env["GOLDEN"] === "write") {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  }
  assert.deepEqual(Object.keys(files).sort(), existsSync(folder) ? readdirSync(folder).sort() : []);
  for (const [file, content] of Object.entries(files)) {
    assert.equal(
      content,
      readFileSync(join(folder, file), "utf8"),
      `tests/golden/${stack}/${file}: npm run golden shows the effect`,
    );
  }
}

function componentOf(resource: StateResource): string {
  const owner = resource.custom ? (resource.parent ?? resource.urn) : resource.urn;
  const [, , types = "", name = ""] = owner.split("::");
  const type = types.split("$").at(-1) ?? "";
  return type === "pulumi:pulumi:Stack" ? "stack" : `${type.replaceAll(/[:/]/g, "-")}-${name}`;
}

function entry(resource: StateResource) {
  const {
    urn,
    parent,
    provider,
    dependencies,
    deletedWith,
    outputs: _outputs,
    initErrors: _errors,
    ...rest
  } = resource;
  return {
    resource: short(urn),
    ...(parent === undefined ? {} : { parent: short(parent) }),
    ...(provider === undefined || provider === ""
      ? {}
      : { provider: short(provider.slice(0, provider.lastIndexOf("::"))) }),
    ...(deletedWith === undefined ? {} : { deletedWith: short(deletedWith) }),
    dependencies: (dependencies ?? []).map(short).sort(),
    ...(rest.protect === true ? { protect: true } : {}),
    ...(rest.retainOnDelete === true ? { retainOnDelete: true } : {}),
    inputs: masked(rest.inputs ?? {}),
  };
}

const SECRET = "4dabf18193072939515e22adb298388d";

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value) return "[secret]";
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, masked(item)]),
  );
}

function byResource(a: unknown, b: unknown): number {
  const name = (one: unknown) => (one as { resource: string }).resource;
  return name(a) < name(b) ? -1 : 1;
}
