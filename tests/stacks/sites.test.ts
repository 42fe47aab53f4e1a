// In one process with the program, the EKS component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import assert from "node:assert/strict";
import { all } from "@pulumi/pulumi";
import type { Cloud } from "../../components/contracts/capabilities";
import { grantableKinds } from "../../components/contracts/grant";
import type { Site } from "../../components/contracts/site";
import { loadConfiguration } from "../../config/load";
import type { Properties } from "../../offline/cloud/value";
import { createSite as createAwsSite } from "../../stacks/portfolio-aws";
import { createSite as createAzureSite } from "../../stacks/portfolio-azure";
import { createSite as createGcpSite } from "../../stacks/portfolio-gcp";
import { committed, root } from "../config/stack-files";
import { deploy, type Registration } from "../support/in-process";
import { loadedWith } from "../support/loaded-with";
import { says, unexplained, type Allowed, type ContractFacts, type SeenPart } from "./sites.differences";
import { accesses, moveIn, platformSite } from "./sites.guest";

/** Stack of each cloud. */
const stacks: Readonly<Record<Cloud, string>> = { aws: "prod", gcp: "prod-gcp", azure: "dr" };

/** The site that a stack makes: whichever cloud it is of, it is no more than the contract. */
function siteOf(stack: string): Site {
  const config = loadConfiguration(committed(stack));
  if (config.blueprint === "portfolio-aws") return createAwsSite(config, stack, root).site;
  if (config.blueprint === "portfolio-gcp") return createGcpSite(config, stack, root).site;
  if (config.blueprint === "portfolio-azure") return createAzureSite(config, stack).site;
  throw new Error(`stack ${stack} is no site of the portfolio`);
}

interface Built {
  readonly cloud: Cloud;
  readonly facts: ContractFacts;
  readonly resources: readonly Registration[];
  /** Names of the workloads that moved in. */
  readonly guests: readonly string[];
}

/** Makes the site of a committed stack, and lets a system that knows the contract alone move in. */
async function build(cloud: Cloud): Promise<Built> {
  let guests: readonly string[] = [];
  const { resources, outputs } = await deploy(
    () => {
      const site = siteOf(stacks[cloud]);
      const { cluster, secrets } = platformSite(site);
      const identities = moveIn(site);
      guests = identities.map(({ serviceAccount }) => serviceAccount);
      const [identity] = identities;
      return {
        facts: all([cluster.storage, secrets.externalSecretsProvider]).apply(([storage, externalSecretsProvider]) => ({
          provides: [...cluster.provides],
          storage,
          identityEndpoints: cluster.identityEndpoints,
          externalSecretsProvider,
          podLabels: identity?.podLabels,
          annotationNames: Object.keys(identity?.annotations ?? {}),
        })),
      };
    },
    { stack: stacks[cloud] },
  );
  return { cloud, facts: outputs["facts"] as unknown as ContractFacts, resources, guests };
}

/** What lies below some of a site's components, those included. */
function part({ cloud, facts, resources }: Built, belongs: (resource: Registration) => boolean): SeenPart {
  const found = new Set<string>();
  // Parents are registered before their children.
  for (const resource of resources) {
    if (belongs(resource) || found.has(resource.parent ?? "")) found.add(resource.urn);
  }
  return { cloud, facts, resources: resources.filter(({ urn }) => found.has(urn)) };
}

const platformOf = (built: Built) => part(built, ({ type }) => type === "platform:kubernetes:PlatformLayer");

const guestsOf = (built: Built) =>
  part(built, ({ type, name }) => name.startsWith("guest-") && type.startsWith("platform:kubernetes:"));

/** Egress to where identities are fetched, as a NetworkPolicy has it. */
function identityEgress({ facts }: SeenPart) {
  return facts.identityEndpoints.map(({ cidr, port }) => ({
    to: [{ ipBlock: { cidr } }],
    ports: [{ port, protocol: "TCP" }],
  }));
}

/** Annotations that an identity asks for, whose values only the identity knows. */
function annotations({ facts }: SeenPart, found: unknown): Properties | undefined {
  const given = (found ?? {}) as Properties;
  const isComplete = facts.annotationNames.every((name) => typeof given[name] === "string" && given[name] !== "");
  return isComplete && Object.keys(given).length === facts.annotationNames.length ? given : undefined;
}

