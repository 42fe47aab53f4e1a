import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Role } from "@pulumi/aws/iam/role";
import { Cluster } from "../../../components/aws/cluster";
import { ObjectStore } from "../../../components/aws/object-store";
import { policyDocument } from "../../../components/aws/policy-document";
import { Postgres } from "../../../components/aws/postgres";
import { SecurityGroups } from "../../../components/aws/security-groups";
import { only, policy } from "../../stacks/deployed";
import { deploy } from "../../support/in-process";
import { accountId, onNetwork, region } from "./ground";

describe("components of AWS, deployed", function () {
  this.timeout(60_000);

  it("Network: a NAT gateway per zone, or one that all share", async () => {
    const perZone = await onNetwork(() => undefined, { nat: "per-zone", zones: ["b", "c"] });
    assert.deepEqual(
      perZone
        .ofType("aws:ec2/natGateway:NatGateway")
        .map(({ name }) => name)
        .sort(),
      ["network-nat-b", "network-nat-c"],
    );
    const single = await onNetwork(() => undefined, { nat: "single", zones: ["b", "c"] });
    assert.deepEqual(
      single.ofType("aws:ec2/natGateway:NatGateway").map(({ name }) => name),
      ["network-nat-b"],
    );
    assert.equal(single.input("network-private-c-internet", "natGatewayId"), single.id("network-nat-b"));
  });

  it("Network: adding a zone changes nothing of the others", async () => {
    const [two, three] = await Promise.all([
      onNetwork(() => undefined, { zones: ["a", "b"] }),
      onNetwork(() => undefined, { zones: ["a", "b", "c"] }),
    ]);
    for (const { name, type, inputs } of two.run.resources) {
      if (type === "aws:ec2/subnet:Subnet") assert.equal(three.input(name, "cidrBlock"), inputs["cidrBlock"]);
    }
    assert.equal(three.run.resources.length - two.run.resources.length, 3 + 3 + 1 + 1);
  });

  it("Cluster: administrators get full rights by access entries", async () => {
    // Of another stack: a cluster's administrators come and go without it.
    const { cloud } = await deploy(
      () => {
        const trust = policyDocument([
          { Sid: "Nodes", Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        ]);
        const provider = new AwsProvider("aws", { region });
        new Role("admins", { name: "platform-admins", assumeRolePolicy: trust }, { provider });
      },
      { stack: "people" },
    );
    const arn = "arn:aws:iam::111122223333:role/platform-admins";
    const stack = await onNetwork(
      ({ account, aws, eks, key, network, protection }) => {
        const securityGroups = new SecurityGroups(
          "groups",
          { network, prefix: "test", needs: { podPorts: [], webhookPorts: [] } },
          { providers: { aws } },
        );
        new Cluster(
          "cluster",
          {
            account,
            clusterName: "test-eks",
            version: "1.35",
            supportType: "EXTENDED",
            endpoint: { private: true, publicCidrs: undefined },
            logs: ["audit"],
            admins: { platform: arn },
            network,
            securityGroups,
            secretsKeyArn: key.arn,
            logsKeyArn: key.arn,
            protection,
            transform: (cluster) => ({ ...cluster, clusterTags: { Name: "changed" } }),
          },
          { providers: { aws, eks } },
        );
      },
      { cloud },
    );
    assert.deepEqual(
      stack.ofType("aws:eks/accessEntry:AccessEntry").map(({ inputs }) => only(inputs, "principalArn", "type")),
      [{ principalArn: arn, type: "STANDARD" }],
    );
    assert.deepEqual(
      stack
        .ofType("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
        .map(({ inputs }) => only(inputs, "principalArn", "policyArn", "accessScope")),
      [
        {
          principalArn: arn,
          policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
          accessScope: { type: "cluster" },
        },
      ],
    );
    const cluster = stack.named("cluster-eks-eksCluster").inputs;
    assert.equal(cluster["roleArn"], stack.output("cluster-eks-eksRole-role", "arn"));
    assert.deepEqual(policy(stack.input("cluster-eks-eksRole-role", "assumeRolePolicy")).Statement, [
      {
        Sid: "AssumeByCluster",
        Effect: "Allow",
        Principal: { Service: "eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": `arn:aws:eks:${region}:${accountId}:cluster/test-eks` },
        },
      },
    ]);
    assert.equal(
      stack.input("cluster-eks-eksRole-4b490823", "policyArn"),
      "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    );
    assert.ok(stack.waitsFor("cluster-eks-eksCluster").has("cluster-eks-eksRole-4b490823"));
    // Both are those of the component before, so that no cluster is replaced for want of its role.
    for (const name of ["cluster-eks-eksRole-role", "cluster-eks-eksRole-4b490823"]) {
      const { type, aliases } = stack.named(name);
      const parent = aliases.map((alias) =>
        typeof alias === "string" ? alias : (alias["parentUrn"] ?? alias["parent"]),
      );
      assert.deepEqual(
        parent,
        [
          "urn:pulumi:test::platform::platform:aws:Cluster$eks:index:Cluster$eks:index:ServiceRole::cluster-eks-eksRole",
        ],
        type,
      );
    }
    assert.deepEqual(only(cluster, "version", "upgradePolicy", "tags", "deletionProtection"), {
      version: "1.35",
      upgradePolicy: { supportType: "EXTENDED" },
      tags: { Name: "changed" },
      deletionProtection: false,
    });
  });

  it("Postgres: without a replica uses every zone, and its arguments can be changed by transform", async () => {
    const stack = await onNetwork(({ account, aws, key, network, protection, random }) => {
      const groups = new SecurityGroups(
        "groups",
        { network, prefix: "test", needs: { podPorts: [], webhookPorts: [] } },
        { providers: { aws } },
      );
      new Postgres(
        "postgres",
        {
          account,
          prefix: "test",
          databaseName: "test",
          masterUser: "platform",
          engineVersion: "17",
          instanceClass: "db.t4g.micro",
          storage: { type: "gp3", sizeGiB: 20, maxGiB: 40 },
          availability: "standby",
          replicaZone: undefined,
          backupRetentionDays: 3,
          maxConnections: 50,
          monitoringIntervalSeconds: 15,
          network,
          securityGroupId: groups.ids.database,
          keyArn: key.arn,
          logsKeyArn: key.arn,
          backupCopy: undefined,
          protection,
          transform: (instance, role) => ({
            ...instance,
            backupWindow: role === "source" ? "01:00-02:00" : "05:00-06:00",
          }),
        },
        { providers: { aws, random } },
      );
    });
    assert.deepEqual(stack.input("postgres-source-subnets", "subnetIds"), [
      stack.id("network-database-a"),
      stack.id("network-database-b"),
    ]);
    assert.deepEqual(
      only(stack.named("postgres-source").inputs, "backupWindow", "monitoringInterval", "multiAz", "skipFinalSnapshot"),
      {
        backupWindow: "01:00-02:00",
        monitoringInterval: 15,
        multiAz: true,
        skipFinalSnapshot: false,
      },
    );
    assert.equal(stack.named("postgres-source").protect, false);
    assert.deepEqual(policy(stack.input("postgres-monitoring-role", "assumeRolePolicy")).Statement, [
      {
        Sid: "AssumeByService",
        Effect: "Allow",
        Principal: { Service: "monitoring.rds.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": `arn:aws:rds:${region}:${accountId}:db:test-postgres*` },
        },
      },
    ]);
    assert.deepEqual(
      stack.ofType("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => [inputs["name"], inputs["retentionInDays"]]),
      [
        ["/aws/rds/instance/test-postgres/postgresql", 30],
        ["/aws/rds/instance/test-postgres/upgrade", 30],
      ],
    );
  });

  it("ObjectStore: one life cycle rule per prefix", async () => {
    const stack = await onNetwork(({ aws, protection }) => {
      new ObjectStore(
        "objects",
        {
          bucketName: "test-objects-1",
          prefixes: ["only"],
          infrequentAccessAfterDays: 30,
          deleteAfterDays: 60,
          keepVersionsDays: 5,
          protection,
        },
        { providers: { aws } },
      );
    });
    assert.deepEqual(stack.input("objects-lifecycle", "rules.0"), {
      id: "only",
      status: "Enabled",
      filter: { prefix: "only/" },
      transitions: [{ days: 30, storageClass: "STANDARD_IA" }],
      expiration: { days: 60 },
      noncurrentVersionExpiration: { noncurrentDays: 5 },
    });
    assert.equal(stack.input("objects-bucket", "forceDestroy"), true);
  });
});
