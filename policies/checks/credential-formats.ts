/** What a text can hold that opens something, as it stands in a sentence after "holds". Never the found text itself. */
export type CredentialKind =
  | "an AWS access key"
  | "a Google API key"
  | "a Google access token"
  | "a Google service account key"
  | "an Azure account key"
  | "an Azure shared access signature"
  | "an Azure client secret"
  | "a GitHub token"
  | "a GitLab token"
  | "a Slack token"
  | "a Stripe key"
  | "a package registry token"
  | "an API token"
  | "a private key"
  | "a JSON web token"
  | "a password in an address"
  | "an HTTP credential"
  | "a password"
  | "a key or token"
  | "text as random as a key";

interface Format {
  readonly kind: CredentialKind;
  readonly prefix: string;
  /** What follows the prefix, matched where it ends. One class of characters each: nothing to backtrack. */
  readonly body: RegExp;
}

/**
 * Tokens that say what they are. Sources:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 * https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available
 * https://gitlab.com/gitlab-org/gitlab/-/issues/388379
 * https://docs.slack.dev/authentication/tokens
 * https://docs.stripe.com/keys
 */
const FORMATS: readonly Format[] = [
  { kind: "an AWS access key", prefix: "AKIA", body: /[A-Z0-9]{16}/y },
  { kind: "an AWS access key", prefix: "ASIA", body: /[A-Z0-9]{16}/y },
  { kind: "an AWS access key", prefix: "ABIA", body: /[A-Z0-9]{16}/y },
  { kind: "a Google API key", prefix: "AIza", body: /[\w-]{35}/y },
  { kind: "a Google access token", prefix: "ya29.", body: /[\w-]{20,}/y },
  { kind: "a Google access token", prefix: "GOCSPX-", body: /[\w-]{28}/y },
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((prefix) => format("a GitHub token", prefix, /\w{36,251}/y)),
  { kind: "a GitHub token", prefix: "github_pat_", body: /\w{60,244}/y },
  ...["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-"].map((prefix) =>
    format("a GitLab token", prefix, /[\w-]{20,300}/y),
  ),
  ...["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"].map((prefix) =>
    format("a Slack token", prefix, /[A-Za-z0-9-]{20,}/y),
  ),
  ...["sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"].map((prefix) =>
    format("a Stripe key", prefix, /[A-Za-z0-9]{16,}/y),
  ),
  { kind: "a package registry token", prefix: "npm_", body: /[A-Za-z0-9]{36}/y },
  { kind: "a package registry token", prefix: "pypi-", body: /[\w-]{50,}/y },
  { kind: "a package registry token", prefix: "dckr_pat_", body: /[\w-]{20,}/y },
  { kind: "an API token", prefix: "hvs.", body: /[\w-]{24,}/y },
  { kind: "an API token", prefix: "hvb.", body: /[\w-]{24,}/y },
  { kind: "an API token", prefix: "pul-", body: /[0-9a-f]{40}/y },
  { kind: "an API token", prefix: "dapi", body: /[0-9a-f]{32}/y },
  { kind: "an API token", prefix: "dop_v1_", body: /[0-9a-f]{64}/y },
  { kind: "an API token", prefix: "hf_", body: /[A-Za-z0-9]{34}/y },
  { kind: "an API token", prefix: "SG.", body: /[\w-]{16,}/y },
  { kind: "an API token", prefix: "sk-ant-", body: /[\w-]{40,}/y },
  { kind: "an API token", prefix: "sk-proj-", body: /[\w-]{40,}/y },
  { kind: "a private key", prefix: "AGE-SECRET-KEY-1", body: /[A-Z0-9]{58}/y },
];

function format(kind: CredentialKind, prefix: string, body: RegExp): Format {
  return { kind, prefix, body };
}

const byStart: ReadonlyMap<string, readonly Format[]> = new Map(
  FORMATS.map(({ prefix }) => {
    const start = prefix.slice(0, 3);
    return [start, FORMATS.filter((one) => one.prefix.startsWith(start))];
  }),
);

/** Words of the characters that tokens are made of. */
const WORD = /[\w.~-]+/g;

/** The credential that one of the words of a text says to be. */
export function formatIn(text: string): CredentialKind | undefined {
  let before = { word: "", end: 0 };
  for (const match of text.matchAll(WORD)) {
    const start = match.index;
    const end = start + match[0].length;
    // The letter of `\n` within a text that is quoted once more.
    const word = text[start - 1] === "\\" ? match[0].slice(1) : match[0];
    const kind = prefixed(word) ?? clientSecret(word) ?? webToken(word) ?? header(before, text, start);
    if (kind !== undefined) return kind;
    before = { word, end };
  }
  return undefined;
}

function prefixed(word: string): CredentialKind | undefined {
  return byStart.get(word.slice(0, 3))?.find(({ prefix, body }) => {
    if (!word.startsWith(prefix)) return false;
    body.lastIndex = prefix.length;
    const found = body.exec(word)?.[0];
    return found !== undefined && !/\w/.test(word[prefix.length + found.length] ?? "") && !isFiller(found);
  })?.kind;
}

