import assert from "node:assert/strict";
import { gcpName } from "../../../components/planning/names-gcp";

describe("names on Google Cloud", () => {
  it("are their parts with hyphens between them", () => {
    assert.equal(gcpName("resource", "portfolio-prod-gcp", "network"), "portfolio-prod-gcp-network");
    assert.equal(gcpName("serviceAccount", "portfolio-prod-gcp", "bastion"), "portfolio-prod-gcp-bastion");
  });

  it("that are too long are cut, and stay apart by a digest of the whole", () => {
    const one = gcpName("serviceAccount", "portfolio-prod-gcp", "external-secrets");
    const other = gcpName("serviceAccount", "portfolio-prod-gcp", "external-dns-of-all");
    assert.match(one, /^portfolio-prod-gcp-exte-[0-9a-f]{6}$/);
    assert.equal(one.length, 30);
    assert.notEqual(one, other);
    assert.equal(one, gcpName("serviceAccount", "portfolio-prod-gcp", "external-secrets"));
  });

  it("have no two hyphens where they were cut", () => {
    const name = gcpName("resource", `${"a".repeat(55)}-bbbbbbbbbbbb`);
    assert.match(name, /^a{55}-[0-9a-f]{6}$/);
  });

  it("keep to the limit of what is named", () => {
    assert.equal(gcpName("resource", "a".repeat(63)).length, 63);
    assert.equal(gcpName("resource", "a".repeat(64)).length, 63);
    assert.equal(gcpName("cluster", "a".repeat(41)).length, 40);
  });

  for (const bad of ["Prod", "1st", "a_b", "end-", "-start", "a.b"]) {
    it(`are not "${bad}"`, () => {
      assert.throws(
        () => gcpName("resource", bad),
        new RegExp(`^RangeError: "${bad}" is no name on Google Cloud: use `),
      );
    });
  }

  it("of service accounts have six characters or more", () => {
    assert.throws(() => gcpName("serviceAccount", "abcde"), /"abcde" is too short for a service account/);
    assert.equal(gcpName("serviceAccount", "abcdef"), "abcdef");
  });
});
