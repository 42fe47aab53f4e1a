import assert from "node:assert/strict";
import { isProperties, type Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, at, network, refused, type Made } from "./support";
import { ACCESS_ENTRY, ADDON, cluster, CLUSTER, NODE_GROUP, nodeGroup, nodeRole, serviceRole } from "./eks-support";

const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";

function block(value: unknown): Properties {
  assert.ok(isProperties(value as Properties));
  return value as Properties;
}

/** Creates a cluster with these inputs on top of valid ones. */
function make(inputs: Properties): Made {
  const account = new Account();
  return cluster(account, network(account), inputs);
}

describe("AWS EKS cluster", () => {
  it("computes what the service computes, in its shapes", () => {
    const account = new Account();
    const net = network(account);
    const { id, outputs } = cluster(account, net, { name: "portfolio", version: "1.36" });
    assert.equal(id, "portfolio");
    assert.equal(outputs["arn"], "arn:aws:eks:us-east-1:111122223333:cluster/portfolio");
    const endpoint = /^https:\/\/([0-9A-F]{32})\.[a-z][0-9a-f]{2}\.us-east-1\.eks\.amazonaws\.com$/.exec(
      text(outputs["endpoint"]),
    );
    assert.ok(endpoint !== null, text(outputs["endpoint"]));
    const issuer = `https://oidc.eks.us-east-1.amazonaws.com/id/${text(endpoint[1])}`;
    assert.deepEqual(outputs["identities"], [{ oidcs: [{ issuer }] }]);
    const certificate = Buffer.from(text(block(outputs["certificateAuthority"])["data"]), "base64").toString();
    assert.equal(certificate, "offline: no certificate of cluster portfolio");
    assert.equal(outputs["version"], "1.36");
    assert.equal(outputs["status"], "ACTIVE");
    assert.equal(block(outputs["kubernetesNetworkConfig"])["serviceIpv4Cidr"], "172.20.0.0/16");
    assert.deepEqual(outputs["upgradePolicy"], { supportType: "EXTENDED" });
    const vpc = block(outputs["vpcConfig"]);
    assert.equal(vpc["vpcId"], net.vpc.id);
    assert.deepEqual(vpc["publicAccessCidrs"], ["0.0.0.0/0"]);
    assert.equal(vpc["endpointPublicAccess"], true);
    assert.equal(vpc["endpointPrivateAccess"], false);
  });

  it("gives two clusters two endpoints, and a cluster of a VPC outside 10/8 the range that does not overlap", () => {
    const account = new Account();
    const one = cluster(account, network(account), { name: "one" });
    const other = cluster(account, network(account, "172.31.0.0/16"), { name: "other" }, "other");
    assert.notEqual(one.outputs["endpoint"], other.outputs["endpoint"]);
    assert.equal(block(other.outputs["kubernetesNetworkConfig"])["serviceIpv4Cidr"], "10.100.0.0/16");
  });

  it("makes a security group of its own, which goes with the cluster", () => {
    const account = new Account();
    const net = network(account);
    const made = cluster(account, net, { name: "portfolio" });
    const group = text(block(made.outputs["vpcConfig"])["clusterSecurityGroupId"]);
    const stored = account.cloud.all().find(({ type, id }) => type === SECURITY_GROUP && id === group);
    assert.equal(stored?.urn, undefined);
    assert.equal(stored?.inputs["vpcId"], net.vpc.id);
    assert.equal(block(stored.inputs["tags"])["kubernetes.io/cluster/portfolio"], "owned");
    refused(() => {
      account.delete(net.vpc);
    }, "DependencyViolation");
    account.delete(made);
    assert.equal(account.has(SECURITY_GROUP, group), false);
  });

  for (const { what, inputs, code, words } of [
    {
      what: "a version that has left all support",
      inputs: { version: "1.30" },
      code: "InvalidParameterException",
      words: /unsupported Kubernetes version 1\.30$/,
    },
    {
      what: "a version that is still to come",
      inputs: { version: "1.37" },
      code: "InvalidParameterException",
      words: /unsupported Kubernetes version 1\.37$/,
    },
    {
      what: "a patch version",
      inputs: { version: "1.36.2" },
      code: "InvalidParameterException",
      words: /unsupported Kubernetes version/,
    },
    {
      what: "standard support of a version in extended support",
      inputs: { version: "1.33", upgradePolicy: { supportType: "STANDARD" } },
      code: "InvalidParameterException",
      words: /extended support/,
    },
    {
      what: "a role that does not exist",
      inputs: { roleArn: "arn:aws:iam::111122223333:role/none" },
      code: "InvalidParameterException",
      words: /role\/none, could not be assumed/,
    },
    {
      what: "a subnet that does not exist",
      inputs: { vpcConfig: { subnetIds: ["subnet-0", "subnet-1"] } },
      code: "InvalidParameterException",
      words: /The subnet ID 'subnet-0' does not exist/,
    },
    {
      what: "a key that does not exist",
      inputs: {
        encryptionConfig: { resources: ["secrets"], provider: { keyArn: "arn:aws:kms:us-east-1:111122223333:key/0" } },
      },
      code: "InvalidParameterException",
      words: /Invalid keyArn/,
    },
  ]) {
    it(`refuses ${what}`, () => {
      refused(() => make({ name: "c", ...inputs }), code, words);
    });
  }

  it("takes a version in extended support, and standard support of one in standard support", () => {
    assert.equal(make({ name: "old", version: "1.31" }).outputs["version"], "1.31");
    assert.equal(
      make({ name: "new", version: "1.34", upgradePolicy: { supportType: "STANDARD" } }).outputs["version"],
      "1.34",
    );
  });

  it("refuses subnets of one zone, of a zone without control planes, and of two networks", () => {
    const account = new Account();
    const { vpc, subnets } = network(account);
    const [a, b] = [at(subnets, 0).id, at(subnets, 1).id];
    const second = account.create("aws:ec2/subnet:Subnet", "a2", {
      vpcId: vpc.id,
      cidrBlock: "10.0.9.0/24",
      availabilityZone: "us-east-1a",
    });
    const net = { vpc, subnets };
    const of = (subnetIds: string[]) => () => cluster(account, net, { name: "c", vpcConfig: { subnetIds } });
    refused(of([a]), "InvalidParameterException", /at least two different AZs/);
    refused(of([a, second.id]), "InvalidParameterException", /at least two different AZs/);
    // use1-az3
    const closed = account.create("aws:ec2/subnet:Subnet", "e", {
      vpcId: vpc.id,
      cidrBlock: "10.0.8.0/24",
      availabilityZone: "us-east-1e",
    });
    refused(
      of([a, b, closed.id]),
      "UnsupportedAvailabilityZoneException",
      /us-east-1e, the targeted availability zone/,
    );
    const foreign = network(account, "10.9.0.0/16");
    refused(of([a, at(foreign.subnets, 1).id]), "InvalidParameterException", /same VPC/);
    assert.equal(of([a, b])().id, "c");
  });

  it("refuses a security group of another network, and one that does not exist", () => {
    const account = new Account();
    const net = network(account);
    const foreign = account.create(SECURITY_GROUP, "foreign", { vpcId: network(account, "10.9.0.0/16").vpc.id });
    const subnetIds = net.subnets.map(({ id }) => id);
    const of = (group: string) => () =>
      cluster(account, net, { name: "c", vpcConfig: { subnetIds, securityGroupIds: [group] } });
    refused(of(foreign.id), "InvalidParameterException", new RegExp(`\\[${foreign.id}\\] are not in the same VPC`));
    refused(of("sg-0"), "InvalidParameterException", /sg-0/);
    const own = account.create(SECURITY_GROUP, "own", { vpcId: net.vpc.id });
    assert.equal(of(own.id)().id, "c");
    refused(() => {
      account.delete(own);
    }, "DependencyViolation");
  });

  it("refuses a role that EKS may not assume", () => {
    const account = new Account();
    const net = network(account);
    const role = serviceRole(account, "other", "ec2.amazonaws.com");
    refused(
      () => cluster(account, net, { name: "c", roleArn: role.outputs["arn"] }),
      "InvalidParameterException",
      /trusted entity is not correct/,
    );
  });

  it("refuses a name in use in the region, and a name that is none", () => {
    const account = new Account();
    const net = network(account);
    cluster(account, net, { name: "portfolio" });
    refused(
      () => cluster(account, net, { name: "portfolio" }, "twin"),
      "ResourceInUseException",
      /Cluster already exists with name: portfolio/,
    );
    const reason = (inputs: Properties) =>
      Object.values(account.reasons(CLUSTER, { ...cluster.inputs(account, net), ...inputs })).join();
    assert.match(reason({ name: "-portfolio" }), /not a valid name/);
    assert.match(reason({ name: "x".repeat(101) }), /not a valid name/);
    assert.match(reason({ enabledClusterLogTypes: ["api", "kubelet"] }), /got kubelet/);
    assert.match(reason({ accessConfig: { authenticationMode: "IAM" } }), /got IAM/);
    assert.match(reason({ upgradePolicy: { supportType: "LONG" } }), /got LONG/);
    assert.equal(reason({ name: "portfolio_2", enabledClusterLogTypes: ["api", "scheduler"] }), "");
  });

  it("goes up one minor at a time and never down", () => {
    const made = (version: string) => {
      const account = new Account();
      return { account, made: cluster(account, network(account), { name: "c", version }) };
    };
    const step = (from: string, to: string) => {
      const { account, made: before } = made(from);
      return account.update(before, { version: to })["version"];
    };
    assert.equal(step("1.35", "1.36"), "1.36");
    refused(
      () => step("1.34", "1.36"),
      "InvalidParameterException",
      /Unsupported Kubernetes minor version update from 1\.34 to 1\.36/,
    );
    refused(
      () => step("1.36", "1.35"),
      "InvalidParameterException",
      /Unsupported Kubernetes minor version update from 1\.36 to 1\.35/,
    );
    refused(() => step("1.36", "1.37"), "InvalidParameterException", /unsupported Kubernetes version 1\.37/);
  });

  it("leaves no node group more than three minors behind", () => {
    const account = new Account();
    const made = cluster(account, network(account), { name: "c", version: "1.32" });
    nodeGroup(account, made, { nodeGroupName: "old" });
    let current = made;
    for (const version of ["1.33", "1.34", "1.35"]) {
      current = { ...current, outputs: account.update(current, { version }), inputs: { ...current.inputs, version } };
    }
    refused(
      () => account.update(current, { version: "1.36" }),
      "InvalidRequestException",
      /Nodegroups old must be updated/,
    );
  });

  it("changes the authentication mode one way only", () => {
    const change = (from: string, to: string) => {
      const account = new Account();
      const made = cluster(account, network(account), { name: "c", accessConfig: { authenticationMode: from } });
      return block(account.update(made, { accessConfig: { authenticationMode: to } })["accessConfig"])[
        "authenticationMode"
      ];
    };
    assert.equal(change("CONFIG_MAP", "API_AND_CONFIG_MAP"), "API_AND_CONFIG_MAP");
    assert.equal(change("API_AND_CONFIG_MAP", "API"), "API");
    refused(
      () => change("CONFIG_MAP", "API"),
      "InvalidParameterException",
      /Unsupported authentication mode update from CONFIG_MAP to API/,
    );
    refused(() => change("API", "API_AND_CONFIG_MAP"), "InvalidParameterException", /from API to API_AND_CONFIG_MAP/);
  });

  it("is kept by its deletion protection and its node groups, not by its add-ons and entries", () => {
    const account = new Account();
    const guarded = cluster(account, network(account), {
      name: "c",
      deletionProtection: true,
      accessConfig: { authenticationMode: "API" },
    });
    refused(
      () => {
        account.delete(guarded);
      },
      "InvalidRequestException",
      /deletion protection/,
    );
    const inputs = { ...guarded.inputs, deletionProtection: false };
    const open = { ...guarded, inputs, outputs: account.update(guarded, { deletionProtection: false }) };
    const group = nodeGroup(account, open, { nodeGroupName: "nodes" });
    account.create(ADDON, "cni", { clusterName: "c", addonName: "vpc-cni" });
    refused(
      () => {
        account.delete(open);
      },
      "ResourceInUseException",
      /Cluster has nodegroups attached/,
    );
    account.delete(group);
    account.delete(open);
    for (const type of [CLUSTER, NODE_GROUP, ADDON, ACCESS_ENTRY]) {
      assert.deepEqual(
        account.cloud.all().filter((each) => each.type === type),
        [],
        type,
      );
    }
  });
});

