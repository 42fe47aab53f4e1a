import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import {
  queueDefinition,
  queueOperatorLabels,
  queueOperatorName,
  queueOperatorRules,
  queueOperatorSelector,
  queueOperatorSpec,
} from "./queue-operator.plan";

export interface QueueOperatorArgs {
  /** Namespace that it runs in and looks after. It must exist. */
  readonly namespace: pulumi.Input<string>;
  /** Pods: one that looks after the brokers, and one that takes over when it is gone. Changes in place. */
  readonly replicas: 1 | 2;
  /** Whether the definition, and with it every broker, is kept from deletion. */
  readonly protect: boolean;
}

/** The cluster operator of RabbitMQ with its definition, for one namespace. */
export class QueueOperator extends pulumi.ComponentResource {
  /** The operator that runs. */
  readonly deployment: pulumi.Resource;

  constructor(name: string, args: QueueOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:QueueOperator", name, {}, opts);
    const parent = { parent: this };
    const metadata = { name: queueOperatorName, namespace: args.namespace, labels: queueOperatorLabels };
    const definition = new CustomResourceDefinition(`${name}-definition`, queueDefinition, {
      ...parent,
      dependsOn: opts?.dependsOn,
      protect: args.protect,
    });
    const account = new ServiceAccount(`${name}-account`, { metadata }, parent);
    const role = new Role(`${name}-role`, { metadata, rules: queueOperatorRules }, parent);
    const binding = new RoleBinding(
      `${name}-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: args.namespace }],
      },
      parent,
    );
    this.deployment = new Deployment(
      `${name}-deployment`,
      { metadata, spec: queueOperatorSpec(args.replicas) },
      { parent: this, dependsOn: [definition, binding] },
    );
    new PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata,
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: { ...queueOperatorSelector } },
        },
      },
      parent,
    );
    this.registerOutputs({});
  }
}
