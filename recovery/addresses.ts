import type { OutageCloud } from "../offline/cloud/faults";
import { registryOf, servedFrom } from "../offline/services/kubernetes/image-registries";

/** Something of a cloud that a text names. */
export interface Named {
  readonly cloud: OutageCloud;
  readonly kind: "image" | "identifier" | "host" | "key" | "bucket";
  /** As it stands in the text. */
  readonly text: string;
}

type Pattern = readonly [cloud: OutageCloud, kind: Named["kind"], pattern: RegExp];

const hosts = (...domains: readonly string[]) =>
  new RegExp(
    `\\b(?:[a-z0-9_-]+\\.)*(?:${domains.map((each) => each.replaceAll(".", "\\.")).join("|")})(?![a-z0-9-]|\\.[a-z0-9])`,
    "gi",
  );

const PATTERNS: readonly Pattern[] = [
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
  ["aws", "identifier", /\barn:aws[a-z-]*:[a-z0-9-]+:[^\s"',]*/g],
  // https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#resourceid
  ["azure", "identifier", /\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\/[^\s"',]*)?/gi],
  // https://docs.cloud.google.com/apis/design/resource_names
  [
    "gcp",
    "identifier",
    /\bprojects\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/(?:global|locations|regions|secrets|serviceAccounts|subscriptions|topics|zones)\/[^\s"',]*/g,
  ],
  // Schemes of keys and buckets: https://gocloud.dev/howto/secrets/, https://gocloud.dev/howto/blob/
  ["aws", "key", /\bawskms:\/\/[^\s"',]*/g],
  ["gcp", "key", /\bgcpkms:\/\/[^\s"',]*/g],
  ["azure", "key", /\bazurekeyvault:\/\/[^\s"',]*/g],
  ["aws", "bucket", /\bs3[an]?:\/\/[^\s"',]*/g],
  ["gcp", "bucket", /\bgs:\/\/[^\s"',]*/g],
  ["azure", "bucket", /\b(?:azblob|abfss?|wasbs?):\/\/[^\s"',]*/g],
  // https://docs.aws.amazon.com/general/latest/gr/rande.html
  ["aws", "host", hosts("amazonaws.com.cn", "amazonaws.com", "api.aws", "on.aws", "ecr.aws", "ecr-public.aws.com")],
  // https://docs.cloud.google.com/vpc/docs/configure-private-google-access#domain-options
  [
    "gcp",
    "host",
    hosts(
      "googleapis.com",
      "pkg.dev",
      "gcr.io",
      "registry.k8s.io",
      "gke.goog",
      "run.app",
      "cloudfunctions.net",
      "gserviceaccount.com",
      "accounts.google.com",
    ),
  ],
  // https://learn.microsoft.com/azure/security/fundamentals/azure-domains
  [
    "azure",
    "host",
    hosts(
      "azure.com",
      "azure.net",
      "azurecr.io",
      "azurefd.net",
      "azurewebsites.net",
      "azmk8s.io",
      "windows.net",
      "microsoftonline.com",
      "mcr.microsoft.com",
    ),
  ],
];

/** What each of the patterns needs: most texts have nothing of it, and are passed by without trying all of them. */
const NAMES_ANYTHING = /[./]|arn:aws/;

/**
 * Everything of a cloud that a text names, each once. Hosts inside an identifier, a key, a bucket or an image are not told again.
 *
 * @param reader the cloud of who reads it
 */
export function namedIn(text: string, reader: OutageCloud): readonly Named[] {
  if (!NAMES_ANYTHING.test(text)) return [];
  if (/^[^\s"',{}]+\/[^\s"',{}]+$/.test(text) && !text.includes("://")) {
    const places = servedFrom(registryOf(text), reader);
    if (places.length > 0) return places.map(({ cloud }) => ({ cloud, kind: "image", text }));
  }
  const found: Named[] = [];
  let rest = text;
  for (const [cloud, kind, pattern] of PATTERNS) {
    rest = rest.replace(pattern, (match) => {
      if (!found.some((each) => each.text === match)) found.push({ cloud, kind, text: match });
      return " ";
    });
  }
  return found;
}

/** The host that a Helm repository or an OCI chart is fetched from; `undefined` where the text is no address. */
export function hostOf(address: string): string | undefined {
  return /^(?:https?|oci):\/\/([^/:?#]+)/i.exec(address)?.[1]?.toLowerCase();
}
