import type { ResourceType } from "../../cloud/resource-type";
import { aclTypes } from "./ec2-acl";
import { gatewayTypes } from "./ec2-gateways";
import { internetGatewayTypes } from "./ec2-internet-gateway";
import { launchTemplateTypes } from "./ec2-launch-template";
import { routeTypes } from "./ec2-routes";
import { securityGroupRuleTypes } from "./ec2-security-group-rules";
import { securityGroupTypes } from "./ec2-security-groups";
import { vpcTypes } from "./ec2-vpc";
import { ecrTypes } from "./ecr";
import { eksTypes } from "./eks";
import { loadBalancingTypes } from "./elbv2";
import { elasticacheTypes } from "./elasticache";
import { iamTypes } from "./iam";
import { iamAttachmentTypes } from "./iam-attachments";
import { kmsTypes } from "./kms";
import { logTypes } from "./logs";
import { rdsTypes } from "./rds";
import { s3Types } from "./s3";
import { s3ConfigurationTypes } from "./s3-configuration";
import { secretTypes } from "./secretsmanager";
import { snsTypes } from "./sns";

/** Every type that has rules of its own, by token. */
export const AWS_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [
    ...vpcTypes,
    ...internetGatewayTypes,
    ...gatewayTypes,
    ...routeTypes,
    ...aclTypes,
    ...securityGroupTypes,
    ...securityGroupRuleTypes,
    ...launchTemplateTypes,
    ...iamTypes,
    ...iamAttachmentTypes,
    ...kmsTypes,
    ...s3Types,
    ...s3ConfigurationTypes,
    ...logTypes,
    ...ecrTypes,
    ...snsTypes,
    ...secretTypes,
    ...loadBalancingTypes,
    ...eksTypes,
    ...rdsTypes,
    ...elasticacheTypes,
  ].map((type) => [type.token, type]),
);
