import type {
  PullThroughCacheRuleArgs,
  RegistryScanningConfigurationArgs,
  ReplicationConfigurationArgs,
} from "@pulumi/aws/ecr";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { roleReference } from "./references";
import { isRegion } from "./regions";
import { SECRET } from "./types";

// Limits and error codes: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryScanningConfiguration.html,
// API_PutReplicationConfiguration.html, API_CreatePullThroughCacheRule.html

const LIMITS = { scanRules: 2, replicationRules: 10, destinations: 25 };

/** Each kind of scan with the frequencies that it offers. */
const SCANS: Readonly<Record<string, readonly string[]>> = {
  BASIC: ["SCAN_ON_PUSH", "MANUAL"],
  ENHANCED: ["SCAN_ON_PUSH", "CONTINUOUS_SCAN"],
};

// A registry has one configuration of each kind: a second one replaces what the first has set.
const scanning = resourceType<RegistryScanningConfigurationArgs>({
  token: "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  service: "ECR",
  actions: {
    create: "PutRegistryScanningConfiguration",
    update: "PutRegistryScanningConfiguration",
    delete: "PutRegistryScanningConfiguration",
  },
  check: ({ inputs, refuse: report }) => {
    const offered = SCANS[inputs.scanType ?? ""];
    if (inputs.scanType !== undefined && offered === undefined) {
      report("scanType", `expected one of ${Object.keys(SCANS).join(", ")}, got ${inputs.scanType}`);
    }
    const rules = inputs.rules ?? [];
    if (rules.length > LIMITS.scanRules) {
      report("rules", `InvalidParameterException: at most ${String(LIMITS.scanRules)} rules`);
    }
    rules.forEach(({ scanFrequency, repositoryFilters }, index) => {
      const path = `rules[${String(index)}]`;
      if (offered !== undefined && !offered.includes(scanFrequency)) {
        const reason = `InvalidParameterException: ${inputs.scanType ?? ""} scanning offers ${offered.join(", ")}, not ${scanFrequency}`;
        report(`${path}.scanFrequency`, reason);
      }
      repositoryFilters.forEach(({ filter, filterType }, at) => {
        const filterPath = `${path}.repositoryFilters[${String(at)}]`;
        if (filterType !== "WILDCARD") report(`${filterPath}.filterType`, `expected WILDCARD, got ${filterType}`);
        if (!/^[a-z0-9*](?:[._\-/a-z0-9*]*[a-z0-9*])?$/.test(filter)) {
          report(`${filterPath}.filter`, `InvalidParameterException: "${filter}" is no repository name with *`);
        }
      });
    });
  },
  create: ({ scope }) => ({ id: scope.account, outputs: { registryId: scope.account } }),
});

const replication = resourceType<ReplicationConfigurationArgs>({
  token: "aws:ecr/replicationConfiguration:ReplicationConfiguration",
  service: "ECR",
  actions: {
    create: "PutReplicationConfiguration",
    update: "PutReplicationConfiguration",
    delete: "PutReplicationConfiguration",
  },
  check: ({ inputs, scope, refuse: report }) => {
    const rules = inputs.replicationConfiguration?.rules ?? [];
    const path = "replicationConfiguration.rules";
    if (rules.length > LIMITS.replicationRules) {
      report(path, `InvalidParameterException: at most ${String(LIMITS.replicationRules)} rules`);
    }
    const all = rules.flatMap(({ destinations }) => destinations);
    const places = new Set(all.map(({ region, registryId }) => `${region} ${registryId}`));
    if (places.size > LIMITS.destinations) {
      report(path, `InvalidParameterException: at most ${String(LIMITS.destinations)} destinations in all rules`);
    }
    rules.forEach(({ destinations, repositoryFilters }, index) => {
      destinations.forEach(({ region, registryId }, at) => {
        const where = `${path}[${String(index)}].destinations[${String(at)}]`;
        if (!isRegion(region)) report(`${where}.region`, `InvalidParameterException: invalid region ${region}`);
        if (!/^\d{12}$/.test(registryId)) {
          report(`${where}.registryId`, `InvalidParameterException: "${registryId}" is no account id of 12 digits`);
        }
        if (region === scope.region && registryId === scope.account) {
          const reason = "InvalidParameterException: the destination is the registry itself: give another region";
          report(`${where}.region`, reason);
        }
      });
      (repositoryFilters ?? []).forEach(({ filterType }, at) => {
        if (filterType === "PREFIX_MATCH") return;
        const where = `${path}[${String(index)}].repositoryFilters[${String(at)}].filterType`;
        report(where, `expected PREFIX_MATCH, got ${filterType}`);
      });
    });
  },
  create: ({ scope }) => ({ id: scope.account, outputs: { registryId: scope.account } }),
});

/** Registries that can be upstream, and whether they ask who pulls: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html */
const UPSTREAMS: readonly (readonly [pattern: RegExp, access: "open" | "credentials" | "role"])[] = [
  [/^(public\.ecr\.aws|registry\.k8s\.io|quay\.io)$/, "open"],
  [/^(registry-1\.docker\.io|ghcr\.io|registry\.gitlab\.com|cgr\.dev)$/, "credentials"],
  [/^[a-z0-9]+\.azurecr\.io$/, "credentials"],
  [/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/, "role"],
];

const PULL_THROUGH = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule";

const pullThroughCacheRule = resourceType<PullThroughCacheRuleArgs>({
  token: PULL_THROUGH,
  service: "ECR",
  actions: {
    create: "CreatePullThroughCacheRule",
    update: "UpdatePullThroughCacheRule",
    delete: "DeletePullThroughCacheRule",
  },
  references: [
    {
      path: "credentialArn",
      to: SECRET,
      by: "arn",
      holds: false,
      missing: { code: "SecretNotFoundException", message: "The ARN of the secret specified is not found: {value}" },
    },
    roleReference("customRoleArn", "InvalidParameterException"),
  ],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const prefix = inputs.ecrRepositoryPrefix;
    if (
      prefix !== undefined &&
      !/^(?=.{2,30}$)([a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?$|^ROOT$/.test(prefix)
    ) {
      report(
        "ecrRepositoryPrefix",
        `InvalidParameterException: "${prefix}" has 2 to 30 small letters, digits and ._-/`,
      );
    }
    const secret = inputs.credentialArn;
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
    if (secret !== undefined && !secret.includes(":secret:ecr-pullthroughcache/")) {
      report("credentialArn", "InvalidParameterException: the name of the secret starts with ecr-pullthroughcache/");
    }
    const upstream = inputs.upstreamRegistryUrl;
    if (upstream === undefined) return;
    const access = UPSTREAMS.find(([pattern]) => pattern.test(upstream))?.[1];
    if (access === undefined) {
      report("upstreamRegistryUrl", `UnsupportedUpstreamRegistryException: ${upstream} is not supported`);
    }
    if (access === "credentials" && secret === undefined && !isUnknown("credentialArn")) {
      report("credentialArn", `InvalidParameterException: ${upstream} needs credentials`);
    }
  },
  create: ({ inputs, scope, cloud }) => {
    const prefix = inputs.ecrRepositoryPrefix;
    if (cloud.find(PULL_THROUGH, prefix) !== undefined) {
      const message = `A pull through cache rule already exists for the private registry '${scope.account}' with the prefix '${prefix}'`;
      refuse("PullThroughCacheRuleAlreadyExistsException", message);
    }
    return { id: prefix, outputs: { registryId: scope.account } };
  },
});

export const ecrRegistryTypes: readonly ResourceType[] = [scanning, replication, pullThroughCacheRule];
