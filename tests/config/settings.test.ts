import assert from "node:assert/strict";
import { loadConfiguration } from "../../config/load";
import { eksVersionFault, eksVersions } from "../../config/schema/eks-versions";
import { limits, settings } from "./schema-settings";
import { committed, withSettings } from "./stack-files";

/** Default values by requirement: what the reader of the configuration is told stands there because a requirement says so. */
const documented: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "DP-NET-01": { region: "us-east-1", "network.cidr": "10.0.0.0/16", "network.zones": ["a", "b", "c"] },
  "DP-NET-02": { "network.subnets.public": { a: "10.0.1.0/24", b: "10.0.2.0/24", c: "10.0.3.0/24" } },
  "DP-NET-03": { "network.subnets.private": { a: "10.0.11.0/24", b: "10.0.12.0/24", c: "10.0.13.0/24" } },
  "DP-NET-04": { "network.subnets.database": { a: "10.0.21.0/24", b: "10.0.22.0/24", c: "10.0.23.0/24" } },
  "DP-NET-05": { "network.nat": "per-zone" },
  "DP-EKS-01": {
    "cluster.name": "durga-puja-eks",
    "cluster.version": "1.36",
    "cluster.endpoint.private": true,
    "cluster.endpoint.public": true,
    "cluster.logs": ["api", "audit", "scheduler"],
  },
  "DP-EKS-02": {
    "cluster.primary.instanceTypes": ["t3.medium"],
    "cluster.primary.desired": 3,
    "cluster.primary.min": 2,
    "cluster.primary.max": 5,
    "cluster.primary.diskGiB": 30,
    "cluster.primary.diskType": "gp3",
    "cluster.primary.amiType": "AL2023_x86_64_STANDARD",
  },
  "DP-EKS-03": {
    "cluster.spot.enabled": true,
    "cluster.spot.instanceTypes": ["t3.medium"],
    "cluster.spot.desired": 2,
    "cluster.spot.min": 0,
    "cluster.spot.max": 5,
    "cluster.spot.diskGiB": 30,
    "cluster.spot.diskType": "gp3",
    "cluster.spot.amiType": "AL2023_x86_64_STANDARD",
  },
  "DP-EKS-04": {
    "cluster.autoscaler.maxNodes": 5,
    "cluster.autoscaler.scaleUpAfterSeconds": 30,
    "cluster.autoscaler.scaleDownBelowPercent": 50,
    "cluster.autoscaler.scaleDownAfterMinutes": 10,
  },
  "DP-DATA-01": {
    "database.engineVersion": "15",
    "database.instanceClass": "db.t3.micro",
    "database.availability": "standby",
    "database.storageGiB": 20,
    "database.maxStorageGiB": 100,
    "database.storageType": "gp3",
    "database.backupRetentionDays": 7,
    "database.maxConnections": 100,
    "database.monitoringIntervalSeconds": 60,
  },
  "DP-DATA-02": { "database.replicaZone": "c" },
  "DP-DATA-03": {
    "cache.engineVersion": "7.0",
    "cache.nodeType": "cache.t3.micro",
    "cache.nodes": 2,
    "cache.snapshotRetentionDays": 7,
  },
  "DP-DATA-04": {
    "objects.prefixes": ["uploads", "thumbnails", "static", "backups"],
    "objects.infrequentAccessAfterDays": 90,
    "objects.deleteAfterDays": 365,
  },
  "DP-K8S-02": {
    "frontend.image.repository": "difindoxt/durga-puja-frontend",
    "frontend.replicas.min": 3,
    "frontend.replicas.max": 10,
    "frontend.resources.requests.cpu": "100m",
    "frontend.resources.requests.memory": "128Mi",
    "frontend.resources.limits.cpu": "500m",
    "frontend.resources.limits.memory": "512Mi",
  },
  "DP-K8S-03": {
    "backend.image.repository": "difindoxt/durga-puja-backend",
    "backend.replicas.min": 3,
    "backend.replicas.max": 10,
    "backend.resources.requests.cpu": "200m",
    "backend.resources.requests.memory": "256Mi",
    "backend.resources.limits.cpu": "1000m",
    "backend.resources.limits.memory": "1Gi",
  },
  "DP-HA-01": { "database.backupCopy": true, connectionDrainingSeconds: 300 },
  "DP-SEC-03": { alarms: "create", threatDetection: "create" },
};

