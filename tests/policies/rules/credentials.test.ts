import type { Properties } from "../../../offline/cloud/value";
import { credentialRules } from "../../../policies/rules/credentials";
import type { ResourceType } from "../../../policies/types";
import { changed, fixture, written } from "../fixtures";
import { provesResource } from "../proves";

const ID = "no-credentials-in-plain-text";
const PASSWORD = "hunter2";
const base64 = (text: string) => Buffer.from(text).toString("base64");

const policy = fixture("prod", "aws:iam/rolePolicy:RolePolicy");
const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const document = (resource: string) => ({ Version: "2012-10-17", Statement: [{ ...statement, Resource: resource }] });
const address = `https://me:${PASSWORD}@host/`;
const bad = JSON.stringify(document(address));

/** Every property in which a text may be, with a credential in it as it would be written there. */
const PLACES: readonly (readonly [type: ResourceType, inputs: Properties, at: string])[] = [
  ["aws:cloudwatch/eventBusPolicy:EventBusPolicy", { policy: bad }, "policy"],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", { policy: bad }, "policy"],
  ["aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", { policy: bad }, "policy"],
  ["aws:iam/groupPolicy:GroupPolicy", { policy: document(address) }, "policy.Statement[0].Resource"],
  ["aws:iam/role:Role", { assumeRolePolicy: bad }, "assumeRolePolicy"],
  ["aws:iam/role:Role", { assumeRolePolicy: document(address) }, "assumeRolePolicy.Statement[0].Resource"],
  ["aws:iam/role:Role", { inlinePolicies: [{ name: "a", policy: bad }] }, "inlinePolicies[0].policy"],
  ["aws:iam/role:Role", { description: `password=${PASSWORD}` }, "description"],
  ["aws:iam/policy:Policy", { policy: bad }, "policy"],
  ["aws:iam/userPolicy:UserPolicy", { policy: bad }, "policy"],
  ["aws:kms/key:Key", { policy: bad }, "policy"],
  ["aws:kms/keyPolicy:KeyPolicy", { policy: bad }, "policy"],
  ["aws:kms/replicaKey:ReplicaKey", { policy: bad }, "policy"],
  ["aws:s3/bucket:Bucket", { policy: bad }, "policy"],
  ["aws:s3/bucketPolicy:BucketPolicy", { policy: bad }, "policy"],
  ["aws:secretsmanager/secret:Secret", { description: `the password is "${address}"` }, "description"],
  ["aws:secretsmanager/secretPolicy:SecretPolicy", { policy: bad }, "policy"],
  ["aws:sns/topic:Topic", { policy: bad }, "policy"],
  ["aws:sns/topicPolicy:TopicPolicy", { policy: bad }, "policy"],
  ["aws:sqs/queue:Queue", { policy: bad }, "policy"],
  ["aws:sqs/queuePolicy:QueuePolicy", { policy: bad }, "policy"],
  ["aws:ec2/instance:Instance", { userData: `export PGPASSWORD=${PASSWORD}` }, "userData"],
  ["aws:ec2/instance:Instance", { userDataBase64: base64(`export PGPASSWORD=${PASSWORD}`) }, "userDataBase64"],
  ["gcp:compute/instance:Instance", { metadata: { "db-password": PASSWORD } }, 'metadata["db-password"]'],
  ["gcp:compute/instance:Instance", { metadataStartupScript: `run --password ${PASSWORD}` }, "metadataStartupScript"],
  ["aws:msk/configuration:Configuration", { serverProperties: `ssl.key.password=${PASSWORD}` }, "serverProperties"],
  ["aws:s3/bucketObjectv2:BucketObjectv2", { content: `{"password":"${PASSWORD}"}` }, "content"],
  ["aws:s3/bucketObjectv2:BucketObjectv2", { contentBase64: base64(`password: ${PASSWORD}\n`) }, "contentBase64"],
  ["aws:sagemaker/pipeline:Pipeline", { pipelineDefinition: `{"token":"${address}"}` }, "pipelineDefinition"],
  [
    "azure-native:web:WebApp",
    { siteConfig: { appSettings: [{ name: "DB_PASSWORD", value: PASSWORD }] } },
    "siteConfig.appSettings[0].value",
  ],
  [
    "azure-native:web:WebApp",
    { siteConfig: { connectionStrings: [{ connectionString: `Server=db;Password=${PASSWORD};` }] } },
    "siteConfig.connectionStrings[0].connectionString",
  ],
  [
    "gcp:cloudfunctionsv2/function:Function",
    { buildConfig: { environmentVariables: { NPM_PASSWORD: PASSWORD } } },
    "buildConfig.environmentVariables.NPM_PASSWORD",
  ],
  [
    "gcp:cloudfunctionsv2/function:Function",
    { serviceConfig: { environmentVariables: { DB_PASSWORD: PASSWORD } } },
    "serviceConfig.environmentVariables.DB_PASSWORD",
  ],
];

describe("rules on credentials", () => {
  provesResource(credentialRules, ID, {
    passes: [
      policy,
      fixture("prod", "aws:iam/role:Role"),
      fixture("prod", "aws:kms/key:Key"),
      fixture("prod", "aws:s3/bucketPolicy:BucketPolicy"),
      fixture("prod", "aws:msk/configuration:Configuration"),
      fixture("prod", "aws:sagemaker/pipeline:Pipeline"),
      fixture("dr", "azure-native:web:WebApp"),
    ],
    alsoPasses: [
      { when: "there is no document", remove: ["policy"] },
      {
        when: "a setting names a secret",
        of: setting("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/db)"),
      },
    ],
    fails: [
      { set: { policy: bad }, when: "a password in a policy", at: "policy" },
      ...PLACES.map(([type, inputs, at]) => ({
        of: written(type, inputs),
        when: `${at} of ${type}`,
        at,
      })),
      { of: setting(PASSWORD), when: "a password among real settings", at: "siteConfig.appSettings[0].value" },
    ],
    unknown: ["policy"],
  });
});

function setting(value: string) {
  return changed(fixture("dr", "azure-native:web:WebApp"), {
    set: { "siteConfig.appSettings[0]": { name: "DB_PASSWORD", value } },
  });
}
