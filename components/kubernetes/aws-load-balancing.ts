// Annotations of the AWS Load Balancer Controller. Sources of names, values and defaults:
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/

/** Whether a load balancer has public addresses. */
export type LoadBalancerScheme = "internet-facing" | "internal";

/**
 * Class of Services that the controller gives a network load balancer.
 * Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/#configuration
 */
export const networkLoadBalancerClass = "service.k8s.aws/nlb";

/**
 * Label of namespaces whose pods count as ready only once their load balancer finds them healthy.
 * Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
 */
export const podReadinessGateLabels: Readonly<Record<string, string>> = {
  "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
};

/**
 * TLS 1.2 and 1.3 only.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/** Bounds of the deregistration delay: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
const maxDrainSeconds = 3600;

export interface ApplicationLoadBalancerOptions<T> {
  readonly scheme: LoadBalancerScheme;
  /** Path of the health check of all targets. A Service may say otherwise with `targetHealthCheckAnnotations`. */
  readonly healthCheckPath: string;
  /** The one security group of the load balancer. Its rules and those of the pods are the caller's. */
  readonly securityGroupId: T;
  /** Seconds a target that leaves may finish its connections. 0 to 3,600. */
  readonly drainSeconds: number;
  /** Certificate of an HTTPS listener on 443, to which port 80 then redirects. Default: HTTP on port 80 only. */
  readonly certificateArn?: T;
}

/** Annotations of an Ingress of class `alb`. Targets are the pods themselves. */
export function applicationLoadBalancerAnnotations<T>(
  options: ApplicationLoadBalancerOptions<T>,
): Record<string, string | T> {
  const prefix = "alb.ingress.kubernetes.io";
  const { certificateArn } = options;
  const listeners = certificateArn === undefined ? [{ HTTP: 80 }] : [{ HTTP: 80 }, { HTTPS: 443 }];
  return {
    [`${prefix}/scheme`]: options.scheme,
    [`${prefix}/target-type`]: "ip",
    [`${prefix}/security-groups`]: options.securityGroupId,
    [`${prefix}/manage-backend-security-group-rules`]: "false",
    [`${prefix}/healthcheck-path`]: options.healthCheckPath,
    [`${prefix}/listen-ports`]: JSON.stringify(listeners),
    [`${prefix}/target-group-attributes`]: targetGroupAttributes(options.drainSeconds),
    [`${prefix}/load-balancer-attributes`]: "routing.http.drop_invalid_header_fields.enabled=true",
    ...(certificateArn === undefined
      ? {}
      : {
          [`${prefix}/certificate-arn`]: certificateArn,
          [`${prefix}/ssl-policy`]: tlsPolicy,
          [`${prefix}/ssl-redirect`]: "443",
        }),
  };
}

/** Annotation of a Service behind an Ingress that is checked on a path of its own. It wins over the Ingress' one. */
export function targetHealthCheckAnnotations(path: string): Record<string, string> {
  return { "alb.ingress.kubernetes.io/healthcheck-path": path };
}

export interface NetworkLoadBalancerOptions<T> {
  readonly scheme: LoadBalancerScheme;
  /** Path of the HTTP health check of all targets. */
  readonly healthCheckPath: string;
  /** The one security group of the load balancer. Its rules and those of the pods are the caller's. */
  readonly securityGroupId: T;
  /** Seconds a target that leaves may finish its connections. 0 to 3,600. */
  readonly drainSeconds: number;
}

/** Annotations of a Service of the class `service.k8s.aws/nlb`. Targets are the pods themselves. */
export function networkLoadBalancerAnnotations<T>(options: NetworkLoadBalancerOptions<T>): Record<string, string | T> {
  const prefix = "service.beta.kubernetes.io/aws-load-balancer";
  return {
    [`${prefix}-scheme`]: options.scheme,
    [`${prefix}-nlb-target-type`]: "ip",
    [`${prefix}-security-groups`]: options.securityGroupId,
    [`${prefix}-manage-backend-security-group-rules`]: "false",
    [`${prefix}-healthcheck-protocol`]: "http",
    [`${prefix}-healthcheck-path`]: options.healthCheckPath,
    [`${prefix}-target-group-attributes`]: targetGroupAttributes(options.drainSeconds),
  };
}

/**
 * Draining and an even share of the load for every zone, whatever its number of pods.
 * The target group's own setting overrides the load balancer's:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
 */
function targetGroupAttributes(drainSeconds: number): string {
  if (!(Number.isInteger(drainSeconds) && drainSeconds >= 0 && drainSeconds <= maxDrainSeconds)) {
    throw new Error(
      `drainSeconds is ${String(drainSeconds)}: give a whole number from 0 to ${String(maxDrainSeconds)} seconds`,
    );
  }
  return `deregistration_delay.timeout_seconds=${String(drainSeconds)},load_balancing.cross_zone.enabled=true`;
}