/** Least and greatest value of every whole number, where the settings stand. */
const bounds: Readonly<Record<string, readonly [least: number, greatest: number]>> = {
  "cluster.primary.desired": [0, 450],
  "cluster.primary.min": [0, 450],
  "cluster.primary.max": [1, 450],
  "cluster.primary.diskGiB": [20, 16384],
  "cluster.spot.desired": [0, 450],
  "cluster.spot.min": [0, 450],
  "cluster.spot.max": [1, 450],
  "cluster.spot.diskGiB": [20, 16384],
  "cluster.autoscaler.maxNodes": [1, 1000],
  "cluster.autoscaler.scaleUpAfterSeconds": [0, 3600],
  "cluster.autoscaler.scaleDownBelowPercent": [1, 100],
  "cluster.autoscaler.scaleDownAfterMinutes": [1, 1440],
  "database.storageGiB": [20, 65536],
  "database.maxStorageGiB": [22, 65536],
  "database.backupRetentionDays": [1, 35],
  "database.maxConnections": [6, 262143],
  "cache.nodes": [1, 6],
  "cache.snapshotRetentionDays": [0, 35],
  "objects.infrequentAccessAfterDays": [30, 3650],
  "objects.deleteAfterDays": [31, 36500],
  "objects.keepVersionsDays": [1, 3650],
  "frontend.replicas.min": [1, 1000],
  "frontend.replicas.max": [1, 1000],
  "backend.replicas.min": [1, 1000],
  "backend.replicas.max": [1, 1000],
  connectionDrainingSeconds: [0, 3600],
};

const choices: Readonly<Record<string, readonly unknown[]>> = {
  class: ["development", "production", "recovery", "staging"],
  protection: ["off", "on"],
  "network.nat": ["per-zone", "single"],
  "cluster.supportType": ["EXTENDED", "STANDARD"],
  "cluster.primary.diskType": ["gp2", "gp3"],
  "cluster.spot.diskType": ["gp2", "gp3"],
  "database.engineVersion": ["15", "16", "17", "18"],
  "database.availability": ["by-class", "single-zone", "standby"],
  "database.monitoringIntervalSeconds": [1, 5, 10, 15, 30, 60],
  "database.replicaZone": ["a", "b", "c", "d", "e", "f", "g", "h", "none"],
  "cache.engineVersion": ["7.0", "7.1"],
  alarms: ["create", "skip"],
  threatDetection: ["create", "skip"],
};

/** Lists that must hold something. */
const fewest: Readonly<Record<string, number>> = {
  "network.zones": 2,
  "cluster.endpoint.publicCidrs": 1,
  "cluster.primary.instanceTypes": 1,
  "cluster.spot.instanceTypes": 1,
  "objects.prefixes": 1,
};

describe("settings of durga-puja", () => {
  const known = settings("durga-puja");

  for (const [requirement, defaults] of Object.entries(documented)) {
    it(`[${requirement}] are documented with these values and this requirement`, () => {
      const found = [...known].filter(([, setting]) => setting.requirement === requirement);
      assert.deepEqual(Object.fromEntries(found.map(([path, setting]) => [path, setting.default])), defaults);
    });
  }

  it("have no other requirement", () => {
    const named = new Set([...known.values()].flatMap(({ requirement }) => requirement ?? []));
    assert.deepEqual([...named].sort(), Object.keys(documented).sort());
  });

  it("have careful values where no requirement says one", () => {
    const found = [...known].filter(
      ([, { requirement, default: value }]) => requirement === undefined && value !== undefined,
    );
    assert.deepEqual(Object.fromEntries(found.map(([path, setting]) => [path, setting.default])), {
      class: "production",
      protection: "on",
      backupRegion: "us-west-2",
      accounts: [],
      "cluster.allowUnsupportedVersion": false,
      "cluster.supportType": "STANDARD",
      "cluster.endpoint.publicCidrs": ["0.0.0.0/0"],
      "cluster.admins": {},
      "database.name": "durga_puja",
      "database.masterUser": "platform",
      "network.adopt.subnetIds.public": {},
      "network.adopt.subnetIds.private": {},
      "network.adopt.subnetIds.database": {},
      "objects.keepVersionsDays": 30,
      "frontend.image.allowMutableTags": false,
      "backend.image.allowMutableTags": false,
    });
  });
});

