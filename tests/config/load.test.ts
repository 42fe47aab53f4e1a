import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors";
import { loadConfiguration, type ConfigurationSource } from "../../config/load";
import { declaredSecrets } from "../../config/secrets";
import { committed, withSettings } from "./stack-files";

const durgaPuja = committed("durga-puja");
const dev = committed("dev");

/** The problems of a configuration, one line each, without the heading. */
function problems(source: ConfigurationSource): readonly string[] {
  try {
    loadConfiguration(source);
  } catch (error) {
    assert.ok(RunError.isInstance(error), String(error));
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

const changed = (settings: Record<string, unknown>) => problems(withSettings(durgaPuja, settings));

describe("configuration of durga-puja", () => {
  it("has the documented values by default", () => {
    const config = loadConfiguration(durgaPuja);
    assert.ok(config.blueprint === "durga-puja");
    const { frontend, backend, secrets, ...rest } = config;
    assert.deepEqual(secrets, { mongodbUri: declaredSecrets("durga-puja")["platform:secrets.mongodbUri"] });
    assert.deepEqual(
      [frontend.image.repository, frontend.replicas, frontend.resources],
      [
        "difindoxt/durga-puja-frontend",
        { min: 3, max: 10 },
        { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      ],
    );
    assert.deepEqual(
      [backend.image.repository, backend.replicas, backend.resources],
      [
        "difindoxt/durga-puja-backend",
        { min: 3, max: 10 },
        { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
      ],
    );
    const nodes = { instanceTypes: ["t3.medium"], diskGiB: 30, diskType: "gp3", amiType: "AL2023_x86_64_STANDARD" };
    assert.deepEqual(rest, {
      blueprint: "durga-puja",
      class: "production",
      protection: "on",
      region: "us-east-1",
      backupRegion: "us-west-2",
      accounts: [],
      network: {
        cidr: "10.0.0.0/16",
        zones: ["a", "b", "c"],
        nat: "per-zone",
        subnets: {
          public: { a: "10.0.1.0/24", b: "10.0.2.0/24", c: "10.0.3.0/24" },
          private: { a: "10.0.11.0/24", b: "10.0.12.0/24", c: "10.0.13.0/24" },
          database: { a: "10.0.21.0/24", b: "10.0.22.0/24", c: "10.0.23.0/24" },
        },
      },
      cluster: {
        name: "durga-puja-eks",
        version: "1.36",
        allowUnsupportedVersion: false,
        supportType: "STANDARD",
        endpoint: { private: true, public: true, publicCidrs: ["0.0.0.0/0"] },
        logs: ["api", "audit", "scheduler"],
        admins: {},
        primary: { ...nodes, desired: 3, min: 2, max: 5 },
        spot: { ...nodes, enabled: true, desired: 2, min: 0, max: 5 },
        autoscaler: { maxNodes: 5, scaleUpAfterSeconds: 30, scaleDownBelowPercent: 50, scaleDownAfterMinutes: 10 },
      },
      database: {
        name: "durga_puja",
        masterUser: "platform",
        engineVersion: "15",
        instanceClass: "db.t3.micro",
        availability: "standby",
        storageGiB: 20,
        maxStorageGiB: 100,
        storageType: "gp3",
        backupRetentionDays: 7,
        backupCopy: true,
        maxConnections: 100,
        monitoringIntervalSeconds: 60,
        replicaZone: "c",
      },
      cache: { engineVersion: "7.0", nodeType: "cache.t3.micro", nodes: 2, snapshotRetentionDays: 7 },
      objects: {
        prefixes: ["uploads", "thumbnails", "static", "backups"],
        infrequentAccessAfterDays: 90,
        deleteAfterDays: 365,
        keepVersionsDays: 30,
      },
      alarms: "create",
      threatDetection: "create",
      connectionDrainingSeconds: 300,
    });
  });

  it("takes the documented version 1.28 and the tag latest when each is explicitly allowed", () => {
    const config = loadConfiguration(
      withSettings(durgaPuja, {
        cluster: { version: "1.28", allowUnsupportedVersion: true },
        frontend: { image: { tag: "latest", allowMutableTags: true } },
      }),
    );
    assert.ok(config.blueprint === "durga-puja");
    assert.equal(config.cluster.version, "1.28");
    assert.equal(config.frontend.image.tag, "latest");
  });
});

describe("configuration problems", () => {
  it("are all reported at once, sorted, with the stack, its file and their number", () => {
    const source = withSettings(durgaPuja, {
      clusterr: {},
      cluster: { version: 1.28, primary: { min: 9 } },
      backend: "nonsense",
      database: { engineVersion: "99", monitoringIntervalSeconds: 7, backupRetentionDays: 40 },
      network: { zons: [], cidr: "10.0.0.0/16", subnets: { public: { a: "10.0.11.128/25", b: "10.1.0.0/24" } } },
      frontend: { image: { tag: "latest" }, replicas: { min: 11 }, resources: { requests: { cpu: "lots" } } },
    });
    const values = { ...source.values, "aws:region": "us-east-2" };
    assert.throws(() => loadConfiguration({ ...source, values, secretKeys: [] }), {
      message: [
        "The configuration of stack durga-puja (Pulumi.durga-puja.yaml) has 14 problems:",
        "  aws:region: has no effect, since every provider is explicit: set platform:region instead",
        '  platform:backend: is "nonsense": give a group of settings',
        "  platform:cluster.primary.min: min (9) is above max (5): lower min or raise max",
        '  platform:cluster.version: is 1.28: give a text, in quotes: "1.28"',
        '  platform:clusterr: there is no such setting: did you mean "cluster"?',
        "  platform:database.backupRetentionDays: is 40: give a whole number from 1 to 35",
        '  platform:database.engineVersion: is "99": give one of "15", "16", "17", "18"',
        "  platform:database.monitoringIntervalSeconds: is 7: give one of 1, 5, 10, 15, 30, 60",
        '  platform:frontend.image.tag: tag "latest" can be moved to another image: give its digest instead, or set allowMutableTags to true',
        "  platform:frontend.replicas.min: min (11) is above max (10): lower min or raise max",
        '  platform:frontend.resources.requests.cpu: is "lots": give a Kubernetes quantity such as 100m or 128Mi',
        "  platform:network.subnets.public.a: 10.0.11.128/25 overlaps subnets.private.a (10.0.11.0/24): give one of them a range of its own",
        "  platform:network.subnets.public.b: 10.1.0.0/24 lies outside cidr (10.0.0.0/16): give a range inside it, or widen cidr",
        '  platform:network.zons: there is no such setting: did you mean "zones"?',
      ].join("\n"),
    });
  });

  const cases: readonly [what: string, settings: Record<string, unknown>, expected: readonly string[]][] = [
    [
      "overlapping ranges",
      { network: { subnets: { public: { a: "10.0.1.0/24", b: "10.0.1.0/25", c: "10.0.3.0/24" } } } },
      [
        "platform:network.subnets.public.b: 10.0.1.0/25 overlaps subnets.public.a (10.0.1.0/24): give one of them a range of its own",
      ],
    ],
    [
      "a range that is none",
      { network: { cidr: "10.0.0.0/40" } },
      ['platform:network.cidr: "10.0.0.0/40" is not an IPv4 range such as 10.0.0.0/16: correct it'],
    ],
    [
      "a network that AWS refuses",
      { network: { cidr: "10.0.0.0/8" } },
      [
        "platform:network.cidr: 10.0.0.0/8 is not between /16 and /28, which AWS requires: choose a prefix in that range",
      ],
    ],
    [
      "a zone that stands twice",
      { network: { zones: ["a", "b", "a"] } },
      ['platform:network.zones[2]: zone "a" stands twice: name each zone once'],
    ],
    [
      "a range of a zone that is not there",
      { network: { subnets: { public: { d: "10.0.4.0/24" } } } },
      ["platform:network.subnets.public.d: zone d is not in zones (a, b, c): add it there or take the range out"],
    ],
    [
      "a replica in a zone that is not there",
      { database: { replicaZone: "d" } },
      [
        'platform:database.replicaZone: is "d", which is not in network.zones (a, b, c): add it there or choose one of them',
      ],
    ],
    [
      "a replica that leaves the database one zone",
      { network: { zones: ["a", "c"] } },
      [
        'platform:database.replicaZone: is "c", which leaves one of network.zones (a, c) to the instance, and RDS requires two: add a zone to network.zones, or set replicaZone to "none"',
      ],
    ],
    [
      "backups in the same region",
      { backupRegion: "us-east-1" },
      [
        "platform:backupRegion: is us-east-1, the stack's own region, so that one outage takes the database and its backups: name another region, or set database.backupCopy to false",
      ],
    ],
    [
      "a certificate of another region",
      { certificateArn: "arn:aws:acm:us-west-2:111122223333:certificate/0a1b" },
      [
        "platform:certificateArn: is arn:aws:acm:us-west-2:111122223333:certificate/0a1b, of another region than us-east-1, where no load balancer can use it: give one of us-east-1",
      ],
    ],
    [
      "more nodes at first than the autoscaler allows",
      { cluster: { autoscaler: { maxNodes: 4 } } },
      [
        "platform:cluster.autoscaler.maxNodes: maxNodes (4) is below the nodes at first (5: primary.desired and spot.desired): raise maxNodes or lower one of them",
      ],
    ],
    [
      "fewer nodes at first than the minimum",
      { cluster: { primary: { desired: 1 } } },
      ["platform:cluster.primary.desired: desired (1) is below min (2): raise desired or lower min"],
    ],
    [
      "more nodes at first than the maximum",
      { cluster: { spot: { desired: 6 }, autoscaler: { maxNodes: 20 } } },
      ["platform:cluster.spot.desired: desired (6) is above max (5): lower desired or raise max"],
    ],
    [
      "the documented version",
      { cluster: { version: "1.28" } },
      [
        "platform:cluster.version: 1.28 is not supported by EKS (it knows 1.36, 1.35, 1.34, 1.33): use 1.36, or set allowUnsupportedVersion",
      ],
    ],
    [
      "a version past its standard support",
      { cluster: { version: "1.33" } },
      [
        "platform:cluster.version: standard support of 1.33 ended on 2026-07-29: use 1.36, or set supportType to EXTENDED",
      ],
    ],
    [
      "an API that nobody reaches",
      { cluster: { endpoint: { private: false, public: false } } },
      [
        "platform:cluster.endpoint.private: private and public are both false, so nobody could reach the API: set one of them to true",
      ],
    ],
    [
      "an API that people reach and nodes do not",
      { cluster: { endpoint: { private: false, publicCidrs: ["203.0.113.0/24"] } } },
      [
        "platform:cluster.endpoint.private: is false, so that nodes reach the API from the addresses of the NAT gateways, which publicCidrs (203.0.113.0/24) cannot name before they exist: set it to true",
      ],
    ],
    [
      "storage that cannot grow",
      { database: { storageGiB: 100 } },
      [
        "platform:database.maxStorageGiB: maxStorageGiB (100) is not 10 % above storageGiB (100), which RDS requires: raise it to 110 or more",
      ],
    ],
    [
      "objects deleted before they move",
      { objects: { deleteAfterDays: 60 } },
      [
        "platform:objects.deleteAfterDays: deleteAfterDays (60) is not above infrequentAccessAfterDays (90): raise the first or lower the second",
      ],
    ],
    [
      "an image by digest and tag",
      { frontend: { image: { tag: "v1", digest: `sha256:${"a".repeat(64)}` } } },
      [`platform:frontend.image.tag: tag "v1" and digest sha256:${"a".repeat(64)} are both given: keep the digest`],
    ],
    [
      "an image by neither",
      { backend: { image: {} } },
      [
        "platform:backend.image.digest: is missing: give the digest of the image to run (sha256: and 64 hexadecimal digits)",
      ],
    ],
    [
      "a misspelt choice",
      { class: "prodution" },
      [
        'platform:class: is "prodution": give one of "development", "staging", "production", "recovery" (did you mean "production"?)',
      ],
    ],
  ];
  for (const [what, settings, expected] of cases) {
    it(`name both knobs, the value and the remedy: ${what}`, () => {
      assert.deepEqual(changed(settings), expected);
    });
  }

  it("name a value that is broken JSON", () => {
    const [problem = "", ...others] = changed({ network: "{" });
    assert.match(problem, /^platform:network: is not valid JSON \(.+\): correct it$/);
    assert.deepEqual(others, []);
  });

  it("say that a zone does not fit", () => {
    assert.deepEqual(problems(withSettings(dev, { network: { cidr: "10.16.0.0/22", zones: ["a", "b", "c"] } })), [
      "platform:network.zones: cidr 10.16.0.0/22 has no room for 3 zones (a, b, c) in three tiers with space to grow: widen cidr to /21 or more, or give every zone its ranges in subnets",
    ]);
  });

  it("forgive a documented range of a zone that was taken out", () => {
    assert.deepEqual(changed({ network: { zones: ["a", "b"] }, database: { replicaZone: "none" } }), []);
  });

  it("say which blueprint is missing or meant", () => {
    assert.deepEqual(problems({ stack: "empty", values: {}, secretKeys: [] }), [
      'platform:blueprint: is missing: name the code that the stack runs, one of "durga-puja", "portfolio-aws", "portfolio-azure", "portfolio-gcp", "state-backend", "state-backend-azure", "state-backend-gcp"',
    ]);
    assert.deepEqual(problems({ stack: "typo", values: { "platform:blueprint": "durga-pooja" }, secretKeys: [] }), [
      'platform:blueprint: is "durga-pooja": give one of "durga-puja", "portfolio-aws", "portfolio-azure", "portfolio-gcp", "state-backend", "state-backend-azure", "state-backend-gcp" (did you mean "durga-puja"?)',
    ]);
  });
});

describe("secrets", () => {
  const uri = "mongodb://user:hunter2@db.example/durga";
  const given = (value: unknown, secretKeys: readonly string[]): ConfigurationSource => ({
    ...withSettings(durgaPuja, { secrets: value }),
    secretKeys,
  });

  it("are missing with the command that sets them", () => {
    const expected = [
      "platform:secrets.mongodbUri: is missing (MONGODB_URI, connection string of the backend's MongoDB): set it with pulumi config set --secret --path 'platform:secrets.mongodbUri'",
    ];
    assert.deepEqual(problems(given({}, [])), expected);
    const values = Object.fromEntries(Object.entries(durgaPuja.values).filter(([key]) => key !== "platform:secrets"));
    assert.deepEqual(problems({ ...durgaPuja, values, secretKeys: [] }), expected);
  });

  it("are refused in clear, without being shown", () => {
    assert.deepEqual(problems(given({ mongodbUri: uri }, [])), [
      "platform:secrets.mongodbUri: stands in the stack's file in clear: encrypt it with pulumi config set --secret --path 'platform:secrets.mongodbUri', and change it where it is used",
    ]);
  });

  it("are taken encrypted, and as the offline placeholder", () => {
    assert.deepEqual(problems(given({ mongodbUri: uri }, ["platform:secrets"])), []);
    assert.deepEqual(
      problems(given({ mongodbUri: declaredSecrets("durga-puja")["platform:secrets.mongodbUri"] }, [])),
      [],
    );
  });

  it("are not shown when they are wrong", () => {
    for (const wrong of [{ mongodbUri: 123456 }, { mongodbUri: "" }, { mongodbUri: { inner: uri } }, uri]) {
      const found = problems(given(wrong, ["platform:secrets"]));
      assert.equal(found.length, 1);
      assert.doesNotMatch(found.join("\n"), /123456|hunter2/);
    }
  });

  it("may not stand elsewhere, where they would show", () => {
    assert.deepEqual(
      problems({
        ...durgaPuja,
        secretKeys: ["platform:secrets", "platform:network"],
        values: { ...durgaPuja.values, "platform:network": "{}" },
      }),
      ["platform:network: is encrypted, but only platform:secrets is kept secret: its values would show in clear"],
    );
  });

  it("are declared for each blueprint with a placeholder that reaches nothing", () => {
    assert.deepEqual(declaredSecrets("durga-puja"), {
      "platform:secrets.mongodbUri": "mongodb://offline:offline@mongodb.invalid:27017/durga-puja",
    });
    assert.deepEqual(declaredSecrets("portfolio-aws"), {});
    assert.deepEqual(declaredSecrets("toString"), {});
  });
});

describe("configuration of the portfolio's AWS site", () => {
  it("has the values of the smallest environment by default", () => {
    const config = loadConfiguration(dev);
    assert.ok(config.blueprint === "portfolio-aws");
    assert.deepEqual(
      [config.class, config.region, config.network.zones, config.network.nat, config.cluster.version],
      ["development", "us-west-2", ["a", "b"], "single", "1.36"],
    );
    assert.deepEqual(
      [config.database.engineVersion, config.database.availability, config.database.replicaZone, config.cache.nodes],
      ["17", "by-class", "none", "by-class"],
    );
  });
});
