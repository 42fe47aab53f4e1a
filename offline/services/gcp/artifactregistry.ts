import type { RepositoryArgs } from "@pulumi/gcp/artifactregistry";
import { refuse } from "../../cloud/errors";
import { resourceType, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { idOf } from "./ids";
import { boundedName } from "./names";
import { isRegion } from "./regions";
import { REPOSITORY } from "./types";

type Inputs = Resolved<RepositoryArgs>;

/** https://docs.cloud.google.com/artifact-registry/docs/supported-formats */
const FORMATS = ["DOCKER", "MAVEN", "NPM", "PYTHON", "APT", "YUM", "KFP", "GO", "GENERIC", "RUBY"];
const MODES = ["STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"];
/** https://docs.cloud.google.com/artifact-registry/docs/repositories/repo-locations */
const MULTI_REGIONS = ["asia", "europe", "us"];

const repository = resourceType<RepositoryArgs>({
  token: REPOSITORY,
  service: "Artifact Registry",
  actions: { create: "CreateRepository", update: "UpdateRepository", delete: "DeleteRepository" },
  name: boundedName(
    "repositoryId",
    1,
    63,
    "https://docs.cloud.google.com/artifact-registry/docs/repositories/create-repos",
  ),
  check: (context) => {
    const { inputs, refuse: report } = context;
    const format = inputs.format?.toUpperCase();
    checkChoices(context, [
      ["format", format, FORMATS],
      ["mode", inputs.mode, MODES],
      [
        "vulnerabilityScanningConfig.enablementConfig",
        inputs.vulnerabilityScanningConfig?.enablementConfig,
        ["INHERITED", "DISABLED"],
      ],
    ]);
    const place = inputs.location;
    if (place !== undefined && !isRegion(place) && !MULTI_REGIONS.includes(place)) {
      report("location", `Artifact Registry has no location "${place}"`);
    }
    if (inputs.dockerConfig !== undefined && format !== undefined && format !== "DOCKER") {
      report("dockerConfig", `is for repositories of format DOCKER, not ${format}`);
    }
    const mode = inputs.mode ?? "STANDARD_REPOSITORY";
    if (mode !== "STANDARD_REPOSITORY" && inputs.dockerConfig?.immutableTags === true) {
      report("dockerConfig.immutableTags", "is for standard repositories");
    }
    checkPolicies(inputs, report);
  },
  create: (context) => {
    const { inputs, scope } = context;
    const location = inputs.location ?? scope.region;
    requireServiceKey(context, inputs.kmsKeyName, "artifactregistry.googleapis.com", [location]);
    const format = inputs.format.toUpperCase();
    const host = `${location}-${format.toLowerCase()}.pkg.dev`;
    return {
      id: idOf(REPOSITORY, inputs, scope, inputs.repositoryId),
      outputs: {
        name: inputs.repositoryId,
        format,
        mode: inputs.mode ?? "STANDARD_REPOSITORY",
        registryUri: `${host}/${scope.account}/${inputs.repositoryId}`,
      },
    };
  },
  update: ({ inputs, oldInputs }) => {
    // https://docs.cloud.google.com/artifact-registry/docs/cmek
    if (inputs.kmsKeyName !== oldInputs.kmsKeyName)
      refuse("invalidArgument", "The key of a repository cannot be changed");
    return {};
  },
});

/** https://docs.cloud.google.com/artifact-registry/docs/repositories/cleanup-policy */
function checkPolicies(
  { cleanupPolicies: policies = [] }: Partial<Inputs>,
  report: (property: string, reason: string) => void,
): void {
  if (policies.length > 10) report("cleanupPolicies", `at most 10 policies, got ${String(policies.length)}`);
  for (const [index, { id, action, condition, mostRecentVersions }] of policies.entries()) {
    const at = `cleanupPolicies[${String(index)}]`;
    if (!/^[a-z][a-z0-9-]{0,127}$/.test(id)) {
      report(
        `${at}.id`,
        `"${id}" is not a valid policy id: up to 128 lower-case letters, digits and -, a letter first`,
      );
    }
    if (action !== "KEEP" && mostRecentVersions !== undefined) {
      report(`${at}.mostRecentVersions`, "can only be specified with a KEEP action");
    }
    if ((condition === undefined) === (mostRecentVersions === undefined)) {
      report(at, "exactly one of condition and mostRecentVersions must be specified");
    }
    const tagged = condition?.tagState === "TAGGED";
    if ((condition?.tagPrefixes ?? []).length > 0 && !tagged) {
      report(`${at}.condition.tagState`, "must be TAGGED where tagPrefixes are given");
    }
  }
}

export const artifactRegistryTypes: readonly ResourceType[] = [repository];
