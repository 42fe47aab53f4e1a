import type { ResourceType } from "../../cloud/resource-type";
import { addressTypes } from "./compute-addresses";
import { firewallTypes } from "./compute-firewall";
import { instanceTypes } from "./compute-instance";
import { networkTypes } from "./compute-network";
import { routerTypes } from "./compute-router";
import { clusterTypes } from "./container-cluster";
import { nodePoolTypes } from "./container-node-pool";
import { dnsTypes } from "./dns";
import { iamTypes } from "./iam";
import { kmsTypes } from "./kms";
import { projectServiceTypes } from "./project-services";
import { serviceNetworkingTypes } from "./service-networking";
import { artifactRegistryTypes } from "./artifactregistry";
import { backupTypes } from "./backupdr";
import { biglakeTypes } from "./biglake";
import { bigqueryTypes } from "./bigquery";
import { bigtableTypes } from "./bigtable";
import { cloudFunctionTypes } from "./cloudfunctions";
import { cloudRunTypes } from "./cloudrun";
import { eventarcTypes } from "./eventarc";
import { firestoreTypes } from "./firestore";
import { gkeBackupTypes } from "./gkebackup";
import { identityPlatformTypes } from "./identityplatform";
import { loggingTypes } from "./logging";
import { managedKafkaTypes } from "./managedkafka";
import { memcacheTypes } from "./memcache";
import { monitoringTypes } from "./monitoring";
import { pubsubTypes } from "./pubsub";
import { redisTypes } from "./redis";
import { resourcePolicyTypes } from "./resource-policy";
import { secretTypes } from "./secretmanager";
import { securityCenterTypes } from "./securitycenter";
import { sqlTypes } from "./sql";
import { storageTypes } from "./storage";
import { vertexTypes } from "./vertex";
import { vpcAccessTypes } from "./vpcaccess";

/** Every type that has rules of its own, by token. */
export const GCP_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [
    ...projectServiceTypes,
    ...iamTypes,
    ...kmsTypes,
    ...networkTypes,
    ...routerTypes,
    ...firewallTypes,
    ...addressTypes,
    ...instanceTypes,
    ...serviceNetworkingTypes,
    ...dnsTypes,
    ...clusterTypes,
    ...nodePoolTypes,
    ...artifactRegistryTypes,
    ...backupTypes,
    ...biglakeTypes,
    ...bigqueryTypes,
    ...bigtableTypes,
    ...cloudFunctionTypes,
    ...cloudRunTypes,
    ...eventarcTypes,
    ...firestoreTypes,
    ...gkeBackupTypes,
    ...identityPlatformTypes,
    ...loggingTypes,
    ...managedKafkaTypes,
    ...memcacheTypes,
    ...monitoringTypes,
    ...pubsubTypes,
    ...redisTypes,
    ...resourcePolicyTypes,
    ...secretTypes,
    ...securityCenterTypes,
    ...sqlTypes,
    ...storageTypes,
    ...vertexTypes,
    ...vpcAccessTypes,
  ].map((type) => [type.token, type]),
);
