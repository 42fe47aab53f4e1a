import type { ResourceType } from "../../cloud/resource-type";
import { docdbTypes } from "./docdb";
import { dynamodbTypes } from "./dynamodb";
import { aclTypes } from "./ec2-acl";
import { gatewayTypes } from "./ec2-gateways";
import { internetGatewayTypes } from "./ec2-internet-gateway";
import { instanceTypes } from "./ec2-instance";
import { launchTemplateTypes } from "./ec2-launch-template";
import { routeTypes } from "./ec2-routes";
import { securityGroupRuleTypes } from "./ec2-security-group-rules";
import { securityGroupTypes } from "./ec2-security-groups";
import { transitGatewayTypes } from "./ec2-transit-gateway";
import { transitGatewayRouteTypes } from "./ec2-transit-gateway-routes";
import { vpcTypes } from "./ec2-vpc";
import { vpcEndpointTypes } from "./ec2-vpc-endpoint";
import { ecrTypes } from "./ecr";
import { eksTypes } from "./eks";
import { loadBalancingTypes } from "./elbv2";
import { elasticacheTypes } from "./elasticache";
import { iamTypes } from "./iam";
import { iamAttachmentTypes } from "./iam-attachments";
import { kmsTypes } from "./kms";
import { logTypes } from "./logs";
import { rdsTypes } from "./rds";
import { route53Types } from "./route53";
import { s3Types } from "./s3";
import { s3ConfigurationTypes } from "./s3-configuration";
import { secretTypes } from "./secretsmanager";
import { snsTypes } from "./sns";
import { mskTypes } from "./msk";
import { mqTypes } from "./mq";
import { lambdaTypes } from "./lambda";
import { sqsTypes } from "./sqs";
import { cognitoTypes } from "./cognito";
import { sagemakerTypes } from "./sagemaker";
import { accessAnalyzerTypes } from "./accessanalyzer";
import { athenaTypes } from "./athena";
import { backupPlanTypes } from "./backup-plan";
import { backupVaultTypes } from "./backup-vault";
import { configTypes } from "./cfg";
import { cloudtrailTypes } from "./cloudtrail";
import { cloudwatchTypes } from "./cloudwatch";
import { ecrRegistryTypes } from "./ecr-registry";
import { eventbridgeTypes } from "./eventbridge";
import { glueTypes } from "./glue";
import { glueTableTypes } from "./glue-table";
import { guarddutyTypes } from "./guardduty";
import { iamAccountTypes } from "./iam-account";
import { s3ObjectTypes } from "./s3-object";
import { s3ReplicationTypes } from "./s3-replication";
import { securityhubTypes } from "./securityhub";

/** Every type that has rules of its own, by token. */
export const AWS_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [
    ...vpcTypes,
    ...internetGatewayTypes,
    ...gatewayTypes,
    ...vpcEndpointTypes,
    ...transitGatewayTypes,
    ...transitGatewayRouteTypes,
    ...instanceTypes,
    ...route53Types,
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
    ...docdbTypes,
    ...dynamodbTypes,
    ...elasticacheTypes,
    ...mskTypes,
    ...mqTypes,
    ...lambdaTypes,
    ...sqsTypes,
    ...cognitoTypes,
    ...sagemakerTypes,
    ...accessAnalyzerTypes,
    ...athenaTypes,
    ...backupPlanTypes,
    ...backupVaultTypes,
    ...configTypes,
    ...cloudtrailTypes,
    ...cloudwatchTypes,
    ...ecrRegistryTypes,
    ...eventbridgeTypes,
    ...glueTypes,
    ...glueTableTypes,
    ...guarddutyTypes,
    ...iamAccountTypes,
    ...s3ObjectTypes,
    ...s3ReplicationTypes,
    ...securityhubTypes,
  ].map((type) => [type.token, type]),
);
