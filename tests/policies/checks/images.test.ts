import assert from "node:assert/strict";
import { imageReference, isPinned, liesIn } from "../../../policies/checks/images";

const digest = `sha256:${"a".repeat(64)}`;

describe("references to images", () => {
  const cases = {
    nginx: { registry: "docker.io", repository: "library/nginx" },
    "nginx:1.27": { registry: "docker.io", repository: "library/nginx", tag: "1.27" },
    "apache/polaris:1.7.0": { registry: "docker.io", repository: "apache/polaris", tag: "1.7.0" },
    "docker.io/nginx": { registry: "docker.io", repository: "library/nginx" },
    "localhost/api": { registry: "localhost", repository: "api" },
    "registry:5000/team/api": { registry: "registry:5000", repository: "team/api" },
    "registry:5000/team/api:1": { registry: "registry:5000", repository: "team/api", tag: "1" },
    "Quay.io/team/api:1": { registry: "quay.io", repository: "team/api", tag: "1" },
    [`quay.io/api:1@${digest}`]: { registry: "quay.io", repository: "api", tag: "1", digest },
    [`api@${digest}`]: { registry: "docker.io", repository: "library/api", digest },
    "": { registry: "docker.io", repository: "library/" },
  };
  for (const [text, expected] of Object.entries(cases)) {
    it(`[PR-05] reads "${text}"`, () => {
      assert.deepEqual(imageReference(text), expected);
    });
  }

  it("[PR-05] tells a digest from what only looks like one", () => {
    assert.equal(isPinned(imageReference(`api@${digest}`)), true);
    for (const other of [
      "api",
      "api@",
      "api@sha256:",
      `api@${digest}0`,
      "api@sha256:XYZ",
      `api@md5:${"a".repeat(32)}`,
    ]) {
      assert.equal(isPinned(imageReference(other)), false, other);
    }
  });

  const places: readonly (readonly [image: string, place: string, expected: boolean])[] = [
    ["apache/polaris", "docker.io/apache/", true],
    ["apache-evil/polaris", "docker.io/apache/", false],
    ["quay.io/apache/polaris", "docker.io/apache/", false],
    ["one.azurecr.io/api", "*.azurecr.io/", true],
    ["azurecr.io/api", "*.azurecr.io/", false],
    ["azurecr.io.evil.com/api", "*.azurecr.io/", false],
    ["evil.com/one.azurecr.io/api", "*.azurecr.io/", false],
    ["1.dkr.ecr.us-west-2.amazonaws.com/api", "*.dkr.ecr.*.amazonaws.com/", true],
    ["1.dkr.ecr.amazonaws.com/api", "*.dkr.ecr.*.amazonaws.com/", false],
    ["us-central1-docker.pkg.dev/project/api", "*-docker.pkg.dev/project/", true],
    ["us-central1-docker.pkg.dev/other/api", "*-docker.pkg.dev/project/", false],
    ["quay.io/api", "quay.io", true],
    ["acd.io/api", "a*b.io/", false],
    ["axb.io/api", "a*b.io/", true],
    ["ab.io/api", "ab*b.io/", false],
  ];
  for (const [image, place, expected] of places) {
    it(`[PR-05] ${image} ${expected ? "lies" : "does not lie"} in ${place}`, () => {
      assert.equal(liesIn(imageReference(image), place), expected);
    });
  }
});
