import type { ResourceType } from "../../cloud/resource-type";
import { parameterGroup, subnetGroup } from "./rds-groups";
import { instance } from "./rds-instance";
import { automatedBackupsReplication } from "./rds-replica";

export const rdsTypes: readonly ResourceType[] = [instance, subnetGroup, parameterGroup, automatedBackupsReplication];
