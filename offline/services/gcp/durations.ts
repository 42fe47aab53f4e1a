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
  "gcp:cloudfunctionsv2/function:Function": minutes(1.5, 4, "estimate: a build of a minute or two, and a revision"),
  "gcp:container/cluster:Cluster": minutes(4.5, 9.4, "7 apply logs"),
  "gcp:container/nodePool:NodePool": minutes(1.6, 1.9, "4 apply logs; without bounds where machines are scarce"),
  "gcp:managedkafka/cluster:Cluster": minutes(
    25,
    35,
    "estimate: the documentation says 20 to 30 minutes, https://docs.cloud.google.com/managed-service-for-apache-kafka/docs/create-cluster",
  ),
  "gcp:memcache/instance:Instance": minutes(5, 10, "estimate: like a Redis instance of the same service"),
  "gcp:redis/instance:Instance": minutes(4.4, 8, "1 apply log, 4:23; 95th percentile estimated"),
  "gcp:servicenetworking/connection:Connection": minutes(1, 2, "estimate"),
  "gcp:sql/databaseInstance:DatabaseInstance": minutes(6.4, 18.4, "7 apply logs, 5:08 to 18:23"),
  "gcp:vpcaccess/connector:Connector": minutes(2, 4, "estimate: two small machines are started"),
};

/** Undefined: nothing is known, and a second stands. */
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
