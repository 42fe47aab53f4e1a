import { z } from "zod";
import { parseRange } from "../../components/planning/cidr";

/** What the generated documentation says of a setting. The description ends a table row: one line, no trailing full stop. */
export interface SettingInfo {
  readonly description: string;
  readonly unit?: string;
  /** Requirements whose documented value is the default. */
  readonly requirement?: string;
}

/** An IPv4 range in CIDR notation. */
export const cidr = z.string().superRefine((text, context) => {
  const parsed = parseRange(text);
  if (typeof parsed === "string") context.addIssue({ code: "custom", message: `${parsed}: correct it` });
});

/** A whole number within bounds, which the message names. */
export function wholeNumber(min: number, max: number) {
  const bounds = `give a whole number from ${String(min)} to ${String(max)}`;
  return z
    .int({ error: (issue) => (issue.code === "invalid_type" ? undefined : bounds) })
    .min(min, bounds)
    .max(max, bounds);
}

/** A text that matches a pattern; `what` says how to write it. */
export function text(pattern: RegExp, what: string) {
  return z.string().regex(pattern, `give ${what}`);
}

/** A region of AWS. */
export const region = text(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as us-east-1");

/** A region of Google Cloud: https://docs.cloud.google.com/compute/docs/regions-zones */
export const gcpRegion = text(/^[a-z]+-[a-z]+\d{1,2}$/, "a region of Google Cloud such as us-central1");

/** https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects */
export const projectId = text(
  /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  "the id of a project: 6 to 30 small letters, digits and hyphens, a letter first and no hyphen last",
);

/** A region of Azure, without spaces: https://learn.microsoft.com/azure/reliability/regions-list */
export const azureRegion = text(/^[a-z]+\d?$/, "a region of Azure such as eastus");

/** An id of a subscription, of a directory, or of an object in one. */
export const guid = text(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  "a GUID in small letters: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
);

/** The name of a resource group: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export const resourceGroup = text(
  /^[\w().-]{0,89}[\w()-]$/,
  "the name of a resource group: letters, digits, _ ( ) . -",
);

/** Twelve digits of an AWS account. */
export const accountId = text(/^\d{12}$/, "the twelve digits of an account, in quotes");

/** The ARN of an IAM role. */
export const roleArn = text(
  /^arn:[\w-]+:iam::\d{12}:role\/.+$/,
  "the ARN of an IAM role: arn:aws:iam::<account>:role/<name>",
);

/** A name that becomes part of logical and physical names. */
export const identifier = text(
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  "lower-case letters, digits and single hyphens, a letter first",
);

/** The oldest version of TLS that a database speaks. */
export const minimumTls = z
  .enum(["1.3", "1.2"])
  .default("1.3")
  .meta({ description: "Oldest version of TLS that is spoken", requirement: "PF-SEC-06" });

/** Leaves a choice to the class of the stack. */
export const byClass = "by-class";

/** A whole number, or what the class of the stack says. */
export function wholeNumberOrByClass(min: number, max: number) {
  return z.union([wholeNumber(min, max), z.literal(byClass)]);
}

/** What a setting says of the requirement whose documented value is its default. */
export function requirementOf(requirement: string | undefined): Pick<SettingInfo, "requirement"> {
  return requirement === undefined ? {} : { requirement };
}

/** Whether a part of a site is made. */
export function createOrSkip(mode: "create" | "skip") {
  return z.enum(["create", "skip"]).default(mode);
}

/** A part that a cloud has not: asking for it is answered with the reason and what to do instead. */
export function unavailable(what: string, requirement: string) {
  return z
    .strictObject({
      mode: createOrSkip("skip").meta({
        description: `${what}: the table of capabilities says why there is none here`,
        requirement,
      }),
    })
    .prefault({})
    .meta({ description: what });
}