describe("settings of durga-puja, at their limits", () => {
  const known = settings("durga-puja");
  const load = (changes: Record<string, unknown>) => loadConfiguration(withSettings(committed("durga-puja"), changes));

  it("[DP-EKS-01] name the documented version, which needs a switch of its own", () => {
    assert.equal(
      known.get("cluster.version")?.description,
      "Kubernetes version, minor only. Documented is 1.28, which EKS no longer offers; it needs allowUnsupportedVersion",
    );
  });

  it("[DP-EKS-04] count no spot nodes that are switched off", () => {
    const cluster = (enabled: boolean) => ({ cluster: { spot: { enabled }, autoscaler: { maxNodes: 3 } } });
    load(cluster(false));
    assert.throws(() => load(cluster(true)), /maxNodes \(3\) is below the nodes at first \(5:/);
  });

  it("take a connection string of any length but none", () => {
    assert.equal(known.get("secrets.mongodbUri")?.minLength, 1);
  });
});

describe("what may be set for durga-puja", () => {
  const known = settings("durga-puja");
  const found = limits(known);

  it("numbers within these bounds, ends included", () => {
    assert.deepEqual(found.bounds, bounds);
  });

  it("one of these choices", () => {
    assert.deepEqual(found.choices, choices);
    assert.equal(known.get("database.storageType")?.const, "gp3");
  });

  it("lists that are at least this long", () => {
    assert.deepEqual(found.fewest, fewest);
  });
});

describe("range of a network", () => {
  const load = (cidr: string, subnets: Record<string, Record<string, string>> = {}) =>
    loadConfiguration(withSettings(committed("dev"), { network: { cidr, zones: ["a", "b"], subnets } }));

  it("is a /16 at most and a /28 at least", () => {
    const smallest = {
      public: { a: "10.16.0.0/31", b: "10.16.0.2/31" },
      private: { a: "10.16.0.4/31", b: "10.16.0.6/31" },
      database: { a: "10.16.0.8/31", b: "10.16.0.10/31" },
    };
    assert.throws(() => load("10.16.0.0/15"), /10\.16\.0\.0\/15 is not between \/16 and \/28/);
    assert.throws(() => load("10.16.0.0/29", smallest), /10\.16\.0\.0\/29 is not between \/16 and \/28/);
    load("10.16.0.0/16");
    assert.throws(
      () => load("10.16.0.0/28", smallest),
      (error) => !String(error).includes("10.16.0.0/28 is not between"),
    );
  });
});

describe("versions of EKS", () => {
  it("[DP-EKS-01] end their support on these days", () => {
    assert.deepEqual(eksVersions, {
      "1.36": { standardUntil: "2027-08-02", extendedUntil: "2028-08-02" },
      "1.35": { standardUntil: "2027-03-27", extendedUntil: "2028-03-27" },
      "1.34": { standardUntil: "2026-12-02", extendedUntil: "2027-12-02" },
      "1.33": { standardUntil: "2026-07-29", extendedUntil: "2027-07-29" },
    });
  });

  it("are taken after standard support when extended support is paid for", () => {
    assert.equal(eksVersionFault("1.33", "EXTENDED"), undefined);
    assert.match(eksVersionFault("1.33", "STANDARD") ?? "", /ended on 2026-07-29/);
    assert.equal(eksVersionFault("1.34", "STANDARD"), undefined);
  });
});
