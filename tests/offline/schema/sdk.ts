import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SchemaSource } from "../../../offline/schema/source";
import type { ObjectSchema, PropertySchema } from "../../../offline/schema/schema";

export const ROOT = resolve(__dirname, "../../..");

const folders: string[] = [];

/** A folder that `removeFolders` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "schema-test-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function openSource(cache = temporaryFolder()): SchemaSource {
  return new SchemaSource({ root: ROOT, cache });
}

/** Tokens of the classes of an installed SDK, as the code of each says, with the class's file without its extension. */
export function classesOf(name: string): { token: string; file: string }[] {
  const folder = join(ROOT, "node_modules/@pulumi", name);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .sort()
    .flatMap((file) => {
      const token = /__pulumiType = ['"]([^'"]*:[^'"]*)['"]/.exec(readFileSync(join(folder, file), "utf8"))?.[1];
      return token === undefined ? [] : [{ token, file: join(folder, file.slice(0, -3)) }];
    });
}

/** Every object schema that can be reached, each once. */
export function reachable(start: ObjectSchema, seen = new Set<ObjectSchema>()): Set<ObjectSchema> {
  if (seen.has(start)) return seen;
  seen.add(start);
  for (const { schema } of Object.values(start.properties)) visit(schema, seen);
  return seen;
}

function visit(schema: PropertySchema, seen: Set<ObjectSchema>): void {
  if (schema.kind === "object") reachable(schema.object, seen);
  if (schema.kind === "list") visit(schema.items, seen);
  if (schema.kind === "map") visit(schema.values, seen);
  if (schema.kind === "union") for (const member of schema.of) visit(member, seen);
}
