import assert from "node:assert/strict";
import type { Outage } from "../../../../offline/cloud/faults";
import { pullProblem, registryOf, servedFrom } from "../../../../offline/services/kubernetes/image-registries";

const off = (cloud: Outage["cloud"], region?: string): readonly Outage[] => [
  { cloud, ...(region === undefined ? {} : { region }), planes: ["data"] },
];

describe("offline/services/kubernetes/image-registries", () => {
  it("reads the registry of an image as a container runtime does", () => {
    for (const image of ["nginx", "nginx:1.29", "library/nginx", "apache/polaris@sha256:00"]) {
      assert.equal(registryOf(image), "docker.io", image);
    }
    assert.equal(registryOf("Quay.io/a/b:1"), "quay.io");
    assert.equal(registryOf("localhost/a"), "localhost");
    assert.equal(registryOf("registry:5000/a"), "registry:5000");
  });

  it("knows the registries that are a cloud's own, with their region", () => {
    for (const [host, place] of [
      ["111122223333.dkr.ecr.us-west-2.amazonaws.com", { cloud: "aws", region: "us-west-2" }],
      ["111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com", { cloud: "aws", region: "us-gov-west-1" }],
      ["111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", { cloud: "aws", region: "cn-north-1" }],
      ["111122223333.dkr-ecr.us-west-2.on.aws", { cloud: "aws", region: "us-west-2" }],
      ["public.ecr.aws", { cloud: "aws" }],
      ["us-central1-docker.pkg.dev", { cloud: "gcp", region: "us-central1" }],
      ["europe-docker.pkg.dev", { cloud: "gcp" }],
      ["gcr.io", { cloud: "gcp" }],
      ["eu.gcr.io", { cloud: "gcp" }],
      ["shop.azurecr.io", { cloud: "azure" }],
      ["mcr.microsoft.com", { cloud: "azure" }],
    ] as const) {
      assert.deepEqual(servedFrom(host, "aws"), [place], host);
    }
    for (const host of ["docker.io", "quay.io", "ghcr.io", "nvcr.io", "xgcr.io", "amazonaws.com", "azurecr.io"]) {
      assert.deepEqual(servedFrom(host, "aws"), [], host);
    }
  });

  it("knows that images of Kubernetes come from Google Cloud, and their layers from AWS for whoever is elsewhere", () => {
    const image = "registry.k8s.io/pause:3.10";
    assert.equal(pullProblem(image, "gke", off("aws")), undefined);
    for (const service of ["aks", "eks"] as const) {
      assert.match(pullProblem(image, service, off("aws")) ?? "", /aws \(data\) is switched off/);
      assert.match(pullProblem(image, service, off("gcp")) ?? "", /gcp \(data\) is switched off/);
      assert.equal(pullProblem(image, service, off("azure")), undefined);
    }
  });

  it("lets nothing be pulled from what is off, and everything else", () => {
    const image = "us-central1-docker.pkg.dev/p/r/shop:1";
    assert.match(
      pullProblem(image, "gke", off("gcp", "us-central1")) ?? "",
      /^\[ImagePullBackOff\] .*gcp us-central1 \(data\) is switched off/,
    );
    assert.match(
      pullProblem(image, "gke", off("gcp")) ?? "",
      /; to switch it on: npx platform offline outage end --cloud gcp$/,
    );
    assert.equal(pullProblem(image, "gke", off("gcp", "us-east1")), undefined);
    assert.equal(pullProblem(image, "gke", off("aws")), undefined);
    assert.equal(pullProblem(image, "gke", [{ cloud: "gcp", planes: ["control"] }]), undefined);
    // What several regions serve outlives each of them.
    assert.equal(pullProblem("us-docker.pkg.dev/p/r/shop:1", "gke", off("gcp", "us-central1")), undefined);
    assert.notEqual(pullProblem("public.ecr.aws/a/b:1", "gke", off("aws")), undefined);
    assert.equal(pullProblem("nginx", "gke", off("aws")), undefined);
  });
});
