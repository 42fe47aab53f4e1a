/** The systems that the requirements come from; `product` is the program itself. */
export type System = "portfolio" | "chat" | "durga-puja" | "gv-playground" | "chat-fargate" | "product";

/**
 * How far a requirement is met. `proved`: tests that carry its id prove all of it. `partial`: they prove what exists of it so far.
 * `planned`: nothing exists yet.
 */
export type Status = "proved" | "partial" | "planned";

export interface Requirement {
  readonly system: System;
  readonly text: string;
  readonly status: Status;
}

/** Every documented requirement, by its id. A test that proves one carries the id in its title: `[DP-NET-05] one private route …`. */
export const requirements = {
  "PF-CLOUD-01": {
    system: "portfolio",
    status: "proved",
    text: "Primary on AWS in `us-west-2`, secondary on GCP in `us-central1`, disaster recovery on Azure in `eastus`",
  },
  "PF-CLOUD-02": {
    system: "portfolio",
    status: "partial",
    text: "Kubernetes on each: EKS, GKE, AKS; workloads are cloud-agnostic, the same service definitions run on all three",
  },
  "PF-CLOUD-03": {
    system: "portfolio",
    status: "partial",
    text: "Multi-region deployment with automated failover between sites",
  },
  "PF-CLOUD-04": {
    system: "portfolio",
    status: "partial",
    text: "Environments: development (small, one cloud) → production (multi-cloud)",
  },
  "PF-CLOUD-05": {
    system: "portfolio",
    status: "planned",
    text: "Development path Docker Compose → Minikube → CI: the same service definitions render to a Compose file and run on an existing local cluster (stack `local`, any kubeconfig), before any cloud is touched",
  },
  "PF-EDGE-01": {
    system: "portfolio",
    status: "planned",
    text: "Client traffic enters through an edge tier: CDN, WAF, DDoS protection",
  },
  "PF-EDGE-02": {
    system: "portfolio",
    status: "planned",
    text: "API gateway: Istio Gateway (and NGINX) with authentication, authorization and rate limiting",
  },
  "PF-EDGE-03": {
    system: "portfolio",
    status: "planned",
    text: "Load balancing: AWS ALB in front of the Istio ingress",
  },
  "PF-MESH-01": {
    system: "portfolio",
    status: "planned",
    text: "Istio + Envoy service mesh; mutual TLS between services enforced (STRICT), telemetry on",
  },
  "PF-SVC-01": {
    system: "portfolio",
    status: "planned",
    text: "25 or more domain microservices, event-sourced over Kafka, each autoscaled",
  },
  "PF-SVC-02": {
    system: "portfolio",
    status: "planned",
    text: "Event-driven autoscaling for Kafka consumers (KEDA) and serverless functions",
  },
  "PF-SVC-03": {
    system: "portfolio",
    status: "proved",
    text: "Serverless event processing (functions on the event stream)",
  },
  "PF-SCALE-01": {
    system: "portfolio",
    status: "partial",
    text: "Horizontal pod autoscaling and cluster autoscaling on every cluster",
  },
  "PF-SCALE-02": { system: "portfolio", status: "proved", text: "Database read replicas and a sharding strategy" },
  "PF-DATA-01": {
    system: "portfolio",
    status: "proved",
    text: "Relational: PostgreSQL (RDS on AWS and its equals on GCP and Azure)",
  },
  "PF-DATA-02": { system: "portfolio", status: "proved", text: "NoSQL: MongoDB and DynamoDB" },
  "PF-DATA-03": { system: "portfolio", status: "proved", text: "Caching: Redis and Memcached" },
  "PF-DATA-04": { system: "portfolio", status: "proved", text: "Messaging: Apache Kafka and RabbitMQ" },
  "PF-DATA-05": { system: "portfolio", status: "proved", text: "Data lake: S3 with Apache Iceberg tables" },
  "PF-AI-01": {
    system: "portfolio",
    status: "partial",
    text: "AI/ML tier: model serving (TensorFlow), LLM service (LangChain), AutoML (managed); GPU or accelerator-ready node pool",
  },
  "PF-CHAIN-01": {
    system: "portfolio",
    status: "partial",
    text: "Blockchain tier: smart-contract node, Web3 API, oracle",
  },
  "PF-OBS-01": {
    system: "portfolio",
    status: "partial",
    text: "Metrics: Prometheus and CloudWatch; dashboards: Grafana",
  },
  "PF-OBS-02": { system: "portfolio", status: "planned", text: "Logging: ELK and Loki" },
  "PF-OBS-03": { system: "portfolio", status: "planned", text: "Tracing: Jaeger with OpenTelemetry" },
  "PF-OBS-04": { system: "portfolio", status: "planned", text: "Alerting: Alertmanager and PagerDuty" },
  "PF-SEC-01": {
    system: "portfolio",
    status: "partial",
    text: "Identity: OAuth2/OIDC with Keycloak and Cognito; RBAC authorization",
  },
  "PF-SEC-02": { system: "portfolio", status: "planned", text: "Secrets: HashiCorp Vault and AWS Secrets Manager" },
  "PF-SEC-03": {
    system: "portfolio",
    status: "partial",
    text: "Zero-trust networking: NetworkPolicies default-deny, mTLS, least privilege",
  },
  "PF-SEC-04": {
    system: "portfolio",
    status: "partial",
    text: "VPC segmentation with private subnets, security groups and network ACLs",
  },
  "PF-SEC-05": { system: "portfolio", status: "partial", text: "Encryption at rest with AES-256 everywhere" },
  "PF-SEC-06": { system: "portfolio", status: "partial", text: "Encryption in transit: TLS 1.3" },
  "PF-SEC-07": {
    system: "portfolio",
    status: "partial",
    text: "Compliance: SOC 2, GDPR and HIPAA-ready controls, each control traceable to what enforces it",
  },
  "PF-SEC-08": {
    system: "portfolio",
    status: "planned",
    text: "Automated security scanning (images, dependencies, infrastructure)",
  },
  "PF-OPS-01": {
    system: "portfolio",
    status: "planned",
    text: "GitOps delivery; immutable infrastructure, container-first",
  },
  "PF-OPS-02": {
    system: "portfolio",
    status: "planned",
    text: "Production delivery: GitHub Actions → Amazon ECR → Amazon EKS → multi-region failover",
  },
  "PF-DR-01": { system: "portfolio", status: "proved", text: "Automated backups with point-in-time recovery" },
  "PF-DR-02": { system: "portfolio", status: "partial", text: "Cross-region (and cross-cloud) replication of data" },
  "PF-DR-03": { system: "portfolio", status: "partial", text: "RTO under 1 hour" },
  "PF-DR-04": { system: "portfolio", status: "planned", text: "RPO under 5 minutes" },
  "PF-DR-05": { system: "portfolio", status: "planned", text: "RTO and RPO validated through runbooks and drills" },
  "CH-EDGE-01": {
    system: "chat",
    status: "planned",
    text: "CloudFront in front of an S3 static web site (the React SPA's assets)",
  },
  "CH-EDGE-02": { system: "chat", status: "planned", text: "Route 53 DNS with health checks" },
  "CH-EDGE-03": { system: "chat", status: "planned", text: "ACM certificates" },
  "CH-EDGE-04": { system: "chat", status: "planned", text: "Application Load Balancer with health checks" },
  "CH-EDGE-05": { system: "chat", status: "planned", text: "API Gateway with rate limiting" },
  "CH-K8S-01": { system: "chat", status: "planned", text: "EKS with NGINX ingress controller" },
  "CH-K8S-02": { system: "chat", status: "planned", text: "Frontend service, 3 pods" },
  "CH-K8S-03": {
    system: "chat",
    status: "planned",
    text: "Chat service (WebSocket, Socket.IO), 5 pods; connections survive load balancing (upgrade, stickiness, idle time-out)",
  },
  "CH-K8S-04": { system: "chat", status: "planned", text: "User service (REST, authentication), 3 pods" },
  "CH-K8S-05": { system: "chat", status: "planned", text: "File service (upload and processing), 2 pods" },
  "CH-K8S-06": { system: "chat", status: "planned", text: "Notification service (e-mail, push), 2 pods" },
  "CH-K8S-07": { system: "chat", status: "planned", text: "Istio between the services" },
  "CH-K8S-08": { system: "chat", status: "planned", text: "HPA from 5 to 50 pods based on load" },
  "CH-K8S-09": {
    system: "chat",
    status: "planned",
    text: "CPU and memory requests and limits, health checks, rolling updates with zero downtime",
  },
  "CH-DATA-01": {
    system: "chat",
    status: "planned",
    text: "ElastiCache Redis cluster, Multi-AZ: sessions and pub/sub",
  },
  "CH-DATA-02": { system: "chat", status: "planned", text: "RDS PostgreSQL Multi-AZ with read replicas" },
  "CH-DATA-03": { system: "chat", status: "planned", text: "EventBridge for event routing between services" },
  "CH-DATA-04": {
    system: "chat",
    status: "planned",
    text: "S3 file storage (multipart upload: abandoned parts are cleaned up)",
  },
  "CH-DATA-05": { system: "chat", status: "planned", text: "S3 backup and archival with Glacier" },
  "CH-OBS-01": {
    system: "chat",
    status: "planned",
    text: "CloudWatch metrics and logs, X-Ray tracing, Prometheus and Grafana in the cluster",
  },
  "CH-SLO-01": {
    system: "chat",
    status: "planned",
    text: "Targets: 5,000 requests/s with autoscaling, p95 latency under 100 ms, 99.95 % availability: as alarms/SLOs and as a capacity calculation",
  },
  "DP-NET-01": {
    system: "durga-puja",
    status: "proved",
    text: "VPC `durga-puja-vpc` 10.0.0.0/16 in us-east-1, three AZs a, b, c",
  },
  "DP-NET-02": {
    system: "durga-puja",
    status: "proved",
    text: "Public subnets 10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24: only load balancers and NAT gateways",
  },
  "DP-NET-03": {
    system: "durga-puja",
    status: "proved",
    text: "Private subnets 10.0.11.0/24, 10.0.12.0/24, 10.0.13.0/24: nodes and pods",
  },
  "DP-NET-04": {
    system: "durga-puja",
    status: "proved",
    text: "Database subnets 10.0.21.0/24, 10.0.22.0/24, 10.0.23.0/24: RDS and Redis, no route to the internet",
  },
  "DP-NET-05": {
    system: "durga-puja",
    status: "proved",
    text: "One NAT gateway per AZ; one private route table per AZ with 0.0.0.0/0 to the same AZ's NAT; public route table to the internet gateway; database route table local only",
  },
  "DP-NET-06": { system: "durga-puja", status: "proved", text: "Network ACLs as a second layer" },
  "DP-SG-01": {
    system: "durga-puja",
    status: "proved",
    text: "ALB security group: in 80, 443 from anywhere; out 30000-32767 to worker nodes",
  },
  "DP-SG-02": {
    system: "durga-puja",
    status: "proved",
    text: "Worker security group: in 30000-32767 from the ALB, all from itself, 443 and 10250 from the control plane; out all",
  },
  "DP-SG-03": {
    system: "durga-puja",
    status: "proved",
    text: "RDS security group: in 5432 from workers only; no egress",
  },
  "DP-SG-04": {
    system: "durga-puja",
    status: "proved",
    text: "ElastiCache security group: in 6379 from workers only; no egress",
  },
  "DP-SG-05": {
    system: "durga-puja",
    status: "proved",
    text: "Control-plane security group: in 443 from workers; out 443 and 10250 to workers",
  },
  "DP-EKS-01": {
    system: "durga-puja",
    status: "proved",
    text: "EKS cluster `durga-puja-eks`, documented version 1.28 (a version that is still supported by default, configurable), endpoint private and public, IAM authentication, control-plane logs api, audit, scheduler",
  },
  "DP-EKS-02": {
    system: "durga-puja",
    status: "proved",
    text: "Primary node group t3.medium, desired 3, min 2, max 5, 30 GB gp3, EKS-optimised AMI",
  },
  "DP-EKS-03": {
    system: "durga-puja",
    status: "proved",
    text: "Optional spot node group t3.medium, desired 2, min 0, max 5",
  },
  "DP-EKS-04": {
    system: "durga-puja",
    status: "proved",
    text: "Cluster autoscaler: 2-5 nodes, scale up when pods pend over 30 s, scale down below 50 % utilisation for 10 min, spot preferred",
  },
  "DP-K8S-01": {
    system: "durga-puja",
    status: "proved",
    text: "Namespaces durga-puja, monitoring, argocd, and in kube-system the load balancer controller, metrics server, cluster autoscaler",
  },
  "DP-K8S-02": {
    system: "durga-puja",
    status: "proved",
    text: "Frontend deployment: image difindoxt/durga-puja-frontend, port 80, 3-10 replicas, requests 100m/128Mi, limits 500m/512Mi, liveness GET / every 30 s, readiness GET / every 10 s, env VITE_API_URL=http://backend-service:5000/api",
  },
  "DP-K8S-03": {
    system: "durga-puja",
    status: "proved",
    text: "Backend deployment: image difindoxt/durga-puja-backend, port 5000, 3-10 replicas, requests 200m/256Mi, limits 1000m/1Gi, liveness GET /health every 30 s, readiness GET /ready every 10 s, NODE_ENV and PORT from a ConfigMap, MONGODB_URI, REDIS_URL, JWT_SECRET from a Secret",
  },
  "DP-K8S-04": {
    system: "durga-puja",
    status: "proved",
    text: "Rolling update with maxSurge 1, maxUnavailable 0 on both",
  },
  "DP-K8S-05": {
    system: "durga-puja",
    status: "proved",
    text: "Frontend Service LoadBalancer 80→80, internet-facing; backend Service ClusterIP 5000 (`backend-service`)",
  },
  "DP-K8S-06": {
    system: "durga-puja",
    status: "proved",
    text: "Ingress class alb, internet-facing, target type ip, health check path /health, `/` → frontend:80, `/api/*` → backend:5000",
  },
  "DP-K8S-07": {
    system: "durga-puja",
    status: "proved",
    text: "HPA for both: 3-10, CPU 70 %, memory 80 %, scale up 1 pod per 60 s, scale down 1 pod per 300 s",
  },
  "DP-DATA-01": {
    system: "durga-puja",
    status: "proved",
    text: "RDS PostgreSQL 15, db.t3.micro, Multi-AZ, 20 GB gp3 autoscaling to 100 GB, 7-day backups, AES-256, enhanced monitoring, connection pooling at most 100",
  },
  "DP-DATA-02": { system: "durga-puja", status: "proved", text: "A read replica in the third AZ" },
  "DP-DATA-03": {
    system: "durga-puja",
    status: "proved",
    text: "ElastiCache Redis 7.0, cache.t3.micro, cluster mode disabled, Multi-AZ with automatic failover, daily backup, encrypted in transit and at rest",
  },
  "DP-DATA-04": {
    system: "durga-puja",
    status: "proved",
    text: "S3 assets bucket, unique name, versioned, SSE-S3, private, to Infrequent Access after 90 days, deleted after 365; prefixes uploads, thumbnails, static, backups",
  },
  "DP-SEC-01": {
    system: "durga-puja",
    status: "partial",
    text: "IAM roles for service accounts, least-privilege policies, MFA for admin access, Kubernetes RBAC",
  },
  "DP-SEC-02": {
    system: "durga-puja",
    status: "planned",
    text: "Secrets management, database access through IAM, encrypted backups",
  },
  "DP-SEC-03": {
    system: "durga-puja",
    status: "partial",
    text: "CloudWatch logs, audit logging, intrusion detection (GuardDuty), automated alerts",
  },
  "DP-HA-01": {
    system: "durga-puja",
    status: "proved",
    text: "Frontend and backend spread over three AZs; ALB cross-zone; RDS fail-over under 60 s; Redis replica promotion; backups cross-region; connection draining 300 s",
  },
  "DP-HA-02": {
    system: "durga-puja",
    status: "planned",
    text: "Documented failures and recovery: pod < 30 s, node 1-2 min, one AZ (33 % of capacity) 2-3 min, database < 60 s, load balancer < 30 s: each a drill scenario with what mitigates it",
  },
  "DP-MON-01": {
    system: "durga-puja",
    status: "planned",
    text: "Prometheus (scrape every 15 s), Alertmanager, node exporter; Grafana dashboards: cluster overview, pod resources, node health, application metrics",
  },
  "DP-CD-01": {
    system: "durga-puja",
    status: "planned",
    text: "Argo CD: detects, syncs, self-heals; rolling update; health checks",
  },
  "DP-CI-01": {
    system: "durga-puja",
    status: "planned",
    text: "GitHub Actions stages: quality (lint, audit), tests, build, containers, infrastructure validation (format, validate, manifests, policy)",
  },
  "DP-SLO-01": {
    system: "durga-puja",
    status: "planned",
    text: "p95 < 300 ms, errors < 0.1 %, availability 99.9 %, scale-up < 5 min: as alarms",
  },
  "DP-COST-01": {
    system: "durga-puja",
    status: "planned",
    text: "Cost breakdown about 360 $/month without spot, about 290 $ with; resource tags; cost monitoring",
  },
  "DP-NEXT-01": {
    system: "durga-puja",
    status: "planned",
    text: "Planned: Istio (canary, blue-green, A/B, traffic splitting), second region eu-west-1 with cross-region database and S3 replication and geo-routing, Jaeger/Tempo, Loki/ELK, cost target below 200 $/month (spot, savings, right-sizing)",
  },
  "GV-NET-01": {
    system: "gv-playground",
    status: "planned",
    text: "VPC 10.0.0.0/16 in us-east-1; public 10.0.1-3.0/24 (ALB, NAT), private 10.0.11-13.0/24 (EKS, RDS)",
  },
  "GV-SG-01": {
    system: "gv-playground",
    status: "planned",
    text: "ALB: 80/443 from anywhere; EKS: 443 from the ALB; RDS: 5432 from EKS",
  },
  "GV-EKS-01": {
    system: "gv-playground",
    status: "planned",
    text: "EKS with 3 × t3.medium nodes; vertical path to t3.large",
  },
  "GV-K8S-01": {
    system: "gv-playground",
    status: "planned",
    text: "Namespace gv-playground: frontend, backend, monitoring pods",
  },
  "GV-DATA-01": {
    system: "gv-playground",
    status: "planned",
    text: "RDS PostgreSQL (db.t3.micro, path to db.t3.small), backups, monitoring; Redis for sessions; read replicas",
  },
  "GV-ECR-01": { system: "gv-playground", status: "planned", text: "ECR repositories for the images" },
  "GV-SEC-01": { system: "gv-playground", status: "planned", text: "WAF, IAM roles, Secrets Manager, RBAC" },
  "GV-OBS-01": {
    system: "gv-playground",
    status: "planned",
    text: "Prometheus, CloudWatch Logs and dashboard, Fluentd daemon, Grafana, Kibana",
  },
  "GV-CD-01": {
    system: "gv-playground",
    status: "planned",
    text: "Staging then production; blue-green deployment behind the load balancer; rolling updates; health checks",
  },
  "GV-CI-01": {
    system: "gv-playground",
    status: "planned",
    text: "CI: code quality, image build, security scan; staging: build & push, deploy, integration tests; production: build & push, deploy, health checks",
  },
  "CF-NET-01": {
    system: "chat-fargate",
    status: "planned",
    text: "VPC 10.0.0.0/16, two AZs, public 10.0.1.0/24 and 10.0.2.0/24 (ALB, NAT), private 10.0.3.0/24 and 10.0.4.0/24 (tasks)",
  },
  "CF-ECS-01": {
    system: "chat-fargate",
    status: "planned",
    text: "ECS Fargate cluster in the private subnets with services frontend:80, api-gateway:8765, discovery:8761, users:8081, discussion:8083, feed:8080",
  },
  "CF-ECS-02": {
    system: "chat-fargate",
    status: "planned",
    text: "Each task 256 CPU units (0.25 vCPU) and 512 MB, scalable",
  },
  "CF-ECS-03": {
    system: "chat-fargate",
    status: "planned",
    text: "Autoscaling: CPU > 70 %, memory > 80 %, requests > 1000 per minute",
  },
  "CF-ALB-01": {
    system: "chat-fargate",
    status: "planned",
    text: "Internet → ALB → frontend; API through the gateway; round robin; health check `/actuator/health`, time-out 5 s, 3 attempts",
  },
  "CF-SG-01": {
    system: "chat-fargate",
    status: "planned",
    text: "ALB security group: 80, 443 from anywhere; ECS security group: 8080-8765 from the ALB only, plus service to service",
  },
  "CF-SD-01": { system: "chat-fargate", status: "planned", text: "Service discovery with internal DNS (Cloud Map)" },
  "CF-ECR-01": { system: "chat-fargate", status: "planned", text: "ECR repository per service" },
  "CF-OBS-01": {
    system: "chat-fargate",
    status: "planned",
    text: "CloudWatch logs, ECS and ALB metrics, configurable alarms",
  },
  "CF-IAM-01": { system: "chat-fargate", status: "planned", text: "Least-privilege execution and task roles" },
  "CF-CI-01": {
    system: "chat-fargate",
    status: "planned",
    text: "GitHub Actions: build, test, containerise, push to ECR, update ECS services, verify",
  },
  "PR-01": {
    system: "product",
    status: "planned",
    text: "A Pulumi TypeScript program: `index.ts`, `components/`, `stacks/`, `policies/`, `Pulumi.yaml`, `Pulumi.dev.yaml`, `Pulumi.prod.yaml`, `package.json`, `tests/`; packages @pulumi/pulumi, aws, gcp, azure-native, kubernetes, eks, policy; mocha",
  },
  "PR-02": {
    system: "product",
    status: "proved",
    text: "Component resources model the primary AWS, secondary GCP and DR Azure clusters and their data tiers",
  },
  "PR-03": { system: "product", status: "partial", text: "`pulumi up` per environment" },
  "PR-04": { system: "product", status: "partial", text: "`pulumi preview` in pull requests" },
  "PR-05": {
    system: "product",
    status: "proved",
    text: "Policy-as-code gates that enforce the documented security rules, such as private subnets and encryption at rest",
  },
  "PR-06": { system: "product", status: "planned", text: "DR drills by switching stacks" },
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof requirements;
