import assert from "node:assert/strict";
import type { Replacement } from "../../../offline/cloud/package";
import { replaces } from "../../../offline/cloud/diff";
import { Unknown } from "../../../offline/cloud/value";
import type { ObjectSchema, PropertySchema } from "../../../offline/schema/schema";
import { durationOf, durationTokens } from "../../../offline/services/aws/durations";
import { changedPresence } from "../../../offline/cloud/diff";
import { awsReplacement, awsReplacementTokens } from "../../../offline/services/aws/replacements";
import { KUBERNETES_REPLACEMENTS, kubernetesReplacement } from "../../../offline/services/kubernetes/replacements";
import { openSource, removeFolders } from "../schema/sdk";

const source = openSource();

/** Whether a path of a row leads to a property; `[*]` must stand exactly where a list is. */
function leadsTo(object: ObjectSchema, path: string): boolean {
  let schema: PropertySchema = { kind: "object", object };
  for (const step of path.match(/\[\*\]|[^.[\]]+/g) ?? []) {
    const next: PropertySchema | undefined =
      step === "[*]"
        ? schema.kind === "list"
          ? schema.items
          : undefined
        : schema.kind === "object"
          ? schema.object.properties[step]?.schema
          : undefined;
    if (next === undefined) return false;
    schema = next;
  }
  return true;
}

function pathsOf(row: Replacement): readonly string[] {
  const listed = row.replaces === "*" ? [] : row.replaces;
  return [...listed, ...(row.except ?? []), ...(row.presence ?? []), ...(row.conditional ?? [])];
}

function aws(token: string): Replacement {
  const row = awsReplacement(token);
  assert.ok(row, token);
  return row;
}

/** Which of the changed paths replace. */
function replacing(row: Replacement, ...paths: readonly string[]): readonly string[] {
  return paths.filter((path) => replaces(row, { path, kind: "update" }));
}

describe("offline/services/aws/replacements", () => {
  after(removeFolders);

  it("has 503 rows, each of a class of the installed SDK, each path an input of it", () => {
    const tokens = awsReplacementTokens();
    assert.equal(tokens.length, 503);
    const wrong = tokens.flatMap((token) => {
      const inputs = source.resource(token)?.inputs;
      if (inputs === undefined) return [token];
      // The common rule on `region` holds only where there is such an input.
      const paths = pathsOf(aws(token)).filter((path) => path !== "region");
      return paths.filter((path) => !leadsTo(inputs, path)).map((path) => `${token} ${path}`);
    });
    assert.deepEqual(wrong, []);
  });

  it("says of the types that everything is built on what the upstream schema says", () => {
    assert.deepEqual(aws("aws:ec2/subnet:Subnet"), {
      replaces: [
        "availabilityZone",
        "availabilityZoneId",
        "cidrBlock",
        "ipv4IpamPoolId",
        "ipv4NetmaskLength",
        "ipv6IpamPoolId",
        "ipv6Native",
        "ipv6NetmaskLength",
        "outpostArn",
        "vpcId",
        "region",
      ],
      conditional: ["ipv6CidrBlock"],
    });
    assert.deepEqual(aws("aws:ec2/internetGateway:InternetGateway"), { replaces: ["region"] });
    assert.deepEqual(aws("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"), {
      replaces: ["securityGroupId", "region"],
      framework: true,
    });
    assert.deepEqual(aws("aws:ec2/networkAclRule:NetworkAclRule"), { replaces: "*", except: [] });
    assert.deepEqual(aws("aws:ec2/flowLog:FlowLog"), { replaces: "*", except: ["tags"] });
  });

  it("replaces on what a row lists, inside blocks too, and on nothing else", () => {
    const cluster = aws("aws:eks/cluster:Cluster");
    assert.deepEqual(
      replacing(cluster, "kubernetesNetworkConfig.serviceIpv4Cidr", "version", "vpcConfig.subnetIds[0]", "roleArn"),
      ["kubernetesNetworkConfig.serviceIpv4Cidr", "roleArn"],
    );
    const instance = aws("aws:ec2/instance:Instance");
    assert.deepEqual(
      replacing(instance, "ebsBlockDevices[1].volumeSize", "ebsBlockDevices[1].tags.a", "enclaveOptions.enabled"),
      ["ebsBlockDevices[1].volumeSize", "enclaveOptions.enabled"],
    );
    assert.deepEqual(replacing(aws("aws:ec2/flowLog:FlowLog"), "tags.a", "trafficType"), ["trafficType"]);
    assert.deepEqual(replacing(aws("aws:rds/instance:Instance"), "engineVersion", "storageEncrypted"), [
      "storageEncrypted",
    ]);
  });

  it("gives the second set of load balancer classes the rows of the first, and other types none", () => {
    assert.deepEqual(aws("aws:alb/loadBalancer:LoadBalancer"), aws("aws:lb/loadBalancer:LoadBalancer"));
    assert.equal(awsReplacement("aws:ec2/nothing:Nothing"), undefined);
  });

  it("tells a block that comes or goes from one that changes inside", () => {
    const row = aws("aws:rds/instance:Instance");
    const restored = { restoreToPointInTime: { useLatestRestorableTime: true } };
    assert.deepEqual(changedPresence(row, {}, restored), ["restoreToPointInTime"]);
    assert.deepEqual(changedPresence(row, restored, {}), ["restoreToPointInTime"]);
    assert.deepEqual(changedPresence(row, restored, { restoreToPointInTime: { restoreTime: "x" } }), []);
    assert.deepEqual(changedPresence(row, {}, { restoreToPointInTime: Unknown.value }), []);
    const machine = aws("aws:ec2/instance:Instance");
    const disks = (...names: readonly string[]) => ({
      ephemeralBlockDevices: names.map((deviceName) => ({ deviceName })),
    });
    assert.deepEqual(changedPresence(machine, disks("a"), disks("a", "b")), ["ephemeralBlockDevices"]);
    assert.deepEqual(changedPresence(machine, disks("a"), disks("b")), []);
    assert.deepEqual(changedPresence({ replaces: [] }, {}, restored), []);
  });
});

