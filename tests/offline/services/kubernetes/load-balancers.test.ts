import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/kubernetes/fields";
import { AWS, deployment, LOAD_BALANCER, partial, refused, RELEASE, urn, World } from "./support";
import { ControlPlane } from "../../../../offline/cloud/control-plane";
import { awsPackage } from "../../../../offline/services/aws";

const SERVICE = "kubernetes:core/v1:Service";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const ALB = "alb.ingress.kubernetes.io";

const from = (group: string, first: number, last = first) => ({
  protocol: "tcp",
  fromPort: first,
  toPort: last,
  securityGroups: [group],
});

function backend(name: string, port: number, rest: Properties = {}): Properties {
  return {
    metadata: { name, namespace: "default" },
    spec: { selector: { app: name }, ports: [{ port, targetPort: port }], ...rest },
  };
}

function ingress(
  annotations: Readonly<Record<string, string>> = {},
  paths: readonly Properties[] = [path("/", "web", 80)],
): Properties {
  return {
    metadata: {
      name: "shop",
      namespace: "default",
      annotations: { [`${ALB}/scheme`]: "internet-facing", [`${ALB}/target-type`]: "ip", ...annotations },
    },
    spec: { ingressClassName: "alb", rules: [{ http: { paths } }] },
  };
}

function path(route: string, service: string, port: number): Properties {
  return { path: route, pathType: "Prefix", backend: { service: { name: service, port: { number: port } } } };
}

function balanced(annotations: Readonly<Record<string, string>> = {}): Properties {
  return {
    metadata: {
      name: "front",
      namespace: "default",
      annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing", ...annotations },
    },
    spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80, targetPort: 80 }] },
  };
}

function installed(): World {
  const world = new World();
  world.installController();
  world.create(SERVICE, backend("web", 80), "web");
  world.create(SERVICE, backend("api", 5000), "api");
  return world;
}

