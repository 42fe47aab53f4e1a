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
  "aws:cloudfront/distribution:Distribution": minutes(5, 13, "2 apply logs, 3:00 and 12:34"),
  "aws:docdb/cluster:Cluster": minutes(
    2,
    5,
    "estimate: acceptance tests of the provider took 376 to 447 s with a network and deletion",
  ),
  "aws:docdb/clusterInstance:ClusterInstance": minutes(
    3.8,
    7.6,
    "1 apply log, 3:49; 95th percentile estimated at twice the median",
  ),
  "aws:dynamodb/table:Table": minutes(0.2, 1.5, "estimate: the table itself some 10 s, a replica 20 to 90 s"),
  "aws:dynamodb/tableReplica:TableReplica": minutes(0.9, 1.5, "estimate: a replica is added within 20 to 90 s"),
  "aws:ec2/customerGateway:CustomerGateway": minutes(
    0.2,
    0.4,
    "1 apply log; 95th percentile estimated at twice the median",
  ),
  "aws:ec2/natGateway:NatGateway": minutes(1.8, 2.1, "8 apply logs"),
  "aws:ec2/vpnConnection:VpnConnection": minutes(
    4,
    7.5,
    "1 apply log, between 3 and 7.5; acceptance tests of the provider took 236 to 394 s with deletion",
  ),
  "aws:ec2/vpnGateway:VpnGateway": minutes(0.8, 1.6, "1 apply log; 95th percentile estimated at twice the median"),
  "aws:ec2transitgateway/transitGateway:TransitGateway": minutes(
    1.3,
    2.6,
    "1 apply log; 95th percentile estimated at twice the median",
  ),
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": minutes(
    2,
    4,
    "1 apply log; 95th percentile estimated at twice the median",
  ),
  "aws:eks/cluster:Cluster": minutes(10.3, 11.4, "10 apply logs; with Auto Mode AWS says about 15 minutes"),
  "aws:eks/nodeGroup:NodeGroup": minutes(2.1, 3.4, "8 apply logs, and one outlier of 33 minutes"),
  "aws:elasticache/cluster:Cluster": minutes(
    5,
    9.3,
    "estimate: a node of a replication group takes as long at most, and has no replicas to set up",
  ),
  "aws:elasticache/replicationGroup:ReplicationGroup": minutes(8.1, 9.3, "4 apply logs"),
  "aws:msk/cluster:Cluster": minutes(23, 35, "1 apply log, 23:15; 95th percentile estimated"),
  "aws:rds/instance:Instance": minutes(8, 17, "9 apply logs, Multi-AZ not told apart"),
};

/** Undefined: nothing is known, `DEFAULT_DURATION` stands. */
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
