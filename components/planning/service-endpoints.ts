/** Services that are reached by a route instead of an address. They cost nothing. */
export const gatewayServices = ["s3", "dynamodb"] as const;

/** Services that can be given private addresses. https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
export const interfaceServices = [
  "autoscaling",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "elasticloadbalancing",
  "guardduty-data",
  "kms",
  "lambda",
  "logs",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "sts",
] as const;

export type InterfaceService = (typeof interfaceServices)[number];