const identityPolicy = (name: RegExp): readonly Allowed[] => [
  {
    name,
    field: "cluster.identityEndpoints",
    isThere: ({ facts }) => facts.identityEndpoints.length > 0,
  },
  { name, field: "cluster.identityEndpoints", path: "spec.egress", value: identityEgress },
];

const release = (chart: string) => new RegExp(`Release platform-${chart}-chart-release$`);

/** All that the platform layer may do otherwise on another cloud. */
const platformDifferences: readonly Allowed[] = [
  {
    name: / platform-metrics-server/,
    feature: "kubernetes.metrics",
    isThere: (site) =>
      !site.facts.provides.includes("metrics") && says(site, "kubernetes.metrics", /add-on of the platform/),
  },
  {
    name: / platform-accelerators/,
    feature: "kubernetes.nvidia-t4-pool",
    isThere: (site) =>
      !site.facts.provides.includes("accelerators") &&
      says(site, "kubernetes.nvidia-t4-pool", /add-on of the platform/),
  },
  {
    name: / platform-network-policies-services-to-events$/,
    feature: "events.kafka",
    isThere: (site) => says(site, "events.kafka", /on the cluster/),
  },
  {
    name: / platform-network-policies-services-to-queue$/,
    feature: "queue.rabbitmq",
    isThere: (site) => says(site, "queue.rabbitmq", /on the cluster/),
  },
  {
    name: / platform-network-policies-services-to-iceberg-catalog$/,
    feature: "lake.iceberg",
    isThere: (site) => says(site, "lake.iceberg", /on the cluster/),
  },
  ...identityPolicy(/ platform-network-policies-external-secrets-identity$/),
  ...(["general", "fast"] as const).flatMap((profile): readonly Allowed[] =>
    (["provisioner", "parameters"] as const).map((path) => ({
      name: new RegExp(` platform-storage-classes-${profile}$`),
      field: `cluster.storage.${profile}`,
      path,
      value: ({ facts }) => facts.storage[profile][path] as Properties,
    })),
  ),
  {
    name: / platform-external-secrets-site$/,
    field: "secrets.externalSecretsProvider",
    path: "spec.provider",
    value: ({ facts }) => facts.externalSecretsProvider,
  },
  {
    name: release("external-secrets"),
    feature: "kubernetes.workload-identity",
    path: "values.podLabels",
    value: ({ facts }) => facts.podLabels,
  },
  {
    name: release("external-secrets"),
    feature: "kubernetes.workload-identity",
    path: "values.serviceAccount.annotations",
    value: annotations,
  },
];

/** All that a guest's workloads may have otherwise on another cloud. */
const guestDifferences: readonly Allowed[] = [
  ...identityPolicy(/ guest-policies-guests-identity$/),
  {
    name: /:ServiceAccount guest-.*-service-account$/,
    feature: "kubernetes.workload-identity",
    path: "metadata.annotations",
    value: annotations,
  },
  {
    name: /:Deployment guest-.*-deployment$/,
    feature: "kubernetes.workload-identity",
    path: "spec.template.metadata.labels",
    value: ({ facts }, found) => {
      const { "app.kubernetes.io/name": name = null, "app.kubernetes.io/part-of": partOf = null } = found as Properties;
      return { ...facts.podLabels, "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": partOf };
    },
  },
  {
    name: /:Deployment guest-.*-deployment$/,
    field: "the stores' addresses",
    path: "spec.template.metadata.annotations",
    value: (_, found) => found,
  },
  {
    name: /:Secret guest-.*-secret$/,
    field: "the stores' addresses",
    path: "stringData",
    value: (_, found) => found,
  },
];

