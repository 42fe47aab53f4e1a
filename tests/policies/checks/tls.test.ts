import assert from "node:assert/strict";
import {
  isAtLeast,
  strongestOf,
  TLS_SERVICES,
  TLS_VERSIONS,
  versionOf,
  type TlsServiceName,
} from "../../../policies/checks/tls";
import { Undecided } from "../../../policies/model/view";

const names = Object.keys(TLS_SERVICES) as TlsServiceName[];

describe("versions of TLS", () => {
  const known: readonly [TlsServiceName, string | undefined, string][] = [
    ["aws-api-gateway", "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "1.2"],
    ["aws-api-gateway", "SecurityPolicy_TLS13_1_3_FIPS_2025_09", "1.3"],
    ["aws-cloudfront", undefined, "1.0"],
    ["aws-cloudfront", "SSLv3", "none"],
    ["aws-cloudfront", "TLSv1.2_2021", "1.2"],
    ["aws-cloudfront", "TLSv1.3_2025", "1.3"],
    ["aws-documentdb", "disabled", "none"],
    ["aws-documentdb", "enabled", "1.0"],
    ["aws-documentdb", "tls1.3+", "1.3"],
    ["aws-load-balancer", undefined, "1.0"],
    ["aws-load-balancer", "ELBSecurityPolicy-2016-08", "1.0"],
    ["aws-load-balancer", "ELBSecurityPolicy-TLS13-1-0-2021-06", "1.0"],
    ["aws-load-balancer", "ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "1.2"],
    ["aws-load-balancer", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "1.2"],
    ["aws-load-balancer", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "1.3"],
    ["azure-application-gateway", "AppGwSslPolicy20220101S", "1.2"],
    ["azure-app-service", "1.3", "1.3"],
    ["azure-storage", "", "1.0"],
    ["azure-storage", "tls1_2", "1.2"],
    ["gcp-load-balancer", "TLS_1_3", "1.3"],
    ["postgresql", undefined, "1.2"],
    ["postgresql", "TLSv1.3", "1.3"],
    ["protocol-list", "TLSv1.3, TLSv1.2", "1.2"],
    ["protocol-list", "TLSv1.3,SSLv3,TLSv1.2", "none"],
  ];
  for (const [service, value, version] of known) {
    it(`reads ${service} ${value ?? "without a value"} as ${version}`, () => {
      assert.equal(versionOf(service, value), version);
    });
  }

  it("orders every value of every service, whichever way it is asked", () => {
    for (const service of names) {
      for (const [index, version] of TLS_VERSIONS.entries()) {
        for (const value of TLS_SERVICES[service].values[version] ?? []) {
          for (const [least, wanted] of TLS_VERSIONS.entries()) {
            const reachable = Math.min(least, TLS_VERSIONS.indexOf(strongestOf(service)));
            assert.equal(isAtLeast(service, value, wanted), index >= reachable, `${service} ${value} ${wanted}`);
          }
        }
      }
    }
  });

  it("asks of a service no more than it has", () => {
    assert.equal(strongestOf("azure-storage"), "1.2");
    assert.equal(isAtLeast("azure-storage", "TLS1_2", "1.3"), true);
    assert.equal(isAtLeast("azure-storage", "TLS1_1", "1.3"), false);
    assert.equal(isAtLeast("postgresql", "TLSv1.2", "1.3"), false);
  });

  it("accepts settings that are stricter than what is asked", () => {
    assert.equal(isAtLeast("aws-cloudfront", "TLSv1.3_2025", "1.2"), true);
    assert.equal(isAtLeast("aws-load-balancer", "ELBSecurityPolicy-TLS13-1-3-2021-06", "1.2"), true);
  });

  it("is undecided about a value that it does not know, which may be newer than the table", () => {
    for (const service of names) assert.throws(() => isAtLeast(service, "TLSv1.4_2031", "1.2"), Undecided);
    assert.throws(() => versionOf("aws-load-balancer", "ELBSecurityPolicy-TLS14-1-4-2031-01"), Undecided);
  });

  it("has a value for the strongest version of every service, and no value twice", () => {
    for (const service of names) {
      const values = Object.values(TLS_SERVICES[service].values).flatMap((list: readonly string[]) => [...list]);
      assert.equal(new Set(values.map((value) => value.toLowerCase())).size, values.length, service);
      assert.ok(strongestOf(service) >= "1.2", service);
      assert.ok(TLS_SERVICES[service].source.startsWith("https://"), service);
    }
  });
});
