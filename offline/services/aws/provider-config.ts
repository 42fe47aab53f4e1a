import { ServiceError } from "../../cloud/errors";
import type { Session } from "../../cloud/package";
import { isList, isProperties, Unknown, type Properties, type Value } from "../../cloud/value";
import { parseArn } from "./arn";
import { isRegion } from "./regions";
import { text } from "./text";

/** The account that the offline cloud's own credentials belong to. AWS keeps this number for examples. */
export const DEFAULT_ACCOUNT = "111122223333";

/** Strings as they are; every other setting reaches a provider as JSON text. */
const TEXT_SETTINGS = new Set([
  ...[
    "accessKey",
    "customCaBundle",
    "ec2MetadataServiceEndpoint",
    "ec2MetadataServiceEndpointMode",
    "httpProxy",
    "httpsProxy",
  ],
  ...[
    "noProxy",
    "profile",
    "region",
    "retryMode",
    "s3UsEast1RegionalEndpoint",
    "secretKey",
    "stsRegion",
    "tagPolicyCompliance",
  ],
  ...["token", "version"],
]);
const JSON_SETTINGS = new Set([
  ...[
    "allowedAccountIds",
    "assumeRoleWithWebIdentity",
    "assumeRoles",
    "defaultTags",
    "endpoints",
    "forbiddenAccountIds",
  ],
  ...["ignoreTags", "insecure", "maxRetries", "s3UsePathStyle", "sharedConfigFiles", "sharedCredentialsFiles"],
  ...["skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId"],
  ...["tokenBucketRateLimiterCapacity", "useDualstackEndpoint", "useFipsEndpoint", "userAgents"],
]);

interface Problem {
  readonly property: string;
  readonly reason: string;
}

/** The configuration with its JSON texts parsed; a text that is no JSON stays as it is. */
function parseConfig(config: Properties): Properties {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (TEXT_SETTINGS.has(key) || typeof value !== "string") return [key, value];
      try {
        return [key, JSON.parse(value) as Value];
      } catch {
        return [key, value];
      }
    }),
  );
}

/** What the provider itself says of its configuration, before it calls the cloud. */
export function configProblems(config: Properties): readonly Problem[] {
  const parsed = parseConfig(config);
  const problems: Problem[] = [];
  if ("assumeRole" in config) {
    problems.push({
      property: "assumeRole",
      reason: "invalid config key 'aws:assumeRole', should be 'aws:assumeRoles'",
    });
  }
  for (const key of Object.keys(config)) {
    if (key === "assumeRole" || key.startsWith("__") || TEXT_SETTINGS.has(key) || JSON_SETTINGS.has(key)) continue;
    problems.push({
      property: key,
      reason: `could not validate provider configuration: Invalid or unknown key: ${key}`,
    });
  }
  const region = parsed["region"];
  if (region === undefined || region === "") {
    problems.push({
      property: "region",
      reason: "no AWS region is set: run `pulumi config set aws:region us-east-1` or give the provider a region",
    });
  } else if (typeof region === "string" && !isRegion(region)) {
    problems.push({ property: "region", reason: `invalid AWS Region: ${region}` });
  }
  if (parsed["allowedAccountIds"] !== undefined && parsed["forbiddenAccountIds"] !== undefined) {
    problems.push({ property: "allowedAccountIds", reason: `"allowedAccountIds": conflicts with forbiddenAccountIds` });
  }
  for (const [index, role] of assumedRoles(parsed).entries()) {
    const roleArn = role["roleArn"];
    if (roleArn instanceof Unknown) continue;
    if (typeof roleArn !== "string" || parseArn(roleArn)?.service !== "iam") {
      const reason = `"roleArn" (${typeof roleArn === "string" ? roleArn : ""}) is an invalid ARN`;
      problems.push({ property: `assumeRoles[${String(index)}].roleArn`, reason });
    }
  }
  return problems;
}

/** The instance: account of the last role assumed, else the offline cloud's own. Refused where the configuration forbids it. */
export function configureSession(config: Properties): Session {
  const parsed = parseConfig(config);
  const last = assumedRoles(parsed).at(-1)?.["roleArn"];
  const account = (typeof last === "string" ? parseArn(last)?.account : undefined) ?? DEFAULT_ACCOUNT;
  const allowed = ids(parsed["allowedAccountIds"]);
  const forbidden = ids(parsed["forbiddenAccountIds"]);
  // The message is the provider's: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/conns/config.go
  if ((allowed.length > 0 && !allowed.includes(account)) || forbidden.includes(account)) {
    throw new ServiceError("InvalidClientTokenId", `AWS account ID not allowed: ${account}`);
  }
  return { scope: { account, region: text(parsed["region"]) }, config: parsed };
}

function assumedRoles(config: Properties): readonly Properties[] {
  const roles = config["assumeRoles"];
  return isList(roles) ? roles.filter(isProperties) : [];
}

function ids(value: Value | undefined): readonly string[] {
  return isList(value) ? value.filter((each) => typeof each === "string") : [];
}

/** Tags that a resource ends up with: the instance's default tags below its own, which win. */
export function effectiveTags(inputs: Properties, session: Session): Properties {
  const { defaultTags, ignoreTags } = session.config;
  const defaults = isProperties(defaultTags) && isProperties(defaultTags["tags"]) ? defaultTags["tags"] : {};
  const own = isProperties(inputs["tags"]) ? inputs["tags"] : {};
  const ignored = isProperties(ignoreTags) ? ignoreTags : {};
  const prefixes = ids(ignored["keyPrefixes"]);
  const kept = Object.entries({ ...defaults, ...own }).filter(
    ([key]) => !ids(ignored["keys"]).includes(key) && !prefixes.some((prefix) => key.startsWith(prefix)),
  );
  return Object.fromEntries(kept);
}
