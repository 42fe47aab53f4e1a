import assert from "node:assert/strict";
import { refused, World } from "./support";

const SERVICE = "kubernetes:core/v1:Service";
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";

const service = (name: string) => ({ metadata: { name, namespace: "default" }, spec: { ports: [{ port: 80 }] } });
const ingress = (className: string) => ({
  metadata: { name: "web", namespace: "default" },
  spec: { ingressClassName: className, defaultBackend: { service: { name: "web", port: { number: 80 } } } },
});
const from = (group: string, port: number) => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  securityGroups: [group],
});

describe("admission webhooks of the load balancer controller", () => {
  it("keeps every Service out when the control plane cannot reach the controller's pods", () => {
    const world = new World();
    world.ownNodeGroup([from("sg-cluster", 443)]);
    world.installController();
    assert.equal(
      refused("InternalError", () => world.create(SERVICE, service("web"))),
      "resource default/web was not successfully created by the Kubernetes API server: Internal error occurred: " +
        'failed calling webhook "mservice.elbv2.k8s.aws": failed to call webhook: ' +
        'Post "https://aws-load-balancer-webhook-service.kube-system.svc:443/mutate-v1-service?timeout=10s": context deadline exceeded ' +
        "(control plane to main, port 9443: no ingress rule of sg-nodes allows tcp/9443 from sg-cluster)",
    );
    world.ownNodeGroup([from("sg-cluster", 9443)]);
    assert.equal(world.create(SERVICE, service("web")).id, "default/web");
  });

  it("asks no webhook before the controller is there, nor after it is gone", () => {
    const world = new World();
    world.ownNodeGroup([]);
    assert.equal(world.create(SERVICE, service("first")).id, "default/first");
    world.installController();
    refused("InternalError", () => world.create(SERVICE, service("second")));
    world.delete("kubernetes:helm.sh/v3:Release", "kube-system/lbc");
    assert.equal(world.create(SERVICE, service("second")).id, "default/second");
  });

  it("lets Services through when the Service webhook is off, but still no Ingress", () => {
    const world = new World();
    world.ownNodeGroup([]);
    world.installController({ enableServiceMutatorWebhook: false });
    assert.equal(world.create(SERVICE, service("web")).id, "default/web");
    assert.match(
      refused("InternalError", () => world.create(INGRESS, ingress("alb"))),
      /failed calling webhook "vingress\.elbv2\.k8s\.aws": failed to call webhook: Post "https:\/\/aws-load-balancer-webhook-service\.kube-system\.svc:443\/validate-networking-v1-ingress\?timeout=10s": context deadline exceeded/,
    );
  });

  it("calls the port that the chart's values name", () => {
    const world = new World();
    world.ownNodeGroup([from("sg-cluster", 9443)]);
    world.installController({ webhookBindPort: 9500 });
    assert.match(
      refused("InternalError", () => world.create(SERVICE, service("web"))),
      /port 9500/,
    );
  });

  it("calls from every group of the control plane, the given ones too", () => {
    const world = new World({ vpcConfig: { securityGroupIds: ["sg-control"] } });
    world.group("sg-control", []);
    world.ownNodeGroup([from("sg-control", 9443)]);
    world.installController();
    assert.equal(world.create(SERVICE, service("web")).id, "default/web");
  });

  it("finds no endpoint when the nodes are gone", () => {
    const world = new World();
    world.installController();
    world.dropAws("aws:eks/nodeGroup:NodeGroup", "shop:main");
    assert.match(
      refused("InternalError", () => world.create(SERVICE, service("web"))),
      /no endpoints available for service "aws-load-balancer-webhook-service"$/,
    );
  });

  it("denies an Ingress of a class that does not exist", () => {
    const world = new World();
    world.installController();
    assert.match(
      refused("Forbidden", () => world.create(INGRESS, ingress("nginx"))),
      /admission webhook "vingress\.elbv2\.k8s\.aws" denied the request: invalid ingress class: IngressClass\.networking\.k8s\.io "nginx" not found$/,
    );
  });
});
