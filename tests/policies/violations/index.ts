import { Config } from "@pulumi/pulumi";
import { Providers } from "./providers";

/** A program that violates one rule, and what is said of it. */
export interface Violation {
  /** Its program. */
  readonly load: () => Promise<{ readonly plant: (on: Providers) => void }>;
  /** The resource that is named: type and name. */
  readonly resource: readonly [type: string, name: string];
  /** A piece of the remedy. */
  readonly remedy: string;
}

/** A program for each starred rule but the one that judges exemptions, which no program has. */
export const VIOLATIONS: Readonly<Record<string, Violation>> = {
  "aws-irsa-bound-to-one-sa": {
    load: () => import("./aws-irsa-bound-to-one-sa"),
    resource: ["aws:iam/role:Role", "pods"],
    remedy: "Name the one namespace and service account in the trust policy",
  },
  "aws-db-subnet-no-default-route": {
    load: () => import("./aws-db-subnet-no-default-route"),
    resource: ["aws:ec2/subnet:Subnet", "data-public-us-west-2a"],
    remedy: "a route table of their own that has no default route",
  },
  "aws-private-subnet-egress-via-nat": {
    load: () => import("./aws-private-subnet-egress-via-nat"),
    resource: ["aws:ec2/subnet:Subnet", "exposed-public-us-west-2a"],
    remedy: "Send what workloads send out by a NAT, egress-only or transit gateway",
  },
  "aws-nat-per-az": {
    load: () => import("./aws-nat-per-az"),
    resource: ["aws:ec2/vpc:Vpc", "shared-nat"],
    remedy: "Make a NAT gateway in each zone with private subnets",
  },
  "aws-nat-route-same-az": {
    load: () => import("./aws-nat-route-same-az"),
    resource: ["aws:ec2/subnet:Subnet", "crossed-nat-private-us-west-2b"],
    remedy: "a route table with the NAT gateway of that zone",
  },
  "aws-sg-db-ingress-from-sg-only": {
    load: () => import("./aws-sg-db-ingress-from-sg-only"),
    resource: ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ranged"],
    remedy: "Name the group of the clients",
  },
  "gcp-workload-identity-one-ksa": {
    load: () => import("./gcp-workload-identity-one-ksa"),
    resource: ["gcp:projects/iAMMember:IAMMember", "namespace"],
    remedy: "Name the namespace and the service account, without a wildcard",
  },
  "gcp-nat-not-all-subnets": {
    load: () => import("./gcp-nat-not-all-subnets"),
    resource: ["gcp:compute/routerNat:RouterNat", "nat"],
    remedy: "Name the subnets of machines",
  },
  "az-federated-cred-one-sa": {
    load: () => import("./az-federated-cred-one-sa"),
    resource: ["azure-native:managedidentity:FederatedIdentityCredential", "lent"],
    remedy: "Name the cluster's own issuer, one service account",
  },
  "az-db-subnet-isolated": {
    load: () => import("./az-db-subnet-isolated"),
    resource: ["azure-native:network:Subnet", "databases"],
    remedy: "Leave the NAT gateway and routes to the internet out of delegated subnets",
  },
  "k8s-mesh-strict-mtls-coverage": {
    load: () => import("./k8s-mesh-strict-mtls-coverage"),
    resource: ["kubernetes:core/v1:Namespace", "mesh"],
    remedy: "Ask for STRICT in the namespace of the mesh",
  },
  "k8s-no-secret-in-env-literal": {
    load: () => import("./k8s-no-secret-in-env-literal"),
    resource: ["kubernetes:apps/v1:Deployment", "literal"],
    remedy: "Keep the value in a Secret",
  },
  "dr-backup-copy-cross-region": {
    load: () => import("./dr-backup-copy-cross-region"),
    resource: ["aws:backup/plan:Plan", "near"],
    remedy: "Give each rule of the plan a copy action to a vault of another region",
  },
  "dr-stateful-has-offsite-copy": {
    load: () => import("./dr-stateful-has-offsite-copy"),
    resource: ["aws:dynamodb/table:Table", "alone"],
    remedy: "Replicate the store, or copy its backups, to another region",
  },
  "dr-no-dependency-on-primary": {
    load: () => import("./dr-no-dependency-on-primary"),
    resource: ["aws:cloudwatch/metricAlarm:MetricAlarm", "dependent"],
    remedy: "A copy may name its source by the input that replicates, and by no other",
  },
  "dr-provider-explicit": {
    load: () => import("./dr-provider-explicit"),
    resource: ["aws:sns/topic:Topic", "astray"],
    remedy: "Hand each resource the stack's own provider",
  },
  "dr-keys-usable-in-dr": {
    load: () => import("./dr-keys-usable-in-dr"),
    resource: ["aws:dynamodb/table:Table", "replicated"],
    remedy: "Name a key of the region of the copy",
  },
  "dr-secrets-replicated": {
    load: () => import("./dr-secrets-replicated"),
    resource: ["aws:secretsmanager/secret:Secret", "alone"],
    remedy: "Keep each secret in a second region",
  },
  "net-vpn-redundant": {
    load: () => import("./net-vpn-redundant"),
    resource: ["aws:ec2/vpnConnection:VpnConnection", "single-0"],
    remedy: "Give each pair of sites two tunnels or more",
  },
  "net-vpn-strong-crypto": {
    load: () => import("./net-vpn-strong-crypto"),
    resource: ["aws:ec2/vpnConnection:VpnConnection", "weak-0"],
    remedy: "Allow IKE version 2, AES-256-GCM and groups of 2,048 bits or more, and nothing else",
  },
  "dr-dns-failover-pair": {
    load: () => import("./dr-dns-failover-pair"),
    resource: ["aws:route53/record:Record", "app"],
    remedy: "Write each name as a pair of failover records in different clouds",
  },
  "net-no-cidr-overlap": {
    load: () => import("./net-no-cidr-overlap"),
    resource: ["aws:ec2/vpc:Vpc", "narrow"],
    remedy: "a part of the site's own block",
  },
  "dr-rpo-within-budget": {
    load: () => import("./dr-rpo-within-budget"),
    resource: ["gcp:storage/transferJob:TransferJob", "daily"],
    remedy: "Use a way of replication whose promise is within the budget",
  },
  "dr-replica-lag-alarm": {
    load: () => import("./dr-replica-lag-alarm"),
    resource: ["aws:rds/instance:Instance", "unwatched"],
    remedy: "Put an alarm on the lag of each replica",
  },
  "dr-images-replicated": {
    load: () => import("./dr-images-replicated"),
    resource: ["kubernetes:apps/v1:Deployment", "foreign"],
    remedy: "Push every image to the registry of each site",
  },
  "dr-workload-parity": {
    load: () => import("./dr-workload-parity"),
    resource: ["kubernetes:apps/v1:Deployment", "asleep"],
    remedy: "with at least the replicas that recovery needs",
  },
  "stateful-pulumi-protect": {
    load: () => import("./stateful-pulumi-protect"),
    resource: ["aws:cognito/userPool:UserPool", "unprotected"],
    remedy: "Set protect on it, and the deletion protection of the cloud",
  },
  "no-ignorechanges-on-security": {
    load: () => import("./no-ignorechanges-on-security"),
    resource: ["aws:ec2/securityGroup:SecurityGroup", "overlooked"],
    remedy: "Take the path out of ignoreChanges",
  },
  "data-residency": {
    load: () => import("./data-residency"),
    resource: ["aws:secretsmanager/secret:Secret", "abroad"],
    remedy: "Move the store or its copy to a region that its class of data may be in",
  },
};

/** A Pulumi program: plants the violation that `platform:violation` names, or all of them. */
export async function plantViolations(): Promise<void> {
  const wanted = new Config("platform").require("violation");
  const on = new Providers();
  for (const [rule, { load }] of Object.entries(VIOLATIONS)) {
    if (wanted === "all" || wanted === rule) (await load()).plant(on);
  }
}