describe("load balancers of an Ingress", () => {
  it("[DP-K8S-06] makes one in the public subnets, with groups of its own, and tells its name", () => {
    const world = installed();
    const paths = [path("/", "web", 80), path("/api", "api", 5000)];
    const { outputs } = world.create(INGRESS, ingress({}, paths));
    const [balancer, ...others] = world.list(LOAD_BALANCER);
    assert.deepEqual(others, []);
    assert.ok(balancer);
    assert.deepEqual(balancer.scope, AWS);
    assert.deepEqual(balancer.inputs["subnets"], ["subnet-a", "subnet-b"]);
    assert.equal(balancer.inputs["loadBalancerType"], "application");
    assert.equal(balancer.inputs["internal"], false);
    assert.equal(balancer.outputs["vpcId"], "vpc-1");
    assert.match(
      balancer.id,
      /^arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer\/app\/k8s-default-shop-[0-9a-f]{10}\/[0-9a-f]{16}$/,
    );
    const hostname = text(balancer.outputs["dnsName"]);
    assert.match(hostname ?? "", /^k8s-default-shop-[0-9a-f]{10}-\d+\.us-west-2\.elb\.amazonaws\.com$/);
    assert.deepEqual(outputs["status"], { loadBalancer: { ingress: [{ hostname }] } });
    assert.deepEqual((outputs["metadata"] as Properties)["finalizers"], ["ingress.k8s.aws/resources"]);
    const groups = balancer.inputs["securityGroups"] as string[];
    assert.equal(groups.length, 2);
    for (const group of groups) assert.equal(world.get(GROUP, group)?.inputs["vpcId"], "vpc-1");
    const opened = world
      .list(RULE)
      .map(({ inputs }) => [inputs["securityGroupId"], inputs["referencedSecurityGroupId"], inputs["fromPort"]]);
    assert.deepEqual(
      opened.sort(),
      [
        ["sg-cluster", groups[1], 5000],
        ["sg-cluster", groups[1], 80],
      ].sort(),
    );
  });

  it("keeps an internal one to the internal subnets", () => {
    const world = installed();
    world.create(INGRESS, ingress({ [`${ALB}/scheme`]: "internal" }));
    const [balancer] = world.list(LOAD_BALANCER);
    assert.deepEqual(balancer?.inputs["subnets"], ["subnet-c", "subnet-d"]);
    assert.match(text(balancer.outputs["dnsName"]) ?? "", /^internal-k8s-default-shop-/);
  });

  it("removes all of it with the Ingress", () => {
    const world = installed();
    world.create(INGRESS, ingress());
    world.delete(INGRESS, "default/shop");
    assert.deepEqual(world.list(LOAD_BALANCER), []);
    assert.deepEqual(world.list(RULE), []);
    assert.deepEqual(
      world.list(GROUP).map(({ id }) => id),
      ["sg-cluster"],
    );
  });

  it("leaves it behind when the controller or its nodes went first: the Ingress hangs in deletion", () => {
    const gone: ((world: World) => void)[] = [
      (world) => {
        world.delete(RELEASE, "kube-system/lbc");
      },
      (world) => {
        world.dropAws("aws:eks/nodeGroup:NodeGroup", "shop:main");
      },
    ];
    for (const remove of gone) {
      const world = installed();
      world.create(INGRESS, ingress());
      remove(world);
      assert.equal(
        refused("DeletionTimeout", () => {
          world.delete(INGRESS, "default/shop");
        }),
        "resource \"default/shop\" was not deleted: 'shop' timed out waiting to be Ready; finalizers might be preventing deletion " +
          "(ingress.k8s.aws/resources): aws-load-balancer-controller, which removes the load balancer and then the finalizer, is not running",
      );
      assert.equal(world.list(LOAD_BALANCER).length, 1);
      assert.ok(world.get(INGRESS, "default/shop"));
    }
  });

  it("keeps its subnets and groups from being deleted as long as it is there", () => {
    const world = installed();
    world.create(INGRESS, ingress());
    const aws = new ControlPlane(world.cloud, awsPackage({ schema: () => undefined, version: "7.48.0" }));
    const session = { scope: AWS, config: {} };
    const [made] = world.list(LOAD_BALANCER)[0]?.inputs["securityGroups"] as string[];
    const remove = (type: string, id: string) => {
      aws.delete({ urn: urn(type, id), type, id, inputs: {}, session });
    };
    for (const [type, id] of [
      ["aws:ec2/subnet:Subnet", "subnet-a"],
      [GROUP, made ?? ""],
    ] as const) {
      assert.match(
        refused("DependencyViolation", () => {
          remove(type, id);
        }),
        new RegExp(`${LOAD_BALANCER} arn:aws:elasticloadbalancing:`),
      );
    }
    world.delete(INGRESS, "default/shop");
    remove("aws:ec2/subnet:Subnet", "subnet-a");
    assert.equal(world.get("aws:ec2/subnet:Subnet", "subnet-a"), undefined);
  });

  it("holds up the deletion of its namespace likewise", () => {
    const world = new World();
    const namespace = "kubernetes:core/v1:Namespace";
    world.installController();
    world.create(namespace, { metadata: { name: "shop" } });
    const inShop = (object: Properties): Properties => ({
      ...object,
      metadata: { ...(object["metadata"] as Properties), namespace: "shop" },
    });
    world.create(SERVICE, inShop(backend("web", 80)), "web");
    world.create(INGRESS, inShop(ingress()));
    const controller = world.get(RELEASE, "kube-system/lbc");
    assert.ok(controller);
    world.cloud.commit({ remove: [`${controller.scope.account}||${RELEASE}|kube-system/lbc`] });
    refused("DeletionTimeout", () => {
      world.delete(namespace, "shop");
    });
    world.cloud.commit({ put: [controller] });
    world.delete(namespace, "shop");
    assert.deepEqual(world.list(LOAD_BALANCER), []);
    assert.deepEqual(world.list(INGRESS), []);
  });

  it("moves with its scheme, and stays as it is while nobody attends to it", () => {
    const world = installed();
    const before = ingress();
    world.create(INGRESS, before);
    const after = ingress({ [`${ALB}/scheme`]: "internal" });
    world.update(INGRESS, "default/shop", before, after);
    const [balancer, ...others] = world.list(LOAD_BALANCER);
    assert.deepEqual([balancer?.inputs["internal"], others], [true, []]);
    world.delete(RELEASE, "kube-system/lbc");
    const { status, metadata } = world.update(INGRESS, "default/shop", after, before);
    assert.deepEqual(status, { loadBalancer: { ingress: [{ hostname: balancer?.outputs["dnsName"] }] } });
    assert.deepEqual((metadata as Properties)["finalizers"], ["ingress.k8s.aws/resources"]);
    assert.deepEqual(world.list(LOAD_BALANCER), [balancer]);
  });

  it("shares one among the Ingresses of a group until the last of them goes", () => {
    const world = installed();
    const grouped = (name: string): Properties => {
      const object = ingress({ [`${ALB}/group.name`]: "all" });
      return { ...object, metadata: { ...(object["metadata"] as Properties), name } };
    };
    world.create(INGRESS, grouped("one"), "one");
    world.create(INGRESS, grouped("two"), "two");
    assert.equal(world.list(LOAD_BALANCER).length, 1);
    world.delete(INGRESS, "default/one");
    assert.equal(world.list(LOAD_BALANCER).length, 1);
    world.delete(INGRESS, "default/two");
    assert.equal(world.list(LOAD_BALANCER).length, 0);
  });

  it("finds no subnet without role tags and routes, and says so on the Ingress", () => {
    const world = installed();
    world.subnet("subnet-a", "us-west-2a", {});
    world.subnet("subnet-b", "us-west-2b", {});
    const reasons = partial(() => world.create(INGRESS, ingress()));
    assert.deepEqual(reasons.slice(1), [
      "Ingress .status.loadBalancer field was not updated with a hostname/IP address. \n    for more information about this error, see https://pulumi.io/xdv72s",
      "[FailedBuildModel] Failed build model due to couldn't auto-discover subnets: unable to resolve at least one subnet. " +
        "Evaluated 0 subnets: 0 are tagged for other clusters, and 0 have insufficient available IP addresses",
    ]);
    assert.deepEqual(world.list(LOAD_BALANCER), []);
    assert.deepEqual(world.get(INGRESS, "default/shop")?.outputs["status"], { loadBalancer: {} });
  });

  it("falls back to subnets with a route to an internet gateway from version 2.12.1 of the controller on", () => {
    const untagged = (version: string) => {
      const world = new World();
      world.installController({}, { version });
      world.create(SERVICE, backend("web", 80), "web");
      for (const [id, zone] of [
        ["subnet-a", "us-west-2a"],
        ["subnet-b", "us-west-2b"],
      ] as const) {
        world.subnet(id, zone, {});
        world.aws({
          type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
          id: `assoc-${id}`,
          inputs: { subnetId: id, routeTableId: "rtb-1" },
        });
      }
      world.aws({
        type: "aws:ec2/route:Route",
        id: "r-1",
        inputs: { routeTableId: "rtb-1", gatewayId: "igw-1", destinationCidrBlock: "0.0.0.0/0" },
      });
      return world;
    };
    const now = untagged("3.5.0");
    now.create(INGRESS, ingress());
    assert.deepEqual(now.list(LOAD_BALANCER)[0]?.inputs["subnets"], ["subnet-a", "subnet-b"]);
    const old = untagged("1.11.0");
    assert.match(
      partial(() => old.create(INGRESS, ingress())).at(-1) ?? "",
      /\(0 match VPC and tags: \[kubernetes\.io\/role\/elb\]\)$/,
    );
  });

  it("needs two zones, and no subnet of another cluster", () => {
    const one = installed();
    one.subnet("subnet-b", "us-west-2a", { "kubernetes.io/role/elb": "1" });
    assert.match(
      partial(() => one.create(INGRESS, ingress())).at(-1) ?? "",
      /subnets count less than minimal required count: 1 < 2$/,
    );
    const foreign = installed();
    foreign.subnet("subnet-b", "us-west-2b", {
      "kubernetes.io/role/elb": "1",
      "kubernetes.io/cluster/other": "shared",
    });
    assert.match(partial(() => foreign.create(INGRESS, ingress())).at(-1) ?? "", /minimal required count: 1 < 2$/);
    const own = installed();
    own.subnet("subnet-b", "us-west-2b", { "kubernetes.io/role/elb": "1", "kubernetes.io/cluster/shop": "shared" });
    assert.equal(own.create(INGRESS, ingress()).id, "default/shop");
  });

  it("[DP-SG-01] reports targets that the given security group does not reach, and passes when a rule lets it through", () => {
    const world = installed();
    world.group("sg-alb", [], [{ protocol: "tcp", fromPort: 30000, toPort: 32767, securityGroups: ["sg-nodes"] }]);
    world.ownNodeGroup([from("sg-cluster", 9443), from("sg-alb", 80)]);
    const given = ingress({ [`${ALB}/security-groups`]: "sg-alb" });
    assert.deepEqual(partial(() => world.create(INGRESS, given)).slice(1), [
      "targets of service default/web on port 80 are unhealthy (Target.Timeout): load balancer sg-alb to node group main sg-nodes: " +
        "no egress rule of sg-alb allows tcp/80 to sg-nodes",
    ]);
    assert.deepEqual(world.list(LOAD_BALANCER)[0]?.inputs["securityGroups"], ["sg-alb"]);
    world.delete(INGRESS, "default/shop");
    world.group("sg-alb", [], [from("sg-nodes", 80)]);
    world.ownNodeGroup([from("sg-cluster", 9443)]);
    assert.match(
      partial(() => world.create(INGRESS, given)).at(-1) ?? "",
      /no ingress rule of sg-nodes allows tcp\/80 from sg-alb$/,
    );
    world.delete(INGRESS, "default/shop");
    world.ownNodeGroup([from("sg-cluster", 9443), from("sg-alb", 80)]);
    assert.equal(world.create(INGRESS, given).id, "default/shop");
  });

  it("calls nodes on the node port where the targets are instances", () => {
    const world = installed();
    world.group("sg-alb", [], [from("sg-nodes", 30080)]);
    world.ownNodeGroup([from("sg-cluster", 9443), from("sg-alb", 30080)]);
    const given = ingress({ [`${ALB}/security-groups`]: "sg-alb", [`${ALB}/target-type`]: "instance" });
    assert.match(
      partial(() => world.create(INGRESS, given)).at(-1) ?? "",
      /TargetGroup port is empty\. When using Instance targets, your service must be of type 'NodePort' or 'LoadBalancer'$/,
    );
    world.delete(INGRESS, "default/shop");
    world.delete(SERVICE, "default/web");
    world.create(SERVICE, backend("web", 80, { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] }), "web");
    assert.equal(world.create(INGRESS, given).id, "default/shop");
  });

  it("looks a named target port up in the pods that the Service selects, in its own namespace", () => {
    const world = new World();
    world.group("sg-alb", [], [from("sg-nodes", 8080)]);
    world.ownNodeGroup([from("sg-cluster", 9443), from("sg-alb", 8080)]);
    world.installController();
    const pods = (namespace: string, name: string, containerPort: number): Properties => ({
      ...deployment("web", { containers: [{ name: "main", image: "x", ports: [{ name: "http", containerPort }] }] }),
      metadata: { name, namespace },
    });
    world.create(DEPLOYMENT, pods("kube-public", "other", 9090), "other");
    world.create(DEPLOYMENT, pods("default", "web", 8080), "web");
    world.create(SERVICE, backend("web", 80, { ports: [{ port: 80, targetPort: "http" }] }), "web");
    assert.equal(world.create(INGRESS, ingress({ [`${ALB}/security-groups`]: "sg-alb" })).id, "default/shop");
  });

  it("listens on 443 with a certificate, on 80 without, and serves the default backend", () => {
    for (const [annotations, port] of [
      [{}, 80],
      [{ [`${ALB}/certificate-arn`]: "arn:aws:acm:us-west-2:1:certificate/c" }, 443],
    ] as const) {
      const world = installed();
      const object = ingress(annotations);
      const { backend: fallback } = path("/", "none", 80);
      assert.match(
        partial(() =>
          world.create(INGRESS, { ...object, spec: { ingressClassName: "alb", defaultBackend: fallback } }),
        ).at(-1) ?? "",
        /^No matching service found for ingress rule: "" \(default path\) -> "none"/,
      );
      const [first] = world.list(LOAD_BALANCER)[0]?.inputs["securityGroups"] as string[];
      const ingressRules = world.get(GROUP, first ?? "")?.inputs["ingress"] as Properties[];
      assert.deepEqual(
        ingressRules.map(({ fromPort, toPort }) => [fromPort, toPort]),
        [[port, port]],
      );
    }
  });

  it("must know into which of several groups of a node it is to let itself", () => {
    const two = (tags: Readonly<Record<string, string>>) => {
      const world = installed();
      world.ownNodeGroup([from("sg-cluster", 9443)], tags);
      world.group("sg-extra", []);
      world.aws({
        type: "aws:ec2/launchTemplate:LaunchTemplate",
        id: "lt-1",
        inputs: { vpcSecurityGroupIds: ["sg-nodes", "sg-extra"] },
      });
      return world;
    };
    assert.match(
      partial(() => two({}).create(INGRESS, ingress())).at(-1) ?? "",
      /expected exactly one securityGroup tagged with kubernetes\.io\/cluster\/shop for the network interfaces of main, got: \[\] \(clusterName: shop\)$/,
    );
    assert.equal(two({ "kubernetes.io/cluster/shop": "owned" }).create(INGRESS, ingress()).id, "default/shop");
  });

  it("reports a backend that does not exist, and a port that its Service does not have", () => {
    const world = installed();
    const reasons = partial(() => world.create(INGRESS, ingress({}, [path("/", "none", 80)])));
    assert.equal(
      reasons.at(-1),
      'No matching service found for ingress rule: "/" -> "none": services "none" not found; make the Ingress depend on it',
    );
    world.delete(INGRESS, "default/shop");
    assert.match(
      partial(() => world.create(INGRESS, ingress({}, [path("/", "web", 81)]))).at(-1) ?? "",
      /^\[FailedBuildModel\] Failed build model due to unable to find port 81 on service default\/web$/,
    );
  });

  it("gets no address from nobody", () => {
    const world = new World();
    world.create(SERVICE, backend("web", 80), "web");
    assert.equal(partial(() => world.create(INGRESS, ingress())).at(-1), 'no controller acts on ingress class "alb"');
    assert.deepEqual(world.list(LOAD_BALANCER), []);
  });

  it("reports a security group that does not exist", () => {
    const world = installed();
    const given = ingress({ [`${ALB}/security-groups`]: "sg-none" });
    assert.match(
      partial(() => world.create(INGRESS, given)).at(-1) ?? "",
      /couldn't find all security groups: \[sg-none\] not found in vpc-1$/,
    );
  });
});

