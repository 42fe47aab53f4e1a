import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import type { WorkloadIdentity } from "../contracts/workload-identity";
import { checksum, inNamespace, renderWorkload, secretChecksumAnnotation } from "./workload.plan";
import type { WorkloadSpec } from "./workload.spec";

export interface WorkloadArgs {
  /** What runs and how. */
  spec: WorkloadSpec;
  /** Namespace of everything the component creates. It must exist. */
  namespace: pulumi.Input<string>;
  /**
   * Values of the keys of `spec.environment.secret`: given, the component creates the Secret; left out, the Secret is
   * somebody else's and only referenced.
   */
  secretData?: Record<string, pulumi.Input<string>>;
  /** Identity of the cloud that the pods act as. It must be one of the service account `spec.name`. Default: none. */
  identity?: WorkloadIdentity;
  /** Annotations of the Service that are known only once other resources exist. They win over the specification's. */
  serviceAnnotations?: Record<string, pulumi.Input<string>>;
}

/**
 * One service: service account, configuration, Deployment, Service, horizontal autoscaler and disruption budget.
 *
 * Every object depends on what the component depends on. A workload whose Service has a load balancer must depend on
 * the controller that serves it. Changed configuration or secrets replace the pods.
 */
export class Workload extends pulumi.ComponentResource {
  /** Name of the Service in its namespace. */
  readonly serviceName: pulumi.Output<string>;
  /** Port of the Service. */
  readonly servicePort: number;
  /** Namespace and name of the service account, which a cloud identity can be bound to. */
  readonly serviceAccount: { readonly namespace: pulumi.Output<string>; readonly name: pulumi.Output<string> };
  /** The Service itself, for what has to wait for it. */
  readonly service: Service;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:Workload", name, {}, opts);
    const manifests = renderWorkload(args.spec);
    const { namespace } = args;
    const childOptions: pulumi.CustomResourceOptions = { parent: this };
    const identity = identityOf(args);

    const serviceAccount = inNamespace(manifests.serviceAccount, namespace);
    const account = new ServiceAccount(
      `${name}-service-account`,
      { ...serviceAccount, metadata: { ...serviceAccount.metadata, annotations: identity?.annotations } },
      childOptions,
    );
    const configMap =
      manifests.configMap && new ConfigMap(`${name}-config`, inNamespace(manifests.configMap, namespace), childOptions);
    const secret = this.#secret(name, args, childOptions);

    const deployment = inNamespace(manifests.deployment, namespace);
    const { template } = deployment.spec;
    const pods = new Deployment(
      `${name}-deployment`,
      {
        ...deployment,
        spec: {
          ...deployment.spec,
          template: {
            ...template,
            metadata: {
              ...template.metadata,
              labels: { ...identity?.podLabels, ...template.metadata.labels },
              annotations: { ...template.metadata.annotations, ...secret?.annotations },
            },
          },
        },
      },
      // What the workload comes after, its pods do: all else is no more than objects that they use.
      pulumi.mergeOptions(
        { ...childOptions, dependsOn: opts?.dependsOn },
        { dependsOn: [account, configMap, secret?.object, identity].filter(isDefined) },
      ),
    );

    const service = inNamespace(manifests.service, namespace);
    this.service = new Service(
      `${name}-service`,
      {
        ...service,
        metadata: { ...service.metadata, annotations: { ...service.metadata.annotations, ...args.serviceAnnotations } },
      },
      // A Service counts as ready once it has endpoints, so the pods come first.
      pulumi.mergeOptions(childOptions, { dependsOn: pods }),
    );
    new HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      inNamespace(manifests.horizontalPodAutoscaler, namespace),
      pulumi.mergeOptions(childOptions, { dependsOn: pods }),
    );
    new PodDisruptionBudget(
      `${name}-disruption-budget`,
      inNamespace(manifests.podDisruptionBudget, namespace),
      childOptions,
    );

    this.serviceName = this.service.metadata.name;
    this.servicePort = args.spec.service.port;
    this.serviceAccount = { namespace: account.metadata.namespace, name: account.metadata.name };
    this.registerOutputs({ serviceName: this.serviceName, servicePort: this.servicePort });
  }

  /** The Secret, when its values were given, and the annotation that replaces the pods when they change. */
  #secret(name: string, args: WorkloadArgs, options: pulumi.CustomResourceOptions) {
    if (args.secretData === undefined) return undefined;
    const { secret } = args.spec.environment;
    const given = Object.keys(args.secretData).sort();
    const expected = [...(secret?.keys ?? [])].sort();
    if (secret === undefined || given.join() !== expected.join()) {
      throw new Error(
        `workload "${args.spec.name}": secretData has ${given.join(", ") || "no key"}, environment.secret.keys has ` +
          `${expected.join(", ") || "none"}: give a value to each key and to no other`,
      );
    }
    // One digest over all values: guessing it means guessing all of them at once. It stays secret in the state.
    const digest = pulumi.secret(pulumi.output(args.secretData).apply(checksum));
    const object = new Secret(
      `${name}-secret`,
      {
        metadata: { name: secret.name, namespace: args.namespace },
        type: "Opaque",
        stringData: args.secretData,
      },
      options,
    );
    return { object, annotations: { [secretChecksumAnnotation]: digest } };
  }
}

/** The identity, which must be of the service account that the pods run as. */
function identityOf({ spec, identity }: WorkloadArgs): WorkloadIdentity | undefined {
  if (identity === undefined || identity.serviceAccount === spec.name) return identity;
  throw new Error(
    `workload "${spec.name}": its identity is of the service account "${identity.serviceAccount}": bind it to "${spec.name}"`,
  );
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
