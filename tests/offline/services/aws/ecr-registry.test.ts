import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { Account, refused } from "./support";

const SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";
const REPLICATION = "aws:ecr/replicationConfiguration:ReplicationConfiguration";
const PULL_THROUGH = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule";

describe("AWS ECR registry", () => {
  it("scans as often as the kind of scan offers", () => {
    const account = new Account();
    const inputs = (scanType: string, scanFrequency: string): Properties => ({
      scanType,
      rules: [{ scanFrequency, repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }],
    });
    const reason = (...args: Parameters<typeof inputs>) =>
      Object.values(account.reasons(SCANNING, inputs(...args))).join() || "accepted";
    assert.match(reason("BASIC", "CONTINUOUS_SCAN"), /BASIC scanning offers SCAN_ON_PUSH, MANUAL, not CONTINUOUS_SCAN/);
    assert.match(reason("DEEP", "MANUAL"), /expected one of BASIC, ENHANCED/);
    assert.equal(account.create(SCANNING, "s", inputs("ENHANCED", "CONTINUOUS_SCAN")).id, "111122223333");
    const filter = { filter: "Shop/*", filterType: "PREFIX" };
    const rules = Array(3).fill({ scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [filter] }) as Properties[];
    const reasons = Object.values(account.reasons(SCANNING, { scanType: "BASIC", rules })).join();
    assert.match(reasons, /at most 2 rules.*expected WILDCARD.*is no repository name/s);
  });

  it("replicates to other regions and accounts that there are", () => {
    const account = new Account();
    const inputs = (region: string, registryId = "111122223333"): Properties => ({
      replicationConfiguration: {
        rules: [
          {
            destinations: [{ region, registryId }],
            repositoryFilters: [{ filter: "shop", filterType: "PREFIX_MATCH" }],
          },
        ],
      },
    });
    const reason = (...args: Parameters<typeof inputs>) =>
      Object.values(account.reasons(REPLICATION, inputs(...args))).join() || "accepted";
    assert.match(reason("us-east-1"), /the destination is the registry itself/);
    assert.match(reason("us-east-9"), /invalid region us-east-9/);
    assert.match(reason("us-west-2", "1111"), /no account id of 12 digits/);
    assert.equal(reason("us-east-1", "444455556666"), "accepted");
    const { id, outputs } = account.create(REPLICATION, "r", inputs("us-west-2"));
    assert.equal(id, "111122223333");
    assert.equal(outputs["registryId"], "111122223333");
  });

  it("pulls through from registries that are supported, with credentials where they ask", () => {
    const account = new Account();
    const inputs = (upstreamRegistryUrl: string, more = {}): Properties => ({
      ecrRepositoryPrefix: "hub",
      upstreamRegistryUrl,
      ...more,
    });
    const reasons = (...args: Parameters<typeof inputs>) => account.reasons(PULL_THROUGH, inputs(...args));
    assert.match(reasons("docker.io")["upstreamRegistryUrl"] ?? "", /UnsupportedUpstreamRegistryException/);
    assert.match(reasons("registry-1.docker.io")["credentialArn"] ?? "", /needs credentials/);
    const secret = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-abcdef`;
    const wrong = reasons("registry-1.docker.io", { credentialArn: secret("hub") });
    assert.match(wrong["credentialArn"] ?? "", /starts with ecr-pullthroughcache/);
    const missing = inputs("ghcr.io", { credentialArn: secret("ecr-pullthroughcache/hub") });
    refused(() => account.create(PULL_THROUGH, "p", missing), "SecretNotFoundException");
    assert.equal(account.create(PULL_THROUGH, "p", inputs("public.ecr.aws")).id, "hub");
    refused(() => account.create(PULL_THROUGH, "q", inputs("quay.io")), "PullThroughCacheRuleAlreadyExistsException");
  });
});
