import { Unknown } from "../../../../offline/cloud/value";
import { independenceRules } from "../../../../policies/rules/recovery/independence";
import { provesStack } from "../../proves";
import { StackUnderTest } from "../../stack-under-test";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const BUCKET = "aws:s3/bucket:Bucket";
const ALIAS = "aws:kms/alias:Alias";
const SECRET = "gcp:secretmanager/secret:Secret";
const IMAGE = "spec.template.spec.containers[0].image";
const ECR = "111122223333.dkr.ecr.us-west-2.amazonaws.com/shop:1";

describe("rules on what a site needs", () => {
  provesStack(independenceRules, "dr-no-dependency-on-primary", {
    of: "dr",
    stack: { stack: "dr", class: "recovery" },
    alsoPasses: [
      {
        when: "the stack is no site",
        change: (stack) => stack.add(BUCKET, "foreign", { inputs: { bucket: "a" } }),
        stack: { class: "production", config: {} },
      },
    ],
    fails: [
      {
        when: "an image is of another cloud's registry",
        change: (stack) => stack.change(DEPLOYMENT, "queue-operator-deployment", { set: { [IMAGE]: ECR } }),
        violated: [`${DEPLOYMENT} queue-operator-deployment ${IMAGE}`],
      },
      {
        when: "a resource is in another cloud",
        change: (stack) => stack.add(BUCKET, "foreign", { inputs: { bucket: "a" } }),
        violated: [`${BUCKET} foreign`],
      },
      {
        when: "an input names a resource of another cloud",
        change: (stack) =>
          stack.change("kubernetes:core/v1:ConfigMap", "iceberg-catalog-configuration", {
            set: { "data.key": "arn:aws:kms:us-west-2:111122223333:key/1" },
          }),
        violated: ["kubernetes:core/v1:ConfigMap iceberg-catalog-configuration data.key"],
      },
    ],
    undecided: [],
  });

  provesStack(independenceRules, "dr-no-dependency-on-primary", {
    of: "prod",
    stack: { config: { "platform:site": "prod", "platform:region": "us-west-2" } },
    fails: [
      {
        when: "something in the region of copies comes from the site's region",
        change: (stack) =>
          stack.add(ALIAS, "planted", {
            inputs: { region: "us-east-2", name: "alias/planted", targetKeyId: "key" },
            from: { targetKeyId: ["aws:kms/key:Key keys-data-key"] },
          }),
        violated: [`${ALIAS} planted targetKeyId`],
      },
    ],
    undecided: [
      {
        when: "it cannot be told where a resource is",
        change: (stack) =>
          stack.add(ALIAS, "planted", {
            inputs: { region: Unknown.value, name: "alias/planted", targetKeyId: "key" },
            from: { targetKeyId: ["aws:kms/key:Key keys-data-key"] },
          }),
        of: [`${ALIAS} planted`],
      },
    ],
  });

  provesStack(independenceRules, "dr-provider-explicit", {
    of: "prod",
    stack: { config: { "platform:region": "us-west-2", "platform:backupRegion": "us-east-2" } },
    alsoPasses: [
      { when: "the stack declares no region", change: (stack) => stack, stack: { config: {} } },
      {
        when: "the region of copies is the blueprint's own",
        change: (stack) => stack,
        stack: { config: { "platform:region": "us-west-2", "platform:blueprint": "portfolio-aws" } },
      },
    ],
    fails: [
      {
        when: "a bucket has the default provider",
        change: (stack) => provided(stack, BUCKET, "objects-bucket", { name: "default_7_48_0" }),
        violated: [`${BUCKET} objects-bucket`],
      },
      {
        when: "its provider works in another region",
        change: (stack) => provided(stack, BUCKET, "objects-bucket", { region: "eu-west-1" }),
        violated: [`${BUCKET} objects-bucket`],
      },
      {
        when: "it has a region of its own",
        change: (stack) => stack.change(BUCKET, "objects-bucket", { set: { region: "us-east-2" } }),
        violated: [`${BUCKET} objects-bucket region`],
      },
      {
        when: "an object of the cluster has the default provider",
        change: (stack) =>
          provided(stack, "kubernetes:core/v1:Namespace", "platform-namespaces-services", { name: "default" }),
        violated: ["kubernetes:core/v1:Namespace platform-namespaces-services"],
      },
    ],
    undecided: [
      {
        when: "a resource shows no provider",
        change: (stack) => stack.add(BUCKET, "bare", { inputs: {} }),
        of: [`${BUCKET} bare`],
      },
      {
        when: "the region of its provider is not known",
        change: (stack) => provided(stack, BUCKET, "objects-bucket", { region: Unknown.value }),
        of: [`${BUCKET} objects-bucket`],
      },
    ],
  });

  provesStack(independenceRules, "dr-provider-explicit", {
    of: "prod-gcp",
    stack: {
      config: {
        "platform:region": "us-central1",
        "platform:backupRegion": "us-east1",
        "platform:project": "portfolio-prod-gcp",
      },
    },
    fails: [
      {
        when: "a secret is in another project",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { project: "elsewhere" } }),
        violated: [`${SECRET} secrets-queue project`],
      },
      {
        when: "its provider works in another project",
        change: (stack) => provided(stack, SECRET, "secrets-queue", { project: "elsewhere" }),
        violated: [`${SECRET} secrets-queue`],
      },
    ],
    undecided: [],
  });

  provesStack(independenceRules, "dr-provider-explicit", {
    of: "dr",
    stack: { config: { "platform:region": "eastus", "platform:subscription": "1" } },
    fails: [
      {
        when: "the provider of a vault works in another subscription",
        change: (stack) => provided(stack, "azure-native:keyvault:Vault", "keys-vault-vault", { subscriptionId: "2" }),
        violated: ["azure-native:keyvault:Vault keys-vault-vault"],
      },
      {
        when: "it works in another region",
        change: (stack) => provided(stack, "azure-native:keyvault:Vault", "keys-vault-vault", { location: "westus" }),
        violated: ["azure-native:keyvault:Vault keys-vault-vault"],
      },
    ],
    undecided: [],
  });
});

/** The stack with another provider for one resource. */
function provided(
  stack: StackUnderTest,
  type: Parameters<StackUnderTest["one"]>[0],
  name: string,
  { name: provider, ...inputs }: Readonly<Record<string, string | Unknown>>,
): StackUnderTest {
  const changed = stack.one(type, name);
  return new StackUnderTest(
    stack.resources.map((resource) => {
      if (resource !== changed || resource.provider === undefined) return resource;
      const known = typeof provider === "string" ? provider : resource.provider.name;
      return {
        ...resource,
        provider: { ...resource.provider, name: known, inputs: { ...resource.provider.inputs, ...inputs } },
      };
    }),
  );
}
