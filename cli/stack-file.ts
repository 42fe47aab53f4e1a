import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { clouds } from "../components/contracts/capabilities";
import { stackClasses, type StackClass } from "../components/planning/protection";
import { accountKinds, requireAccount } from "./accounts";
import { CommandError, EXIT } from "./exit-codes";

/** What the command itself reads of a stack's file; the program checks the rest. */
export interface StackFile {
  readonly class: StackClass;
  /** Accounts, or the project or the subscription, that the stack may be deployed to. */
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
    accounts: accountsOf(config, name),
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

/** A stack has one cloud, so one of the settings at most; what another cloud's setting does here is for the program to say. */
function accountsOf(config: Readonly<Record<string, unknown>>, file: string): readonly string[] {
  return clouds.flatMap((cloud) => {
    const { setting } = accountKinds[cloud];
    const value = config[setting];
    const given: readonly unknown[] = Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
    return given.map((account) => requireAccount(cloud, String(account), `${setting} in ${file}`));
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
