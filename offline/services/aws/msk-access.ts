import type { ClusterPolicyArgs, ScramSecretAssociationArgs, SingleScramSecretAssociationArgs } from "@pulumi/aws/msk";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Reference, type Resolved } from "../../cloud/resource-type";
import { isProperties, valuesAt } from "../../cloud/value";
import { checkResourcePolicy } from "./resource-policy";
import { findKey } from "./references";
import { text } from "./text";
import { SECRET } from "./types";

export const MSK_CLUSTER = "aws:msk/cluster:Cluster";
export const SCRAM_ASSOCIATION = "aws:msk/scramSecretAssociation:ScramSecretAssociation";
export const SINGLE_SCRAM_ASSOCIATION = "aws:msk/singleScramSecretAssociation:SingleScramSecretAssociation";
export const MSK_CLUSTER_POLICY = "aws:msk/clusterPolicy:ClusterPolicy";

/** https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-limitations.html */
const SECRETS_PER_CLUSTER = 1000;

const clusterReference: Reference = {
  path: "clusterArn",
  to: MSK_CLUSTER,
  missing: { code: "NotFoundException", message: "The cluster {value} does not exist" },
  holds: false,
};

/** Which ways to log in a stored cluster offers. */
export function authenticationOf(cluster: StoredResource): { scram: boolean; iam: boolean; tls: boolean } {
  const is = (path: string) => valuesAt(cluster.inputs, path).some(({ value }) => value === true);
  return {
    scram: is("clientAuthentication.sasl.scram"),
    iam: is("clientAuthentication.sasl.iam"),
    tls: valuesAt(cluster.inputs, "clientAuthentication.tls").some(({ value }) => isProperties(value)),
  };
}

export const scramSecretAssociation = resourceType<ScramSecretAssociationArgs>({
  token: SCRAM_ASSOCIATION,
  service: "Kafka",
  actions: {
    create: "BatchAssociateScramSecret",
    update: "BatchAssociateScramSecret",
    delete: "BatchDisassociateScramSecret",
  },
  references: [clusterReference],
  create: (context) => {
    checkSecrets(context);
    return { id: context.inputs.clusterArn, outputs: {} };
  },
  update: (context) => {
    checkSecrets(context);
    return {};
  },
});

type AssociationContext = CallContext<Resolved<ScramSecretAssociationArgs>>;

function checkSecrets({ inputs, cloud, scope }: AssociationContext): void {
  requireScram(cloud, inputs.clusterArn);
  if (inputs.secretArnLists.length > SECRETS_PER_CLUSTER) {
    refuse("BadRequestException", `At most ${String(SECRETS_PER_CLUSTER)} secrets can be associated with a cluster`);
  }
  for (const arn of inputs.secretArnLists) checkSecret(cloud, scope.account, arn);
}

export const singleScramSecretAssociation = resourceType<SingleScramSecretAssociationArgs>({
  token: SINGLE_SCRAM_ASSOCIATION,
  service: "Kafka",
  actions: { create: "BatchAssociateScramSecret", delete: "BatchDisassociateScramSecret" },
  references: [clusterReference],
  create: ({ inputs, cloud, scope }) => {
    requireScram(cloud, inputs.clusterArn);
    checkSecret(cloud, scope.account, inputs.secretArn);
    return { id: `${inputs.clusterArn},${inputs.secretArn}`, outputs: {} };
  },
});

function requireScram(cloud: CloudView, clusterArn: string): void {
  const cluster = cloud.find(MSK_CLUSTER, clusterArn);
  if (cluster !== undefined && !authenticationOf(cluster).scram) {
    refuse("BadRequestException", "The cluster does not use SASL/SCRAM authentication: turn it on before");
  }
}

/**
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-limitations.html; the service's wording:
 * https://github.com/aws-controllers-k8s/community/issues/2546, https://github.com/aws/aws-cdk/issues/34794
 */
function checkSecret(cloud: CloudView, account: string, arn: string): void {
  const secret = cloud.find(SECRET, arn);
  if (secret === undefined) {
    return refuse("InvalidSecretArn", `Amazon MSK wasn't able to access the provided secret. (${arn})`);
  }
  if (!text(secret.outputs["name"] ?? secret.inputs["name"]).startsWith("AmazonMSK_")) {
    refuse(
      "InvalidSecretArn",
      `The provided secret arn cannot be used with Amazon MSK. Secret names must have the prefix 'AmazonMSK_' (${arn})`,
    );
  }
  const key = text(secret.inputs["kmsKeyId"]);
  if (key === "" || findKey(cloud, account, key) === "managed") {
    refuse(
      "InvalidSecretArn",
      `The secret ${arn} is encrypted with the default key, which Amazon MSK cannot use: give it a customer managed key`,
    );
  }
}

export const clusterPolicy = resourceType<ClusterPolicyArgs>({
  token: MSK_CLUSTER_POLICY,
  service: "Kafka",
  actions: { create: "PutClusterPolicy", update: "PutClusterPolicy", delete: "DeleteClusterPolicy" },
  references: [clusterReference],
  check: (context) => {
    checkResourcePolicy(context, "policy", context.inputs.policy, "BadRequestException");
  },
  create: ({ inputs, hex }) => ({
    id: inputs.clusterArn,
    outputs: { currentVersion: `K${hex(13).toUpperCase()}` },
  }),
});
