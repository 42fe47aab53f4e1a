import { networkLoadBalancerClass } from "../../../components/kubernetes/aws-load-balancing";
import type { Autoscaling, WorkloadSpec } from "../../../components/kubernetes/workload.spec";

const autoscaling: Autoscaling = {
  cpuPercent: 70,
  memoryPercent: 80,
  scaleUp: { pods: 1, seconds: 60 },
  scaleDown: { pods: 1, seconds: 300 },
};

/** The documented frontend of durga-puja. */
export const frontend: WorkloadSpec = {
  name: "frontend",
  partOf: "durga-puja",
  image: "difindoxt/durga-puja-frontend",
  port: 80,
  replicas: { min: 3, max: 10 },
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
  probes: { liveness: { path: "/", periodSeconds: 30 }, readiness: { path: "/", periodSeconds: 10 } },
  environment: { plain: { VITE_API_URL: "http://backend-service:5000/api" } },
  autoscaling,
  rollout: { maxSurge: 1, maxUnavailable: 0 },
  zoneSpread: "required",
  service: {
    name: "frontend-service",
    type: "LoadBalancer",
    loadBalancerClass: networkLoadBalancerClass,
    port: 80,
  },
  user: { kind: "non-root", uid: 101, gid: 101 },
  writablePaths: ["/var/cache/nginx", "/var/run", "/tmp"],
  drain: { lingerSeconds: 15, connectionSeconds: 300 },
};

/** The documented backend of durga-puja. */
export const backend: WorkloadSpec = {
  name: "backend",
  partOf: "durga-puja",
  image: "difindoxt/durga-puja-backend",
  port: 5000,
  replicas: { min: 3, max: 10 },
  resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
  probes: { liveness: { path: "/health", periodSeconds: 30 }, readiness: { path: "/ready", periodSeconds: 10 } },
  environment: {
    config: { NODE_ENV: "production", PORT: "5000" },
    secret: { name: "backend-secrets", keys: ["MONGODB_URI", "REDIS_URL", "JWT_SECRET"] },
  },
  autoscaling,
  rollout: { maxSurge: 1, maxUnavailable: 0 },
  zoneSpread: "required",
  service: { name: "backend-service", type: "ClusterIP", port: 5000 },
  user: { kind: "non-root", uid: 1000, gid: 1000 },
  drain: { lingerSeconds: 15, connectionSeconds: 300 },
};
