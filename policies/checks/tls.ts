import { undecided } from "../model/view";

/** Versions of TLS, weakest first. `none`: no encryption, or SSL, which is as good as none. */
export const TLS_VERSIONS = ["none", "1.0", "1.1", "1.2", "1.3"] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** How a service says which version of TLS it demands at least. */
interface TlsService {
  /** Its documentation of the values. */
  readonly source: string;
  /** What holds where nothing is said. */
  readonly byDefault: TlsVersion;
  /** Values by the oldest version that they let in. A `*` at the end stands for whatever follows. */
  readonly values: Readonly<Partial<Record<TlsVersion, readonly string[]>>>;
}

const AWS = "https://docs.aws.amazon.com";
const AZURE = "https://learn.microsoft.com/en-us/azure";

const NUMBERS = { "1.0": ["1.0"], "1.1": ["1.1"], "1.2": ["1.2"] } as const;

const SERVICES = {
  /** `minProtocolVersion` and `policyName` of application gateways alike. */
  "azure-application-gateway": {
    source: `${AZURE}/application-gateway/application-gateway-ssl-policy-overview`,
    byDefault: "1.2",
    values: {
      "1.0": ["TLSv1_0", "AppGwSslPolicy20150501"],
      "1.1": ["TLSv1_1", "AppGwSslPolicy20170401"],
      "1.2": ["TLSv1_2", "AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"],
      "1.3": ["TLSv1_3"],
    },
  },
  /** `minTlsVersion` and `scmMinTlsVersion` of web and function apps. */
  "azure-app-service": {
    source: `${AZURE}/app-service/overview-tls`,
    byDefault: "1.2",
    values: { ...NUMBERS, "1.3": ["1.3"] },
  },
  "azure-cosmos-db": {
    source: `${AZURE}/cosmos-db/self-serve-minimum-tls-enforcement`,
    byDefault: "1.2",
    values: { "1.0": ["Tls"], "1.1": ["Tls11"], "1.2": ["Tls12"] },
  },
  "azure-event-grid": {
    source: `${AZURE}/event-grid/transport-layer-security-enforce-minimum-version`,
    byDefault: "1.0",
    values: NUMBERS,
  },
  "azure-event-hubs": {
    source: `${AZURE}/event-hubs/transport-layer-security-enforce-minimum-version`,
    byDefault: "1.2",
    values: NUMBERS,
  },
  /** `minimumTlsVersion` of custom domains of Front Door. */
  "azure-front-door": {
    source: `${AZURE}/frontdoor/standard-premium/tls-policy`,
    byDefault: "1.2",
    values: { "1.0": ["TLS10"], "1.2": ["TLS12"], "1.3": ["TLS13"] },
  },
  /** Azure Managed Redis, whose types are those of Redis Enterprise. */
  "azure-managed-redis": {
    source: `${AZURE}/azure-cache-for-redis/cache-tls-configuration`,
    byDefault: "1.2",
    values: NUMBERS,
  },
  /** Azure Cache for Redis. */
  "azure-redis": {
    source: `${AZURE}/azure-cache-for-redis/cache-tls-configuration`,
    byDefault: "1.0",
    values: NUMBERS,
  },
  "azure-service-bus": {
    source: `${AZURE}/service-bus-messaging/transport-layer-security-enforce-minimum-version`,
    byDefault: "1.2",
    values: { ...NUMBERS, "1.3": ["1.3"] },
  },
  "azure-sql": {
    source: `${AZURE}/azure-sql/database/connectivity-settings`,
    byDefault: "1.2",
    values: { none: ["None"], ...NUMBERS, "1.3": ["1.3"] },
  },
  /** The schema has `TLS1_3`, but storage does not support it as the minimum. */
  "azure-storage": {
    source: `${AZURE}/storage/common/transport-layer-security-configure-minimum-version`,
    byDefault: "1.0",
    values: { "1.0": ["TLS1_0"], "1.1": ["TLS1_1"], "1.2": ["TLS1_2"] },
  },
  /** `securityPolicy` of domain names of REST APIs. */
  "aws-api-gateway": {
    source: `${AWS}/apigateway/latest/developerguide/apigateway-security-policies-list.html`,
    byDefault: "1.2",
    values: {
      "1.0": ["TLS_1_0"],
      "1.2": [
        "TLS_1_2",
        "SecurityPolicy_TLS12_2018_EDGE",
        "SecurityPolicy_TLS12_PFS_2025_EDGE",
        "SecurityPolicy_TLS13_1_2_*",
      ],
      "1.3": ["SecurityPolicy_TLS13_1_3_*", "SecurityPolicy_TLS13_2025_EDGE"],
    },
  },
  /** `securityPolicy` of domain names of HTTP and WebSocket APIs. */
  "aws-api-gateway-v2": {
    source: `${AWS}/apigateway/latest/developerguide/http-api-custom-domain-names.html`,
    byDefault: "1.2",
    values: { "1.2": ["TLS_1_2"] },
  },
  /** `minimumProtocolVersion` of viewers' connections. */
  "aws-cloudfront": {
    source: `${AWS}/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html`,
    byDefault: "1.0",
    values: {
      none: ["SSLv3"],
      "1.0": ["TLSv1", "TLSv1_2016"],
      "1.1": ["TLSv1.1_2016"],
      "1.2": ["TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025"],
      "1.3": ["TLSv1.3_2025"],
    },
  },
  /** Parameter `tls` of cluster parameter groups. `fips-140-3` lets in TLS 1.2. */
  "aws-documentdb": {
    source: `${AWS}/documentdb/latest/developerguide/API_Parameter.html`,
    byDefault: "1.0",
    values: { none: ["disabled"], "1.0": ["enabled"], "1.2": ["tls1.2+", "fips-140-3"], "1.3": ["tls1.3+"] },
  },
  /** `sslPolicy` of listeners. */
  "aws-load-balancer": {
    source: `${AWS}/elasticloadbalancing/latest/application/describe-ssl-policies.html`,
    byDefault: "1.0",
    values: {
      "1.0": [
        "ELBSecurityPolicy-2016-08",
        "ELBSecurityPolicy-2015-05",
        "ELBSecurityPolicy-TLS-1-0-2015-04",
        "ELBSecurityPolicy-FS-2018-06",
        "ELBSecurityPolicy-TLS13-1-0-*",
      ],
      "1.1": ["ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-FS-1-1-2019-08", "ELBSecurityPolicy-TLS13-1-1-*"],
      "1.2": ["ELBSecurityPolicy-TLS-1-2-*", "ELBSecurityPolicy-FS-1-2-*", "ELBSecurityPolicy-TLS13-1-2-*"],
      "1.3": ["ELBSecurityPolicy-TLS13-1-3-*"],
    },
  },
  /** `tlsSecurityPolicy` of domains. */
  "aws-opensearch": {
    source: `${AWS}/opensearch-service/latest/APIReference/API_DomainEndpointOptions.html`,
    byDefault: "1.0",
    values: {
      "1.0": ["Policy-Min-TLS-1-0-2019-07"],
      "1.2": ["Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10"],
    },
  },
  /** `minTlsVersion` of SSL policies of load balancers. */
  "gcp-load-balancer": {
    source: "https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts",
    byDefault: "1.0",
    values: { "1.0": ["TLS_1_0"], "1.1": ["TLS_1_1"], "1.2": ["TLS_1_2"], "1.3": ["TLS_1_3"] },
  },
  /** Lists of protocols, as Kafka (`ssl.enabled.protocols`) and MySQL (`tls_version`) have them: the oldest counts. */
  "protocol-list": {
    source: "https://dev.mysql.com/doc/refman/8.4/en/encrypted-connection-protocols-ciphers.html",
    byDefault: "1.2",
    values: {
      none: ["SSLv3"],
      "1.0": ["TLSv1", "TLSv1.0"],
      "1.1": ["TLSv1.1"],
      "1.2": ["TLSv1.2"],
      "1.3": ["TLSv1.3"],
    },
  },
  /** Parameter `ssl_min_protocol_version` of PostgreSQL, whoever runs it. */
  postgresql: {
    source: "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SSL-MIN-PROTOCOL-VERSION",
    byDefault: "1.2",
    values: { "1.0": ["TLSv1"], "1.1": ["TLSv1.1"], "1.2": ["TLSv1.2"], "1.3": ["TLSv1.3"] },
  },
} as const satisfies Record<string, TlsService>;