describe("offline/services/kubernetes/replacements", () => {
  it("has rows of kinds of the installed SDK only, each path an input of the kind", () => {
    const wrong = Object.entries(KUBERNETES_REPLACEMENTS).flatMap(([token, paths]) => {
      const inputs = source.resource(token)?.inputs;
      if (inputs === undefined) return [token];
      return [...paths, "metadata.name", "metadata.namespace"]
        .filter((path) => !leadsTo(inputs, path))
        .map((path) => `${token} ${path}`);
    });
    assert.deepEqual(wrong, []);
    assert.equal(Object.keys(KUBERNETES_REPLACEMENTS).length, 22);
  });

  it("replaces any kind, a custom resource too, on name and namespace", () => {
    for (const token of ["kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:cert-manager.io/v1:Certificate"]) {
      assert.deepEqual(kubernetesReplacement(token, {}, {}), { replaces: ["metadata.name", "metadata.namespace"] });
    }
    assert.deepEqual(kubernetesReplacement("kubernetes:helm.sh/v3:Release", {}, {}), {
      replaces: ["name", "namespace"],
    });
  });

  it("replaces a deployment on its selector and rolls the rest in place", () => {
    const row = kubernetesReplacement("kubernetes:apps/v1:Deployment", {}, {});
    const paths = ["spec.selector.matchLabels.app", "spec.template.spec.containers[0].image", "spec.replicas"];
    assert.deepEqual(replacing(row, ...paths), ["spec.selector.matchLabels.app"]);
  });

  it("replaces a pod on its image, not on a toleration", () => {
    const row = kubernetesReplacement("kubernetes:core/v1:Pod", {}, {});
    const paths = ["spec.containers[2].image", "spec.initContainers[0].env[1].value", "spec.tolerations[0].key"];
    assert.deepEqual(replacing(row, ...paths), paths.slice(0, 2));
  });

  for (const [kind, fields, option, always] of [
    ["Secret", ["data", "stringData"], { secretMutable: true }, ["type"]],
    ["ConfigMap", ["data", "binaryData"], { configMapMutable: true }, []],
  ] as const) {
    it(`replaces a ${kind} on its contents unless the provider may change them and it is not immutable`, () => {
      const token = `kubernetes:core/v1:${kind}`;
      const base = ["metadata.name", "metadata.namespace", ...always];
      const other = kind === "Secret" ? { configMapMutable: true } : { secretMutable: true };
      assert.deepEqual(kubernetesReplacement(token, {}, {}).replaces, [...base, ...fields]);
      assert.deepEqual(kubernetesReplacement(token, other, {}).replaces, [...base, ...fields]);
      assert.deepEqual(kubernetesReplacement(token, option, {}).replaces, base);
      assert.deepEqual(kubernetesReplacement(token, option, { immutable: true }).replaces, [...base, ...fields]);
      assert.deepEqual(kubernetesReplacement(token, option, { immutable: false }).replaces, base);
    });
  }
});

describe("offline/services/aws/durations", () => {
  it("times classes of the installed SDK only, the median below the 95th percentile, each with its basis", () => {
    assert.equal(durationTokens().length, 17);
    for (const token of durationTokens()) {
      const duration = durationOf(token);
      assert.ok(source.resource(token), token);
      assert.ok(duration !== undefined && duration.create > 1 && duration.create < duration.p95, token);
      assert.match(duration.source, /\d+ apply logs?|[Ee]stimate/, token);
    }
  });

  it("takes 10.3 minutes for a cluster, 1.8 for a NAT gateway, and knows nothing of a tag", () => {
    assert.equal(durationOf("aws:eks/cluster:Cluster")?.create, 618);
    assert.equal(durationOf("aws:ec2/natGateway:NatGateway")?.create, 108);
    assert.equal(durationOf("aws:ec2/tag:Tag"), undefined);
  });
});
