import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cloud } from "../../../../offline/cloud/cloud";
import { ControlPlane, type CheckFailure, type DiffResult } from "../../../../offline/cloud/control-plane";
import type { CloudPackage, Session } from "../../../../offline/cloud/package";
import type { Properties } from "../../../../offline/cloud/value";
import { SchemaSource } from "../../../../offline/schema/source";
import { gcpPackage } from "../../../../offline/services/gcp/index";
import { DEFAULT_PROJECT, serviceAgent } from "../../../../offline/services/gcp/project";
import { urn } from "../refused";

export { refused } from "../refused";

const root = resolve(__dirname, "../../../..");
const source = new SchemaSource({ root, cache: join(tmpdir(), `gcp-stores-schema-${String(process.pid)}`) });
const gcp: CloudPackage = gcpPackage({ schema: (token) => source.resource(token), version: "9.37.0" });

/** APIs that the tests of the stores call. */
const APIS = [
  ...[
    "aiplatform",
    "artifactregistry",
    "backupdr",
    "biglake",
    "bigtableadmin",
    "cloudbuild",
    "cloudfunctions",
    "cloudkms",
  ],
  ...[
    "compute",
    "container",
    "eventarc",
    "firestore",
    "gkebackup",
    "iam",
    "identitytoolkit",
    "managedkafka",
    "memcache",
  ],
  ...["pubsub", "redis", "run", "secretmanager", "securitycenter", "servicenetworking", "sqladmin", "storagetransfer"],
  ...["vpcaccess", "cloudresourcemanager"],
].map((name) => `${name}.googleapis.com`);

export interface Made {
  readonly token: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** A project in a cloud of its own, in us-central1, with the APIs enabled that stores need. */
export class StoreProject {
  readonly project = DEFAULT_PROJECT;
  private readonly session: Session;
  private readonly plane: ControlPlane;

  constructor(
    apis: readonly string[] = APIS,
    readonly cloud = Cloud.open(),
  ) {
    this.session = gcp.configure(
      { project: this.project, region: "us-central1" },
      cloud.view({ account: "", region: "" }),
    );
    this.plane = new ControlPlane(cloud, gcp);
    for (const service of apis) this.create("gcp:projects/service:Service", service, { service });
  }

  /** Reasons that `check` gives for the inputs, by property. */
  reasons(token: string, inputs: Properties): Readonly<Record<string, string>> {
    const { failures } = this.check(token, "checked", inputs);
    return Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
  }

  /** Checks and creates; the check must be clean. */
  create(token: string, name: string, inputs: Properties): Made {
    const checked = this.check(token, name, inputs);
    assert.deepEqual(checked.failures, [], `${token} ${name}`);
    const call = { urn: urn(token, name), type: token, inputs: checked.inputs, session: this.session };
    const { id, outputs } = this.plane.create(call);
    return { token, name, id, inputs: checked.inputs, outputs };
  }

  update(made: Made, change: Properties): Made {
    const inputs = { ...made.inputs, ...change };
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    const { outputs } = this.plane.update({
      ...call,
      id: made.id,
      inputs,
      oldInputs: made.inputs,
      oldOutputs: made.outputs,
    });
    return { ...made, inputs, outputs };
  }

  delete(made: Made): void {
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    this.plane.delete({ ...call, id: made.id, inputs: made.inputs });
  }

  /** The properties that replace when `change` is made. */
  replacedBy(made: Made, change: Properties): readonly string[] {
    const diff: DiffResult = this.plane.diff(made.token, made.inputs, { ...made.inputs, ...change }, this.session);
    return diff.changes.filter(({ replaces }) => replaces).map(({ path }) => path);
  }

  has(token: string, id: string): boolean {
    return this.cloud.all().some((each) => each.type === token && each.id === id);
  }

  /** A network; with private service access if `connected`. */
  network(name = "main", connected = true): Made {
    const network = this.create("gcp:compute/network:Network", name, { name, autoCreateSubnetworks: false });
    if (!connected) return network;
    this.create("gcp:compute/globalAddress:GlobalAddress", `${name}-services`, {
      name: `${name}-services`,
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
      address: "10.200.0.0",
      prefixLength: 16,
      network: network.id,
    });
    this.create("gcp:servicenetworking/connection:Connection", `${name}-connection`, {
      network: network.id,
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: [`${name}-services`],
    });
    return network;
  }

  subnet(network: Made, name: string, ipCidrRange: string, region = "us-central1"): Made {
    return this.create("gcp:compute/subnetwork:Subnetwork", name, { name, network: network.id, ipCidrRange, region });
  }

  /** A key; the services of `apis` may use it. */
  key(location = "us-central1", apis: readonly string[] = []): Made {
    const ring = this.create("gcp:kms/keyRing:KeyRing", `ring-${location}`, { name: `ring-${location}`, location });
    const key = this.create("gcp:kms/cryptoKey:CryptoKey", `key-${location}`, { name: "key", keyRing: ring.id });
    for (const api of apis) this.grant(key, api);
    return key;
  }

  grant(key: Made, api: string): Made {
    const service = `${api}.googleapis.com`;
    this.create("gcp:projects/serviceIdentity:ServiceIdentity", api, { service });
    return this.create("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", `${key.name}-${api}`, {
      cryptoKeyId: key.id,
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: `serviceAccount:${serviceAgent(this.project, service)}`,
    });
  }

  private check(
    token: string,
    name: string,
    inputs: Properties,
  ): { inputs: Properties; failures: readonly CheckFailure[] } {
    return this.plane.check({ urn: urn(token, name), type: token, inputs, session: this.session });
  }
}
