import type { ClusterInstanceArgs } from "@pulumi/aws/docdb";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn } from "./arn";
import { DOCDB_CLUSTER, documentCluster } from "./docdb-cluster";
import { DOCDB_SUBNET_GROUP, documentParameterGroup, documentSubnetGroup } from "./docdb-groups";
import { isDocumentClass, SERVERLESS_CLASS } from "./docdb-versions";
import { RDS_SUBNET_GROUP, subnetGroupOf } from "./rds-groups";
import { accountPart } from "./rds-instance";
import { requireKey } from "./references";
import { dnsSuffix } from "./regions";
import { text } from "./text";

// Error codes: https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBInstance.html

const DOCDB_INSTANCE = "aws:docdb/clusterInstance:ClusterInstance";

type Context = CallContext<Resolved<ClusterInstanceArgs>>;

const documentInstance = resourceType<ClusterInstanceArgs>({
  token: DOCDB_INSTANCE,
  service: "DocDB",
  actions: { create: "CreateDBInstance", update: "ModifyDBInstance", delete: "DeleteDBInstance" },
  references: [
    {
      path: "clusterIdentifier",
      to: DOCDB_CLUSTER,
      missing: { code: "DBClusterNotFoundFault", message: "Could not find DB Cluster: {value}" },
    },
  ],
  check: ({ inputs, refuse: report }) => {
    const { identifier, promotionTier: tier } = inputs;
    if (identifier !== undefined && (identifier.length > 63 || !/^[a-z](?:-?[a-z0-9])*$/.test(identifier))) {
      report(
        "identifier",
        `"${identifier}": 1 to 63 lower-case letters, digits and -, a letter first, no two - together`,
      );
    }
    if (tier !== undefined && (tier < 0 || tier > 15)) {
      report("promotionTier", `expected promotionTier to be in the range (0 - 15), got ${String(tier)}`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const id = inputs.identifier ?? `${inputs.identifierPrefix ?? "tf-"}${context.hex(26)}`;
    if (cloud.find(DOCDB_INSTANCE, id) !== undefined) refuse("DBInstanceAlreadyExists", "DB instance already exists");
    checkInstance(context);
    const cluster = cloud.find(DOCDB_CLUSTER, inputs.clusterIdentifier)?.outputs ?? {};
    const siblings = cloud
      .list(DOCDB_INSTANCE)
      .filter(({ inputs: other }) => other["clusterIdentifier"] === inputs.clusterIdentifier);
    const group = subnetGroupOf(cloud, text(cluster["dbSubnetGroupName"]), [DOCDB_SUBNET_GROUP, RDS_SUBNET_GROUP]);
    const zones = group?.zones ?? [];
    if (inputs.availabilityZone !== undefined && !zones.includes(inputs.availabilityZone)) {
      refuse(
        "InvalidVPCNetworkStateFault",
        `The DB subnet group ${text(cluster["dbSubnetGroupName"])} has no subnet in ${inputs.availabilityZone}, only in ${zones.join(", ")}`,
      );
    }
    const taken = ["dbSubnetGroupName", "engineVersion", "kmsKeyId", "port", "preferredBackupWindow"] as const;
    return {
      id,
      outputs: {
        ...Object.fromEntries(taken.map((property) => [property, cluster[property]])),
        arn: arn(scope, "rds", `db:${id}`),
        availabilityZone: inputs.availabilityZone ?? zones[siblings.length % Math.max(zones.length, 1)],
        caCertIdentifier: inputs.caCertIdentifier ?? "rds-ca-rsa2048-g1",
        dbiResourceId: `db-${context.hex(26).toUpperCase()}`,
        endpoint: `${id}.${accountPart(scope)}.${scope.region}.docdb.${dnsSuffix(scope.region)}`,
        engine: inputs.engine ?? "docdb",
        identifier: id,
        identifierPrefix: inputs.identifierPrefix ?? (inputs.identifier === undefined ? "tf-" : ""),
        performanceInsightsKmsKeyId: inputs.performanceInsightsKmsKeyId ?? "",
        preferredMaintenanceWindow: inputs.preferredMaintenanceWindow ?? "sun:09:00-sun:09:30",
        promotionTier: inputs.promotionTier ?? 0,
        publiclyAccessible: false,
        storageEncrypted: cluster["storageEncrypted"] ?? false,
        // The first instance of a cluster takes the writes.
        writer: siblings.length === 0,
      },
    };
  },
  update: (context) => {
    checkInstance(context);
    return {};
  },
});

function checkInstance(context: Context): void {
  const { inputs, cloud } = context;
  const cluster = cloud.find(DOCDB_CLUSTER, inputs.clusterIdentifier);
  if (!isDocumentClass(inputs.instanceClass)) {
    refuse("InvalidParameterValue", `Invalid DB Instance class: ${inputs.instanceClass}`);
  }
  if (inputs.instanceClass === SERVERLESS_CLASS && cluster?.inputs["serverlessV2ScalingConfiguration"] === undefined) {
    refuse("InvalidDBClusterStateFault", "Set the Serverless v2 scaling configuration on the parent DB cluster first");
  }
  requireKey(context, inputs.performanceInsightsKmsKeyId, {
    code: "KMSKeyNotAccessibleFault",
    message:
      "The specified KMS key [{value}] does not exist, is not enabled or you do not have permissions to access it.",
  });
}

export const docdbTypes: readonly ResourceType[] = [
  documentCluster,
  documentInstance,
  documentParameterGroup,
  documentSubnetGroup,
];
