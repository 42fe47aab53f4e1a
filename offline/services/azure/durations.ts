/** How long the real service takes to create a resource, in seconds. */
export interface Duration {
  /** Median. */
  readonly create: number;
  /** 95th percentile, or the longest seen where the sample is small. */
  readonly p95: number;
  readonly source: string;
}

/** Where a basis is a number of logs: public Terraform apply logs, read for "Creation complete after". */
const DURATIONS: Readonly<Record<string, Duration>> = {
  "azure-native:containerservice:ManagedCluster": minutes(6.1, 15.4, "8 apply logs, 3:39 to 15:23"),
  "azure-native:containerservice:AgentPool": minutes(3, 6, "estimate: the documentation says several minutes"),
  "azure-native:dbforpostgresql:Server": minutes(
    7,
    11,
    "2 apply logs, 5:06 and 9:23; acceptance tests took 7.6 to 11.3 minutes",
  ),
  "azure-native:redisenterprise:RedisEnterprise": minutes(
    10,
    30,
    "estimate: an acceptance test of the provider took 870 s",
  ),
  "azure-native:mongocluster:MongoCluster": minutes(
    10,
    20,
    "estimate: machines and disks for each shard, as a Flexible Server has them, and a standby",
  ),
  "azure-native:cosmosdb:DatabaseAccount": minutes(4, 10, "estimate: an account with one or two regions"),
  "azure-native:network:VirtualNetworkGateway": minutes(
    28,
    45,
    "1 apply log, 39:04; 16 acceptance tests took 19 to 43 minutes with deletion; the documentation says 45 minutes or more",
  ),
  "azure-native:network:VirtualNetworkGatewayConnection": minutes(1.9, 4, "1 apply log; 95th percentile estimated"),
  "azure-native:network:LocalNetworkGateway": minutes(0.4, 1, "1 apply log; 95th percentile estimated"),
  "azure-native:network:BastionHost": minutes(8, 15, "estimate: the documentation says about 10 minutes"),
};

/** Undefined: nothing is known, one second stands. */
export function durationOf(token: string): Duration | undefined {
  return DURATIONS[token];
}

/** Tokens with a duration of their own. */
export function durationTokens(): readonly string[] {
  return Object.keys(DURATIONS);
}

function minutes(median: number, p95: number, source: string): Duration {
  return { create: Math.round(median * 60), p95: Math.round(p95 * 60), source };
}
