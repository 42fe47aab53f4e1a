import type { LifecyclePolicyArgs, RepositoryArgs } from "@pulumi/aws/ecr";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn } from "./arn";
import { policyText } from "./policy-document";
import { requireKey } from "./references";
import { dnsSuffix } from "./regions";
import { ECR_REPOSITORY } from "./types";

// Error codes and names: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html

const repository = resourceType<RepositoryArgs>({
  token: ECR_REPOSITORY,
  service: "ECR",
  actions: { create: "CreateRepository", update: "PutImageScanningConfiguration", delete: "DeleteRepository" },
  name: {
    property: "name",
    pattern: /^(?=.{2,256}$)[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/,
    rule: "InvalidParameterException: 2 to 256 lower-case letters, digits and single . _ - / between them",
    source: "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html",
    maxLength: 256,
    unique: {
      within: "region",
      code: "RepositoryAlreadyExistsException",
      message: "The repository with name '{value}' already exists in the registry",
    },
  },
  check: (context) => {
    const { inputs } = context;
    const known = ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"];
    const mutability = inputs.imageTagMutability;
    if (mutability !== undefined && !known.includes(mutability)) {
      context.refuse("imageTagMutability", `expected one of ${known.join(", ")}, got ${mutability}`);
    }
    if ((inputs.imageTagMutabilityExclusionFilters ?? []).length > 5) {
      context.refuse("imageTagMutabilityExclusionFilters", "InvalidParameterException: at most 5 filters");
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    refuseUnknownKeys(context);
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: {
        arn: arn(scope, "ecr", `repository/${name}`),
        registryId: scope.account,
        repositoryUrl: `${scope.account}.dkr.ecr.${scope.region}.${dnsSuffix(scope.region)}/${name}`,
        imageTagMutability: inputs.imageTagMutability ?? "MUTABLE",
      },
    };
  },
  // Images are pushed by pipelines, so the cloud keeps them only where something put them there.
  delete: ({ resource, cloud, effects }) => {
    const images = cloud.list(IMAGE).filter((image) => image.inputs["repository"] === resource.id);
    const first = images[0];
    if (first !== undefined && resource.inputs["forceDelete"] !== true) {
      const message = `The repository with name '${resource.id}' in registry with id '${resource.scope.account}' cannot be deleted because it still contains images (${first.id})`;
      refuse("RepositoryNotEmptyException", message);
    }
    for (const image of images) effects.remove(image);
  },
});

/** An image in a repository: no resource type of the SDK, it comes from a push. */
export const IMAGE = "aws:ecr/image:Image";

function refuseUnknownKeys(context: CallContext<Resolved<RepositoryArgs>>): void {
  for (const { kmsKey } of context.inputs.encryptionConfigurations ?? []) {
    requireKey(context, kmsKey, {
      code: "KmsException",
      message: "The KMS key '{value}' cannot be used: it does not exist",
    });
  }
}

const lifecyclePolicy = resourceType<LifecyclePolicyArgs>({
  token: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  service: "ECR",
  actions: { create: "PutLifecyclePolicy", delete: "DeleteLifecyclePolicy" },
  references: [
    {
      path: "repository",
      to: ECR_REPOSITORY,
      missing: {
        code: "RepositoryNotFoundException",
        message: "The repository with name '{value}' does not exist in the registry",
      },
      holds: false,
    },
  ],
  check: (context) => {
    const { inputs } = context;
    const problem = inputs.policy === undefined ? undefined : lifecycleProblem(policyText(inputs.policy));
    if (problem !== undefined)
      context.refuse("policy", `InvalidParameterException: Lifecycle policy validation failure: ${problem}`);
  },
  create: ({ inputs, scope }) => ({
    id: inputs.repository,
    outputs: { registryId: scope.account, policy: policyText(inputs.policy) },
  }),
});

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
function lifecycleProblem(text: string): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const rules = isRecord(document) && Array.isArray(document["rules"]) ? (document["rules"] as readonly unknown[]) : [];
  if (rules.length === 0) return "at least one rule is required";
  const priorities = rules.map((rule) => (isRecord(rule) ? rule["rulePriority"] : undefined));
  for (const [index, rule] of rules.entries()) {
    const at = `rules[${String(index)}]`;
    const selection = isRecord(rule) && isRecord(rule["selection"]) ? rule["selection"] : undefined;
    const action = isRecord(rule) && isRecord(rule["action"]) ? rule["action"] : undefined;
    if (!Number.isInteger(priorities[index]) || Number(priorities[index]) < 1)
      return `${at}.rulePriority must be 1 or more`;
    if (priorities.indexOf(priorities[index]) !== index)
      return `${at}.rulePriority ${String(priorities[index])} is used twice`;
    if (!["tagged", "untagged", "any"].includes(String(selection?.["tagStatus"])))
      return `${at}.selection.tagStatus is not valid`;
    const count = String(selection?.["countType"]);
    if (!["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"].includes(count)) {
      return `${at}.selection.countType is not valid`;
    }
    if (typeof selection?.["countNumber"] !== "number" || selection["countNumber"] < 1)
      return `${at}.selection.countNumber must be 1 or more`;
    if (!["expire", "transition"].includes(String(action?.["type"]))) return `${at}.action.type is not valid`;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export const ecrTypes: readonly ResourceType[] = [repository, lifecyclePolicy];
