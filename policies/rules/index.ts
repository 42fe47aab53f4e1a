import type { Rule } from "../model/rule";
import { cacheRules } from "./aws/caches";
import { computeRules } from "./aws/compute";
import { databaseRules } from "./aws/databases";
import { eksRules } from "./aws/eks";
import { identityRules } from "./aws/identity";
import { keyRules } from "./aws/keys";
import { messagingRules } from "./aws/messaging";
import { networkRules } from "./aws/network";
import { networkAclRules } from "./aws/network-acls";
import { objectStoreRules } from "./aws/object-stores";
import { observabilityRules } from "./aws/observability";
import { securityGroupRules } from "./aws/security-groups";
import { azureClusterRules } from "./azure/cluster";
import { azureIdentityRules } from "./azure/identity";
import { azureNetworkRules } from "./azure/network";
import { azureStoreRules } from "./azure/stores";
import { credentialRules } from "./credentials";
import { exemptionRules } from "./exemptions";
import { gcpClusterRules } from "./gcp/cluster";
import { gcpIdentityRules } from "./gcp/identity";
import { gcpNetworkRules } from "./gcp/network";
import { gcpStoreRules } from "./gcp/stores";
import { governanceRules } from "./governance";
import { hardeningRules } from "./hardening";
import { accessRules } from "./kubernetes/access";
import { availabilityRules } from "./kubernetes/availability";
import { kubernetesNetworkRules } from "./kubernetes/network";
import { podRules } from "./kubernetes/pods";
import { backupRules } from "./recovery/backups";
import { copyRules } from "./recovery/copies";
import { independenceRules } from "./recovery/independence";
import { keyRules as recoveryKeyRules } from "./recovery/keys";
import { linkRules } from "./recovery/links";
import { nameRules } from "./recovery/names";
import { addressRules } from "./recovery/networks";
import { replicationRules } from "./recovery/replication";
import { workloadRules } from "./recovery/workloads";

/** Every rule of the pack, in the order of its documentation. */
export const RULES: readonly Rule[] = [
  ...cacheRules,
  ...computeRules,
  ...databaseRules,
  ...eksRules,
  ...identityRules,
  ...keyRules,
  ...messagingRules,
  ...networkRules,
  ...networkAclRules,
  ...objectStoreRules,
  ...observabilityRules,
  ...securityGroupRules,
  ...gcpClusterRules,
  ...gcpIdentityRules,
  ...gcpNetworkRules,
  ...gcpStoreRules,
  ...azureClusterRules,
  ...azureIdentityRules,
  ...azureNetworkRules,
  ...azureStoreRules,
  ...accessRules,
  ...availabilityRules,
  ...kubernetesNetworkRules,
  ...podRules,
  ...backupRules,
  ...copyRules,
  ...independenceRules,
  ...recoveryKeyRules,
  ...linkRules,
  ...nameRules,
  ...addressRules,
  ...replicationRules,
  ...workloadRules,
  ...credentialRules,
  ...governanceRules,
  ...hardeningRules,
  ...exemptionRules,
];

/** The rule with this id. */
export function ruleById(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
