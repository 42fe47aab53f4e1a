/**
 * Rules that are due with the first stack that has a resource of one of these types, by id. None has any yet; a test says so when
 * that changes.
 */
export const WAITING: Readonly<Record<string, readonly string[]>> = {
  "aws-acm-dns-validated": ["aws:acm/certificate:Certificate"],
  "aws-apigwv2-authz-logs": ["aws:apigatewayv2/route:Route", "aws:apigatewayv2/stage:Stage"],
  "aws-cf-origin-failover": ["aws:cloudfront/distribution:Distribution"],
  "aws-cf-tls-waf-logs": ["aws:cloudfront/distribution:Distribution"],
  "aws-ecs-circuit-breaker": ["aws:ecs/service:Service"],
  "aws-ecs-insights": ["aws:ecs/cluster:Cluster"],
  "aws-ecs-no-env-secrets": ["aws:ecs/taskDefinition:TaskDefinition"],
  "aws-ecs-no-public-ip": ["aws:ecs/service:Service"],
  "aws-ecs-roles-distinct": ["aws:ecs/taskDefinition:TaskDefinition"],
  "aws-ecs-task-hardened": ["aws:ecs/taskDefinition:TaskDefinition"],
  "aws-eventbridge-bus-closed": [
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:cloudwatch/eventTarget:EventTarget",
  ],
  "aws-lambda-permission-source": ["aws:lambda/permission:Permission"],
  "aws-lb-hardened": ["aws:lb/loadBalancer:LoadBalancer"],
  "aws-lb-mtls": ["aws:lb/listener:Listener"],
  "aws-lb-tls13": ["aws:lb/listener:Listener"],
  "aws-lb-waf": ["aws:lb/loadBalancer:LoadBalancer", "aws:wafv2/webAclAssociation:WebAclAssociation"],
  "aws-s3-replicated": ["aws:s3/bucketReplicationConfig:BucketReplicationConfig"],
  "aws-shield-coverage": ["aws:shield/protection:Protection"],
  "aws-tg-health-https": ["aws:lb/targetGroup:TargetGroup"],
  "aws-waf-rules-logged": ["aws:wafv2/webAcl:WebAcl"],
};