describe("load balancers of a Service", () => {
  it("[DP-K8S-05] makes a network one in the public subnets by the controller, and removes it", () => {
    const world = installed();
    const { outputs } = world.create(SERVICE, balanced());
    const [balancer] = world.list(LOAD_BALANCER);
    assert.equal(balancer?.inputs["loadBalancerType"], "network");
    assert.deepEqual(balancer.inputs["subnets"], ["subnet-a", "subnet-b"]);
    assert.match(
      text(balancer.outputs["dnsName"]) ?? "",
      /^k8s-default-front-[0-9a-f]{10}-[0-9a-f]{16}\.elb\.us-west-2\.amazonaws\.com$/,
    );
    assert.deepEqual(outputs["status"], { loadBalancer: { ingress: [{ hostname: balancer.outputs["dnsName"] }] } });
    world.delete(SERVICE, "default/front");
    assert.deepEqual(world.list(LOAD_BALANCER), []);
  });

  it("stays behind without the controller", () => {
    const world = installed();
    world.create(SERVICE, balanced());
    world.delete(RELEASE, "kube-system/lbc");
    assert.match(
      refused("DeletionTimeout", () => {
        world.delete(SERVICE, "default/front");
      }),
      /finalizers might be preventing deletion \(service\.k8s\.aws\/resources\)/,
    );
    assert.equal(world.list(LOAD_BALANCER).length, 1);
  });

  it("makes a classic one without the controller, which the control plane removes even without nodes", () => {
    const world = new World();
    world.create(SERVICE, balanced());
    const [balancer] = world.list(LOAD_BALANCER);
    assert.equal(balancer?.inputs["loadBalancerType"], "classic");
    assert.equal(balancer.inputs["internal"], false);
    world.dropAws("aws:eks/nodeGroup:NodeGroup", "shop:main");
    world.delete(SERVICE, "default/front");
    assert.deepEqual(world.list(LOAD_BALANCER), []);
  });

  it("goes when the Service becomes another type, and comes when it becomes this one", () => {
    const world = installed();
    const before = balanced();
    world.create(SERVICE, before);
    const after = { ...before, spec: { ...(before["spec"] as Properties), type: "ClusterIP" } };
    const outputs = world.update(SERVICE, "default/front", before, after);
    assert.deepEqual(world.list(LOAD_BALANCER), []);
    assert.deepEqual(outputs["status"], { loadBalancer: {} });
    assert.equal((outputs["metadata"] as Properties)["finalizers"], undefined);
    world.update(SERVICE, "default/front", after, before);
    assert.equal(world.list(LOAD_BALANCER).length, 1);
  });

  it("reports subnets that it does not find", () => {
    const world = installed();
    world.subnet("subnet-a", "us-west-2a", {});
    world.subnet("subnet-b", "us-west-2b", {});
    const reasons = partial(() => world.create(SERVICE, balanced()));
    assert.equal(reasons[1], "Service was not allocated an IP address; does your cloud provider support this?");
    assert.match(reasons[2] ?? "", /^\[FailedBuildModel\] Failed build model due to couldn't auto-discover subnets/);
  });
});
