import type { ResourceType } from "../../cloud/resource-type";
import { backupTypes } from "./backup";
import { containerRegistryTypes } from "./container-registry";
import { cosmosTypes } from "./cosmos";
import { eventHubTypes } from "./eventhub";
import { functionTypes } from "./functions";
import { governanceTypes } from "./governance";
import { machineLearningTypes } from "./machine-learning";
import { mongoClusterTypes } from "./mongo-cluster";
import { postgresTypes } from "./postgres";
import { redisTypes } from "./redis";
import { storageTypes } from "./storage";
import { telemetryTypes } from "./telemetry";
import { clusterTypes } from "./aks-cluster";
import { poolTypes } from "./aks-pools";
import { dnsTypes } from "./dns";
import { diskEncryptionTypes } from "./disk-encryption";
import { identityTypes } from "./identity";
import { keyvaultTypes } from "./keyvault";
import { networkGatewayTypes } from "./network-gateways";
import { routeTypes } from "./network-routes";
import { securityTypes } from "./network-security";
import { subnetTypes } from "./network-subnet";
import { virtualNetworkTypes } from "./network-vnet";
import { privateDnsTypes } from "./private-dns";
import { privateLinkTypes } from "./private-link";
import { roleAssignmentTypes } from "./role-assignments";
import { groupTypes } from "./resource-groups";

/** Every type that has rules of its own, by token. */
export const AZURE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [
    ...groupTypes,
    ...poolTypes,
    ...clusterTypes,
    ...diskEncryptionTypes,
    ...dnsTypes,
    ...identityTypes,
    ...keyvaultTypes,
    ...networkGatewayTypes,
    ...routeTypes,
    ...securityTypes,
    ...subnetTypes,
    ...virtualNetworkTypes,
    ...privateDnsTypes,
    ...privateLinkTypes,
    ...roleAssignmentTypes,
    ...backupTypes,
    ...containerRegistryTypes,
    ...cosmosTypes,
    ...eventHubTypes,
    ...functionTypes,
    ...governanceTypes,
    ...machineLearningTypes,
    ...mongoClusterTypes,
    ...postgresTypes,
    ...redisTypes,
    ...storageTypes,
    ...telemetryTypes,
  ].map((type) => [type.token, type]),
);
