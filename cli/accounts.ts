import type { StateBackend } from "../stacks/backends";
import { CommandError, EXIT } from "./exit-codes";

/** What a cloud calls that which a stack is deployed to. */
interface AccountKind {
  readonly what: string;
  /** The setting of a stack's file that names it. */
  readonly setting: string;
  /** How it is written. */
  readonly form: string;
  readonly advice: string;
  readonly pattern: RegExp;
}

export const accountKinds = {
  aws: {
    what: "account",
    setting: "platform:accounts",
    form: "<twelve digits>",
    advice: "give its twelve digits",
    pattern: /^\d{12}$/,
  },
  gcp: {
    what: "project",
    setting: "platform:project",
    form: "<project id>",
    advice: "give its id, 6 to 30 small letters, digits and hyphens",
    pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  },
  azure: {
    what: "subscription",
    setting: "platform:subscription",
    form: "<GUID>",
    advice: "give its GUID in small letters",
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  },
} as const satisfies Record<StateBackend["cloud"], AccountKind>;

/** Refuses what is no account of a cloud: it would become part of a bucket's name. */
export function requireAccount(cloud: StateBackend["cloud"], account: string, where: string): string {
  const { what, advice, pattern } = accountKinds[cloud];
  if (pattern.test(account)) return account;
  throw new CommandError(`${where}: "${account}" is no ${what}: ${advice}`, EXIT.configuration);
}
