import assert from "node:assert/strict";
import {
  chartFor,
  charts,
  compareKubernetesMinors,
  parseKubernetesMinor,
  type ChartRow,
} from "../../../components/kubernetes/charts";
import { clusterAutoscalerImageTags } from "../../../components/kubernetes/cluster-autoscaler";

const rows: [string, ChartRow][] = Object.entries(charts);

describe("chart table", () => {
  it("[DP-K8S-01] pins the charts that every cluster has", () => {
    assert.deepEqual(
      rows.map(([id, row]) => [id, row.version, row.appVersion, row.repository, row.deliveredBy]),
      [
        ["aws-load-balancer-controller", "3.5.0", "v3.5.0", "https://aws.github.io/eks-charts", "pulumi"],
        ["cert-manager", "v1.21.2", "v1.21.2", "https://charts.jetstack.io", "pulumi"],
        ["cluster-autoscaler", "9.59.0", "1.35.0", "https://kubernetes.github.io/autoscaler", "pulumi"],
        ["external-secrets", "2.9.0", "v2.9.0", "https://charts.external-secrets.io", "pulumi"],
        ["metrics-server", "3.13.1", "0.8.1", "https://kubernetes-sigs.github.io/metrics-server/", "pulumi"],
        ["nvidia-device-plugin", "0.19.2", "0.19.2", "https://nvidia.github.io/k8s-device-plugin", "pulumi"],
        ["strimzi-kafka-operator", "1.2.0", "1.2.0", "https://strimzi.io/charts/", "pulumi"],
      ],
    );
  });

  for (const [id, row] of rows) {
    it(`gives ${id} an exact version, a source and a date`, () => {
      assert.match(row.version, /^v?\d+\.\d+\.\d+$/);
      assert.match(row.source, /^https:\/\//);
      assert.match(row.date, /^\d{4}-\d\d-\d\d$/);
      assert.match(row.repository, /^https:\/\//);
    });
  }

  it("keeps the autoscaler's range and its images together", () => {
    const minors = Object.keys(clusterAutoscalerImageTags).sort(compareKubernetesMinors);
    assert.equal(charts["cluster-autoscaler"].kubernetes.min, minors[0]);
    assert.equal(charts["cluster-autoscaler"].kubernetes.max, minors.at(-1));
  });

  it("refuses a cluster older or newer than a chart supports", () => {
    assert.throws(() => chartFor("metrics-server", "1.30"), {
      message:
        'chart "metrics-server" 3.13.1 supports Kubernetes 1.31 or later, the cluster runs 1.30: change the cluster\'s ' +
        "version or pin another version of the chart in components/kubernetes/charts.ts",
    });
    assert.throws(
      () => chartFor("cluster-autoscaler", "1.37"),
      /supports Kubernetes 1\.34 to 1\.36, the cluster runs 1\.37/,
    );
    assert.throws(() => chartFor("cluster-autoscaler", "1.28"), /the cluster runs 1\.28/);
    assert.equal(chartFor("metrics-server", "1.31").version, "3.13.1");
    assert.equal(chartFor("cluster-autoscaler", "1.36").version, "9.59.0");
  });
});

describe("Kubernetes version", () => {
  it("compares minors as numbers", () => {
    assert.ok(compareKubernetesMinors("1.9", "1.10") < 0);
    assert.ok(compareKubernetesMinors("2.0", "1.36") > 0);
    assert.equal(compareKubernetesMinors("v1.36.2", "1.36"), 0);
  });

  for (const version of ["", "1", "latest", "1.x", "1.36abc"]) {
    it(`refuses "${version}"`, () => {
      assert.throws(() => parseKubernetesMinor(version), /is not a Kubernetes version: write major\.minor/);
    });
  }
});
