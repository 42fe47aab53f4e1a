import { Ingress as KubernetesIngress } from "@pulumi/kubernetes/networking/v1/ingress";
import type { output } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { renderIngress, type IngressSpec } from "./ingress.plan";
import { inNamespace } from "./workload.plan";

export interface IngressArgs {
  /** Class and routes. */
  spec: IngressSpec;
  /** Namespace of the Ingress and of the Services it routes to. It must exist. */
  namespace: pulumi.Input<string>;
  /** What the class' controller is told, for example by `applicationLoadBalancerAnnotations`. */
  annotations?: Record<string, pulumi.Input<string>>;
}

/**
 * One Ingress. It must depend on the controller of its class: the controller's webhook admits it, and only the
 * controller can release it when it is deleted.
 */
export class Ingress extends pulumi.ComponentResource {
  /** Host name of the load balancer, once the controller has made it. */
  readonly hostname: pulumi.Output<string | undefined>;

  constructor(name: string, args: IngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:Ingress", name, {}, opts);
    const manifest = inNamespace(renderIngress(args.spec), args.namespace);
    const ingress = new KubernetesIngress(
      `${name}-ingress`,
      { ...manifest, metadata: { ...manifest.metadata, annotations: args.annotations ?? {} } },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.hostname = ingress.status.apply(loadBalancerHostname);
    this.registerOutputs({ hostname: this.hostname });
  }
}

function loadBalancerHostname(status: output.networking.v1.IngressStatus | undefined): string | undefined {
  // The types promise a status that an Ingress without a load balancer does not have.
  const loadBalancer = status?.loadBalancer as { ingress?: { hostname?: string }[] } | undefined;
  return loadBalancer?.ingress?.[0]?.hostname;
}