export type TlsServiceName = keyof typeof SERVICES;

export const TLS_SERVICES: Readonly<Record<TlsServiceName, TlsService>> = SERVICES;

/**
 * Whether a service with this setting refuses everything older than a version of TLS; where the service cannot demand that
 * version, whether it demands the newest that it can.
 *
 * Undecided where the table does not have the value: it may be newer than the table. To be called inside of `holds`.
 *
 * @param value as the service writes it; a list where several versions are switched on. Missing: the service's default.
 * @param least version that it should demand at least
 */
export function isAtLeast(service: TlsServiceName, value: string | undefined, least: TlsVersion): boolean {
  const wanted = Math.min(rank(least), rank(strongestOf(service)));
  return rank(versionOf(service, value)) >= wanted;
}

/** The oldest version of TLS that a service with this setting lets in. Undecided where the table does not have the value. */
export function versionOf(service: TlsServiceName, value: string | undefined): TlsVersion {
  if (value === undefined || value.trim() === "") return TLS_SERVICES[service].byDefault;
  const versions = value.split(",").map((one) => versionOfOne(service, one.trim()));
  return TLS_VERSIONS.find((version) => versions.includes(version)) ?? "none";
}

/** The newest version of TLS that a service can be made to demand. */
export function strongestOf(service: TlsServiceName): TlsVersion {
  const { values } = TLS_SERVICES[service];
  return TLS_VERSIONS.findLast((version) => values[version] !== undefined) ?? "none";
}

function versionOfOne(service: TlsServiceName, value: string): TlsVersion {
  const { values } = TLS_SERVICES[service];
  return (
    TLS_VERSIONS.find((version) =>
      values[version]?.some((known) => matches(known.toLowerCase(), value.toLowerCase())),
    ) ?? undecided("", "is no setting of TLS that is known here")
  );
}

function matches(known: string, value: string): boolean {
  return known.endsWith("*") ? value.startsWith(known.slice(0, -1)) : known === value;
}

function rank(version: TlsVersion): number {
  return TLS_VERSIONS.indexOf(version);
}