describe("the sites of three clouds", function () {
  this.timeout(120_000);
  let sites: readonly Built[];
  before(async () => {
    sites = [await build("aws"), await build("gcp"), await build("azure")];
  });

  it("[PF-CLOUD-02] [PF-SEC-03] take in a system that knows the contract alone, with every kind of grant", () => {
    const wanted = grantableKinds.flatMap((kind) => accesses.map((access) => `guest-${kind}-${access}`)).sort();
    for (const { cloud, guests, resources } of sites) {
      assert.deepEqual([...guests].sort(), wanted, cloud);
      for (const guest of guests) {
        const identity = resources.find(({ name, custom }) => name === `${guest}-identity` && !custom);
        assert.ok(identity, `${guest} on ${cloud}`);
        const rights = resources.filter(({ custom, name }) => custom && name.startsWith(`${identity.name}-`));
        assert.ok(rights.length > 0, `${guest} has no right on ${cloud}`);
        const pods = resources.find(({ name }) => name === `${guest}-deployment`);
        assert.ok(
          rights.some(({ urn }) => pods?.dependsOn.includes(urn)),
          `pods of ${guest} on ${cloud} start without their rights`,
        );
      }
    }
  });

  it("[PF-CLOUD-02] run the same workloads but for how pods get their identity", () => {
    assert.deepEqual(unexplained(sites.map(guestsOf), guestDifferences), []);
  });

  it("[PF-CLOUD-02] [PF-SCALE-01] have the same platform layer but for what the contract and the capability matrix say", () => {
    assert.deepEqual(unexplained(sites.map(platformOf), platformDifferences), []);
    for (const built of sites) assert.ok(platformOf(built).resources.length > 30, built.cloud);
  });

  it("are found out when they differ otherwise", () => {
    const [aws, ...others] = sites.map(platformOf);
    assert.ok(aws);
    const changed = (name: string, change: (resource: Registration) => readonly Registration[]): SeenPart => ({
      ...aws,
      resources: aws.resources.flatMap((resource) => (resource.name === name ? change(resource) : [resource])),
    });
    const services = "platform-namespaces-services";
    const type = "kubernetes:core/v1:Namespace";
    const problems = (part: SeenPart) => unexplained([part, ...others], platformDifferences);
    assert.deepEqual(problems(changed(services, () => [])), [`${type} ${services} is on gcp, azure alone`]);
    assert.deepEqual(problems(changed(services, (one) => [{ ...one, protect: true }])), [
      `${type} ${services} options.protect differs between aws and gcp`,
      `${type} ${services} options.protect differs between aws and azure`,
    ]);
    const brought = aws.resources.find(({ name }) => name === "platform-metrics-server-chart-release");
    assert.ok(brought);
    const [gcp, ...rest] = others;
    assert.ok(gcp);
    const doubled = { ...gcp, resources: [...gcp.resources, brought] };
    assert.deepEqual(unexplained([aws, doubled, ...rest], platformDifferences), [
      "kubernetes:helm.sh/v3:Release platform-metrics-server-chart-release is there on gcp, which the row kubernetes.metrics denies",
      "kubernetes:helm.sh/v3:Release platform-metrics-server-chart-release parent differs between aws and gcp",
    ]);
    const driver = (one: Registration) => [{ ...one, inputs: { ...one.inputs, provisioner: "ebs.example.com" } }];
    assert.deepEqual(problems(changed("platform-storage-classes-fast", driver)), [
      'kubernetes:storage.k8s.io/v1:StorageClass platform-storage-classes-fast provisioner on aws is not what cluster.storage.fast says: "ebs.example.com"',
    ]);
    const unused: Allowed = {
      name: / platform-namespaces-services$/,
      field: "nothing",
      path: "metadata.name",
      value: () => "services",
    };
    assert.deepEqual(unexplained([aws, ...others], [...platformDifferences, unused]), [
      "nothing differs by nothing at / platform-namespaces-services$/: take the row out",
    ]);
  });
});

describe("what runs on a site", () => {
  for (const file of ["tests/stacks/sites.guest.ts", "components/kubernetes/platform-layer.ts"]) {
    it(`[PF-CLOUD-02] ${file} loads no cloud`, async () => {
      const { files, packages } = await loadedWith(file);
      assert.deepEqual(
        files.filter(
          (each) => !/^(components\/(contracts|kubernetes|planning)\/|tests\/stacks\/sites\.guest\.ts$)/.test(each),
        ),
        [],
      );
      assert.deepEqual(
        packages.filter((each) => !/^(@pulumi\/(kubernetes|pulumi)(\/|$)|node:|ipaddr\.js$)/.test(each)),
        [],
      );
    });
  }
});
