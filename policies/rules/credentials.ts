import { noCredentials } from "../checks/credentials";
import { resourceRule, type Expect, type Rule } from "../model/rule";

export const credentialRules: readonly Rule[] = [
  resourceRule({
    id: "no-credentials-in-plain-text",
    title: "Documents, scripts and settings that many may read hold no credentials",
    severity: "critical",
    controls: { iso27001: ["A.5.17"], soc2: ["CC6.1"], pciDss: ["8.6.2"] },
    why: "What is written in a policy, a script or a setting is read by everybody who may look at the resource, is copied to logs and states, and opens what it opens until somebody changes it.",
    remedy: {
      text: "Keep the credential in the secret store, let whoever needs it read it there with an identity of its own, and replace the one that was written down.",
      example:
        'new web.WebApp("f", { siteConfig: { appSettings: [{ name: "DB_SECRET_NAME", value: secret.name }] }, … })',
    },
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/hardcoded.html",
    on: {
      // Policy documents: of identities, of resources, and inline.
      "aws:cloudwatch/eventBusPolicy:EventBusPolicy": texts("policy"),
      "aws:ec2/vpcEndpoint:VpcEndpoint": texts("policy"),
      "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": texts("policy"),
      "aws:iam/groupPolicy:GroupPolicy": texts("policy"),
      "aws:iam/policy:Policy": texts("policy", "description"),
      "aws:iam/role:Role": texts("assumeRolePolicy", "inlinePolicies", "description"),
      "aws:iam/rolePolicy:RolePolicy": texts("policy"),
      "aws:iam/userPolicy:UserPolicy": texts("policy"),
      "aws:kms/key:Key": texts("policy", "description"),
      "aws:kms/keyPolicy:KeyPolicy": texts("policy"),
      "aws:kms/replicaKey:ReplicaKey": texts("policy", "description"),
      "aws:s3/bucket:Bucket": texts("policy"),
      "aws:s3/bucketPolicy:BucketPolicy": texts("policy"),
      "aws:secretsmanager/secret:Secret": texts("policy", "description"),
      "aws:secretsmanager/secretPolicy:SecretPolicy": texts("policy"),
      "aws:sns/topic:Topic": texts("policy"),
      "aws:sns/topicPolicy:TopicPolicy": texts("policy"),
      "aws:sqs/queue:Queue": texts("policy"),
      "aws:sqs/queuePolicy:QueuePolicy": texts("policy"),
      // Scripts of machines; launch templates and functions of AWS have rules of their own.
      "aws:ec2/instance:Instance": (instance, expect) => {
        noCredentials(expect, "userData", () => instance.userData);
        noCredentials(expect, "userDataBase64", () => instance.userDataBase64, { encoding: "base64" });
      },
      "gcp:compute/instance:Instance": texts("metadata", "metadataStartupScript"),
      // Settings and contents.
      "aws:msk/configuration:Configuration": texts("serverProperties"),
      "aws:s3/bucketObjectv2:BucketObjectv2": (object, expect) => {
        noCredentials(expect, "content", () => object.content);
        noCredentials(expect, "contentBase64", () => object.contentBase64, { encoding: "base64" });
      },
      "aws:sagemaker/pipeline:Pipeline": texts("pipelineDefinition"),
      "azure-native:web:WebApp": ({ siteConfig }, expect) => {
        noCredentials(expect, "siteConfig.appSettings", () => siteConfig?.appSettings);
        noCredentials(expect, "siteConfig.connectionStrings", () => siteConfig?.connectionStrings);
      },
      "gcp:cloudfunctionsv2/function:Function": ({ buildConfig, serviceConfig }, expect) => {
        noCredentials(expect, "buildConfig.environmentVariables", () => buildConfig?.environmentVariables);
        noCredentials(expect, "serviceConfig.environmentVariables", () => serviceConfig?.environmentVariables);
      },
    },
  }),
];

/** Looks for credentials in some properties of a resource. */
function texts<I extends object>(...keys: readonly (keyof I & string)[]): (inputs: I, expect: Expect) => void {
  return (inputs, expect) => {
    for (const key of keys) noCredentials(expect, key, () => inputs[key]);
  };
}
