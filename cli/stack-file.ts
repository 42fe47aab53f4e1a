import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { stackClasses, type StackClass } from "../components/planning/protection";
import { CommandError, EXIT } from "./exit-codes";

/** What the command itself reads of a stack's file; the program checks the rest. */
export interface StackFile {
  readonly class: StackClass;
  /** Accounts that the stack may be deployed to. */
  readonly accounts: readonly string[];
  readonly secretsProvider: string | undefined;
  /** Whether there is a salt: secrets are encrypted with a passphrase. */
  readonly salted: boolean;
}

const form = z
  .object({
    config: z.record(z.string(), z.unknown()).nullish(),
    secretsprovider: z.string().optional(),
    encryptionsalt: z.string().optional(),
  })
  .nullish();

/** Refuses what is no account of AWS: it would become part of a bucket's name. */
export function requireAccount(account: string, where: string): string {
  if (/^\d{12}$/.test(account)) return account;
  throw new CommandError(`${where}: "${account}" is no account: give its twelve digits`, EXIT.configuration);
}

/** The file of a stack; `undefined` where there is none, which others report. */
export async function readStackFile(root: string, stack: string): Promise<StackFile | undefined> {
  const name = `Pulumi.${stack}.yaml`;
  const text = read(join(root, name));
  if (text === undefined) return undefined;
  const result = form.safeParse(parse(text));
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CommandError(`${name} is not the file of a stack: ${faults.join("; ")}`, EXIT.configuration);
  }
  const config = result.data?.config ?? {};
  return {
    class: await classOf(config),
    accounts: accountsOf(config["platform:accounts"], `platform:accounts in ${name}`),
    secretsProvider: result.data?.secretsprovider,
    salted: result.data?.encryptionsalt !== undefined,
  };
}

/** The class that the file names, else its blueprint's. What is neither is reported by the program, with all other problems. */
async function classOf(config: Readonly<Record<string, unknown>>): Promise<StackClass> {
  const given = stackClasses.find((one) => one === config["platform:class"]);
  const blueprint = config["platform:blueprint"];
  if (given !== undefined) return given;
  // Loaded when it is needed: making every schema takes 50 ms of each command.
  const { blueprints, isBlueprintId } = await import("../config/blueprints");
  return isBlueprintId(blueprint) ? blueprints[blueprint].shape.class.parse(undefined) : "production";
}

function accountsOf(value: unknown, where: string): readonly string[] {
  return Array.isArray(value) ? value.map((account) => requireAccount(String(account), where)) : [];
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
