import type { DurgaPujaConfig } from "../config/schema/durga-puja";
import type { IngressSpec } from "../components/kubernetes/ingress.plan";
import { networkLoadBalancerClass, targetHealthCheckAnnotations } from "../components/kubernetes/aws-load-balancing";
import { loadBalancerControllerIngressClass } from "../components/kubernetes/load-balancer-controller";
import type { NamespaceSpec } from "../components/kubernetes/namespaces";
import type { WorkloadSpec } from "../components/kubernetes/workload.spec";
import { podReadinessGateLabels } from "../components/kubernetes/aws-load-balancing";

/** Ports of the services, which the load balancers reach directly. */
export const ports = { frontend: 80, backend: 5000 } as const;

/** Name of the Secret with what the backend must not show, and its keys. */
const backendSecret = { name: "backend-secret", keys: ["MONGODB_URI", "REDIS_URL", "JWT_SECRET"] } as const;

/** The system's namespaces; those of monitoring and delivery are filled by what is installed there. */
export const namespaces = {
  // The web server's image starts as root and hands over to its own user.
  "durga-puja": { enforce: "baseline", labels: podReadinessGateLabels },
  // The node exporter reads the host's own files.
  monitoring: { enforce: "privileged", warn: "baseline" },
  argocd: { enforce: "baseline" },
} as const satisfies Record<string, NamespaceSpec>;

/** What both services have in common. */
function common(config: DurgaPujaConfig, service: "frontend" | "backend") {
  const { image, replicas, resources } = config[service];
  const lingerSeconds = Math.min(30, config.connectionDrainingSeconds);
  return {
    partOf: "durga-puja",
    image:
      image.digest === undefined ? `${image.repository}:${image.tag ?? ""}` : `${image.repository}@${image.digest}`,
    replicas,
    resources,
    autoscaling: {
      cpuPercent: 70,
      memoryPercent: 80,
      scaleUp: { pods: 1, seconds: 60 },
      scaleDown: { pods: 1, seconds: 300 },
    },
    rollout: { maxSurge: 1, maxUnavailable: 0 },
    zoneSpread: "required",
    // The load balancer keeps open connections to a leaving pod for as long as the pod has in all.
    drain: { lingerSeconds, connectionSeconds: config.connectionDrainingSeconds - lingerSeconds },
  } as const;
}

export function frontendSpec(config: DurgaPujaConfig): WorkloadSpec {
  return {
    ...common(config, "frontend"),
    name: "frontend",
    port: ports.frontend,
    probes: { liveness: { path: "/", periodSeconds: 30 }, readiness: { path: "/", periodSeconds: 10 } },
    environment: { plain: { VITE_API_URL: "http://backend-service:5000/api" } },
    service: {
      name: "frontend-service",
      type: "LoadBalancer",
      port: 80,
      loadBalancerClass: networkLoadBalancerClass,
      // The web server serves no /health; its own probes ask for /.
      annotations: targetHealthCheckAnnotations("/"),
    },
    user: { kind: "root", capabilities: ["CHOWN", "SETGID", "SETUID", "NET_BIND_SERVICE"] },
    writablePaths: ["/var/cache/nginx", "/var/run", "/tmp"],
  };
}

export function backendSpec(config: DurgaPujaConfig): WorkloadSpec {
  return {
    ...common(config, "backend"),
    name: "backend",
    port: ports.backend,
    probes: { liveness: { path: "/health", periodSeconds: 30 }, readiness: { path: "/ready", periodSeconds: 10 } },
    environment: {
      config: { NODE_ENV: "production", PORT: String(ports.backend) },
      secret: backendSecret,
    },
    service: { name: "backend-service", type: "ClusterIP", port: ports.backend },
    user: { kind: "non-root", uid: 10_000, gid: 10_000 },
    writablePaths: ["/tmp"],
  };
}

export const ingressSpec: IngressSpec = {
  name: "durga-puja",
  className: loadBalancerControllerIngressClass,
  routes: [
    { path: "/", service: "frontend-service", port: 80 },
    { path: "/api/*", service: "backend-service", port: ports.backend },
  ],
};