describe("AWS EKS node group", () => {
  function setUp(version = "1.36") {
    const account = new Account();
    const net = network(account);
    const owner = cluster(account, net, { name: "c", version, accessConfig: { authenticationMode: "API" } });
    return {
      account,
      net,
      owner,
      make: (inputs: Properties, name = "n") => nodeGroup(account, owner, { nodeGroupName: name, ...inputs }, name),
    };
  }

  it("computes what the service computes, and lets its nodes in", () => {
    const { account, make } = setUp();
    const { id, inputs, outputs } = make({});
    assert.equal(id, "c:n");
    assert.match(text(outputs["arn"]), /^arn:aws:eks:us-east-1:111122223333:nodegroup\/c\/n\/[0-9a-f-]{36}$/);
    assert.equal(outputs["amiType"], "AL2023_x86_64_STANDARD");
    assert.deepEqual(outputs["instanceTypes"], ["t3.medium"]);
    assert.equal(outputs["diskSize"], 20);
    assert.equal(outputs["capacityType"], "ON_DEMAND");
    assert.equal(outputs["version"], "1.36");
    const entry = `c:${text(inputs["nodeRoleArn"])}`;
    assert.ok(account.has(ACCESS_ENTRY, entry));
  });

  for (const { what, inputs, words } of [
    {
      what: "fewer nodes than the least",
      inputs: { scalingConfig: { minSize: 3, desiredSize: 2, maxSize: 4 } },
      words: /Minimum capacity 3 can't be greater than desired size 2/,
    },
    {
      what: "more nodes than the most",
      inputs: { scalingConfig: { minSize: 1, desiredSize: 5, maxSize: 4 } },
      words: /can't be greater than max size 4/,
    },
    {
      what: "Amazon Linux 2 on a version that has none",
      inputs: { amiType: "AL2_x86_64" },
      words: /AMI Type AL2_x86_64 is only supported for kubernetes versions 1\.32 or earlier/,
    },
    {
      what: "an instance type that does not exist",
      inputs: { instanceTypes: ["t3.mediumm"] },
      words: /do not exist: \[t3\.mediumm\]/,
    },
    {
      what: "an instance type of another architecture",
      inputs: { instanceTypes: ["m7g.large"] },
      words: /\[m7g\.large\] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD/,
    },
    { what: "a version other than the cluster's", inputs: { version: "1.35" }, words: /1\.35/ },
    {
      what: "a role that does not exist",
      inputs: { nodeRoleArn: "arn:aws:iam::111122223333:role/none" },
      words: /role\/none/,
    },
    {
      what: "a launch template that does not exist",
      inputs: { launchTemplate: { id: "lt-0", version: "1" } },
      words: /lt-0/,
    },
    { what: "a subnet that does not exist", inputs: { subnetIds: ["subnet-0"] }, words: /subnet-0/ },
  ]) {
    it(`refuses ${what}`, () => {
      refused(() => setUp().make(inputs), "InvalidParameterException", words);
    });
  }

  it("takes Amazon Linux 2 where there still is one, and Graviton with its own image", () => {
    assert.equal(setUp("1.32").make({ amiType: "AL2_x86_64" }).outputs["amiType"], "AL2_x86_64");
    assert.equal(
      setUp().make({ amiType: "AL2023_ARM_64_STANDARD", instanceTypes: ["m7g.large", "t4g.medium"] }).id,
      "c:n",
    );
  });

  it("refuses a cluster that does not exist, a name in use and a role that EC2 may not assume", () => {
    const { account, make } = setUp();
    make({});
    refused(() => make({ clusterName: "none" }, "m"), "ResourceNotFoundException", /No cluster found for name: none\./);
    refused(
      () => make({ nodeGroupName: "n" }, "m"),
      "ResourceInUseException",
      /NodeGroup already exists with name n and cluster name c/,
    );
    const other = serviceRole(account, "other", "lambda.amazonaws.com");
    refused(
      () => make({ nodeRoleArn: other.outputs["arn"] }, "m"),
      "InvalidParameterException",
      /\[ec2\.amazonaws\.com\] were not found/,
    );
  });

  it("refuses a disk size and instance types beside those of a launch template", () => {
    const { account, make } = setUp();
    const template = account.create("aws:ec2/launchTemplate:LaunchTemplate", "t", { instanceType: "m5.large" });
    const launchTemplate = { id: template.id, version: "1" };
    refused(
      () => make({ launchTemplate, diskSize: 30 }),
      "InvalidParameterException",
      /Disk size must be specified within the launch template\./,
    );
    refused(
      () => make({ launchTemplate, instanceTypes: ["m5.large"] }),
      "InvalidParameterException",
      /in launch template and API request/,
    );
    assert.deepEqual(make({ launchTemplate }).outputs["instanceTypes"], []);
    refused(() => {
      account.delete(template);
    }, "DependencyViolation");
  });

  it("refuses a subnet outside the cluster's network", () => {
    const { account, make } = setUp();
    const foreign = at(network(account, "10.9.0.0/16").subnets, 0).id;
    refused(() => make({ subnetIds: [foreign] }), "InvalidParameterException", new RegExp(foreign));
  });

  it("says before anything is created what no value can be", () => {
    const { account, owner } = setUp();
    const reason = (inputs: Properties) =>
      Object.values(
        account.reasons(NODE_GROUP, { ...nodeGroup.inputs(account, owner), nodeGroupName: "n", ...inputs }),
      ).join();
    assert.match(reason({ amiType: "AL2024" }), /got AL2024/);
    assert.match(reason({ capacityType: "CHEAP" }), /got CHEAP/);
    assert.match(reason({ scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 0 } }), /maxSize to be at least \(1\)/);
    assert.match(
      reason({ scalingConfig: { minSize: -1, desiredSize: 0, maxSize: 1 } }),
      /minSize to be at least \(0\)/,
    );
    assert.match(reason({ taints: [{ key: "a", effect: "NoSchedule" }] }), /got NoSchedule/);
    assert.match(reason({ updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 10 } }), /only one of/);
    assert.match(reason({ nodeGroupName: "x".repeat(64) }), /not a valid name/);
    assert.equal(reason({ scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 1 } }), "");
  });

  it("follows the cluster's version up, not past it and not back", () => {
    const { account, owner, make } = setUp("1.35");
    const group = make({});
    refused(() => account.update(group, { version: "1.36" }), "InvalidParameterException", /1\.36/);
    account.update(owner, { version: "1.36" });
    assert.equal(account.update(group, { version: "1.36" })["version"], "1.36");
    refused(() => account.update(group, { version: "1.35" }), "InvalidParameterException", /1\.35/);
  });

  it("takes at most thirty to a cluster", () => {
    const { make } = setUp();
    for (let index = 0; index < 30; index += 1) make({}, `n${String(index)}`);
    refused(() => make({}, "more"), "ResourceLimitExceededException");
  });

  it("takes its access entry along unless another group or the program needs it", () => {
    const { account, make } = setUp();
    const role = nodeRole(account, "shared").outputs["arn"];
    const [one, two] = [make({ nodeRoleArn: role }, "one"), make({ nodeRoleArn: role }, "two")];
    const entry = `c:${text(role)}`;
    account.delete(one);
    assert.ok(account.has(ACCESS_ENTRY, entry));
    account.delete(two);
    assert.equal(account.has(ACCESS_ENTRY, entry), false);
  });

  it("runs pods on Fargate with a role that Fargate may assume", () => {
    const { account, owner } = setUp();
    const FARGATE = "aws:eks/fargateProfile:FargateProfile";
    const inputs = (role: Made) => ({
      clusterName: owner.id,
      fargateProfileName: "pods",
      podExecutionRoleArn: role.outputs["arn"],
      selectors: [{ namespace: "default" }],
    });
    refused(
      () => account.create(FARGATE, "f", inputs(nodeRole(account, "nodes"))),
      "InvalidParameterException",
      /Misconfigured PodExecutionRole Trust Policy/,
    );
    const role = serviceRole(account, "pods", "eks-fargate-pods.amazonaws.com");
    assert.equal(account.create(FARGATE, "f", inputs(role)).id, "c:pods");
    refused(() => {
      account.delete(owner);
    }, "ResourceInUseException");
  });
});