/** Secrets of Entra applications: https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml */
function clientSecret(word: string): CredentialKind | undefined {
  const isOne = word.startsWith("Q~", 4) && /\d/.test(word[3] ?? "") && word.length >= 37 && word.length <= 40;
  return isOne && !isFiller(word) ? "an Azure client secret" : undefined;
}

/** https://www.rfc-editor.org/rfc/rfc7519: a header that names its algorithm, a payload, a signature. */
function webToken(word: string): CredentialKind | undefined {
  if (!word.startsWith("eyJ")) return undefined;
  const [head = "", payload = "", signature = ""] = word.split(".", 3);
  if (payload.length < 4 || signature.length < 16) return undefined;
  return Buffer.from(head, "base64url").toString("latin1").includes('"alg"') ? "a JSON web token" : undefined;
}

/** `Basic` and `Bearer` of an Authorization header, where what follows is no placeholder. */
function header(before: { word: string; end: number }, text: string, start: number): CredentialKind | undefined {
  const scheme = before.word.length <= 6 ? before.word.toLowerCase() : "";
  if ((scheme !== "basic" && scheme !== "bearer") || text.slice(before.end, start) !== " ") return undefined;
  const given = run(text, start, /[\w+/=.~-]{8,4096}/y);
  const isOne = scheme === "basic" ? isNameAndPassword(given) : given.length >= 20 && /\d/.test(given);
  return isOne && !isFiller(given) ? "an HTTP credential" : undefined;
}

function isNameAndPassword(given: string): boolean {
  const text = Buffer.from(given, "base64").toString("latin1");
  const colon = text.indexOf(":");
  return colon >= 0 && colon < text.length - 1 && /^[\x20-\x7e]+$/.test(text);
}

/** A private key in PEM, or a file of one. */
export function privateKeyIn(text: string): CredentialKind | undefined {
  for (let at = text.indexOf("-----BEGIN "); at >= 0; at = text.indexOf("-----BEGIN ", at + 11)) {
    const title = text.slice(at + 11, at + 60);
    const end = title.indexOf("-----");
    if (end >= 0 && /PRIVATE KEY(?: BLOCK)?$/.test(title.slice(0, end))) {
      return text.includes("service_account") ? "a Google service account key" : "a private key";
    }
  }
  return text.includes("PuTTY-User-Key-File-") ? "a private key" : undefined;
}

/** `scheme://user:password@host`, and addresses that are credentials by themselves. */
export function addressIn(text: string): CredentialKind | undefined {
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    // What ends the name of a host: https://www.rfc-editor.org/rfc/rfc3986#section-3.2
    const authority = run(text, at + 3, /[^/?#\s"'<>\\`|]{1,1024}/y);
    const userinfo = authority.slice(0, Math.max(authority.lastIndexOf("@"), 0));
    const password = userinfo.includes(":") ? userinfo.slice(userinfo.indexOf(":") + 1) : "";
    if (password !== "" && !isPlaceholder(password)) return "a password in an address";
  }
  const hook = text.indexOf(SLACK_HOOK);
  if (hook >= 0 && !isFiller(run(text, hook + SLACK_HOOK.length, /[\w/]{20,100}/y))) return "a Slack token";
  return signatureIn(text);
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
const SLACK_HOOK = "hooks.slack.com/services/T";

/** The signature of a shared access signature: 32 bytes in base64, mostly written with percents. */
function signatureIn(text: string): CredentialKind | undefined {
  for (let at = text.indexOf("sig="); at >= 0; at = text.indexOf("sig=", at + 4)) {
    const given = run(text, at + 4, /[\w+/=%-]{40,120}/y);
    const isParameter = at === 0 || /[?&;\s"']/.test(text[at - 1] ?? "");
    if (isParameter && !isFiller(given)) return "an Azure shared access signature";
  }
  return undefined;
}

function run(text: string, start: number, characters: RegExp): string {
  characters.lastIndex = start;
  return characters.exec(text)?.[0] ?? "";
}

/** Texts of documentation and masks: hardly any character of its own, or an example by name. Of nothing there is nothing to say. */
function isFiller(text: string): boolean {
  return new Set(text).size <= 3 || /example/i.test(text);
}

/** Words that stand where a password would. */
const STAND_INS = new Set(
  "auto default disabled dummy enabled false generated nil no none null optional placeholder random redacted required secret string true undefined yes".split(
    " ",
  ),
);

/** Whether a text names, or makes room for, a credential instead of being one. */
export function isPlaceholder(text: string): boolean {
  return (
    text.length < 4 ||
    isFiller(text) ||
    STAND_INS.has(text.toLowerCase()) ||
    // References of shells, templates and pipelines, masks, tags of YAML.
    /^(?:\$\w|%\w+%$|[<[({`*]|!(?:Ref|Sub|GetAtt|secret|reference|vault)\b|@Microsoft\.KeyVault|your[-_ ])/i.test(
      text,
    ) ||
    ["${", "$(", "{{", "}}", "%(", "#{"].some((opening) => text.includes(opening)) ||
    // Where it is, not what it is: a path, an address, the name of a resource.
    /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\|[a-z][\w+.-]{1,20}:\/\/|arn:|urn:|file:|vault:|ref\+|op:|ssm:|env:)/.test(text)
  );
}
