import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cloud } from "../../../../offline/cloud/cloud";
import { ControlPlane, type CheckFailure, type DiffResult } from "../../../../offline/cloud/control-plane";
import type { CloudPackage, Session } from "../../../../offline/cloud/package";
import { isProperties, type Properties, type Value } from "../../../../offline/cloud/value";
import { SchemaSource } from "../../../../offline/schema/source";
import { gcpPackage } from "../../../../offline/services/gcp/index";
import { urn } from "../refused";

export { refused } from "../refused";

const root = resolve(__dirname, "../../../..");
const source = new SchemaSource({ root, cache: join(tmpdir(), `gcp-schema-${String(process.pid)}`) });

export const gcp: CloudPackage = gcpPackage({ schema: (token) => source.resource(token), version: "9.37.0" });

export const PROJECT = "platform-offline";
export const NUMBER = "123456789012";
export const REGION = "us-central1";
export const COMPUTE = "https://www.googleapis.com/compute/v1/";

/** Tokens that tests write often. */
export const TOKEN = {
  service: "gcp:projects/service:Service",
  identity: "gcp:projects/serviceIdentity:ServiceIdentity",
  network: "gcp:compute/network:Network",
  subnetwork: "gcp:compute/subnetwork:Subnetwork",
  address: "gcp:compute/globalAddress:GlobalAddress",
  connection: "gcp:servicenetworking/connection:Connection",
  keyRing: "gcp:kms/keyRing:KeyRing",
  key: "gcp:kms/cryptoKey:CryptoKey",
  keyMember: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
  account: "gcp:serviceaccount/account:Account",
  projectMember: "gcp:projects/iAMMember:IAMMember",
  cluster: "gcp:container/cluster:Cluster",
  nodePool: "gcp:container/nodePool:NodePool",
  sql: "gcp:sql/databaseInstance:DatabaseInstance",
} as const;

export interface Made {
  readonly token: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** A project in a cloud of its own, or in a given one, that calls the control plane as the engine does. */
export class Project {
  readonly session: Session;
  private readonly plane: ControlPlane;

  constructor(
    config: Properties = {},
    readonly cloud = Cloud.open(),
  ) {
    this.session = gcp.configure(
      { project: PROJECT, region: REGION, ...config },
      cloud.view({ account: "", region: "" }),
    );
    this.plane = new ControlPlane(cloud, gcp);
  }

  /** A project whose APIs are enabled: `compute`, `container` and so on. */
  static with(...apis: readonly string[]): Project {
    const project = new Project();
    for (const api of apis) project.enable(api);
    return project;
  }

  enable(api: string): Made {
    return this.create(TOKEN.service, api, { service: `${api}.googleapis.com` });
  }

  check(token: string, name: string, inputs: Properties): { inputs: Properties; failures: readonly CheckFailure[] } {
    return this.plane.check({ urn: urn(token, name), type: token, inputs, session: this.session });
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
    return this.createUnchecked(token, name, checked.inputs);
  }

  /** Creates without a check: for calls that are refused before anybody looks at the inputs. */
  createUnchecked(token: string, name: string, inputs: Properties): Made {
    const { id, outputs } = this.plane.create({ urn: urn(token, name), type: token, inputs, session: this.session });
    return { token, name, id, inputs, outputs };
  }

  plan(token: string, inputs: Properties): Properties {
    return this.plane.plan({ type: token, inputs, session: this.session });
  }

  read(made: Made): { inputs: Properties; outputs: Properties } | undefined {
    return this.plane.read({ type: made.token, id: made.id, inputs: made.inputs, outputs: {}, session: this.session });
  }

  /** The resource with some inputs changed. */
  update(made: Made, inputs: Properties): Made {
    const given = { ...made.inputs, ...inputs };
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    const { outputs } = this.plane.update({
      ...call,
      id: made.id,
      inputs: given,
      oldInputs: made.inputs,
      oldOutputs: made.outputs,
    });
    return { ...made, inputs: given, outputs };
  }

  delete(made: Made): void {
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    this.plane.delete({ ...call, id: made.id, inputs: made.inputs });
  }

  /** The inputs changed by `change` against those it was made with. */
  diff(made: Made, change: Properties): DiffResult {
    return this.plane.diff(made.token, made.inputs, { ...made.inputs, ...change }, this.session);
  }

  /** Properties whose change replaces. */
  replaced(made: Made, change: Properties): readonly string[] {
    return this.diff(made, change)
      .changes.filter(({ replaces }) => replaces)
      .map(({ path }) => path);
  }

  invoke(token: string, args: Properties = {}): Properties {
    return this.plane.invoke(token, args, this.session);
  }

  has(token: string, id: string): boolean {
    return this.cloud.all().some((each) => each.type === token && each.id === id);
  }
}

/** A text among the properties, at a path. */
export function textAt(value: Value | undefined, ...path: readonly string[]): string {
  const found = path.reduce<Value | undefined>((at, key) => (isProperties(at) ? at[key] : undefined), value);
  assert.ok(typeof found === "string", `no text at ${path.join(".")}`);
  return found;
}

/** A custom-mode network with one subnet in `us-central1` that has ranges for pods and Services. */
export function network(project: Project, cidr = "10.48.0.0/20"): { network: Made; subnetwork: Made } {
  const made = project.create(TOKEN.network, "main", { name: "main", autoCreateSubnetworks: false });
  const subnetwork = project.create(TOKEN.subnetwork, "nodes", {
    name: "nodes",
    network: made.id,
    ipCidrRange: cidr,
    privateIpGoogleAccess: true,
    secondaryIpRanges: [
      { rangeName: "pods", ipCidrRange: "10.52.0.0/14" },
      { rangeName: "services", ipCidrRange: "10.49.0.0/16" },
    ],
  });
  return { network: made, subnetwork };
}

/** Inputs of a private regional cluster in that network. */
export function clusterInputs(made: ReturnType<typeof network>, change: Properties = {}): Properties {
  return {
    name: "main",
    location: REGION,
    network: made.network.id,
    subnetwork: made.subnetwork.id,
    initialNodeCount: 1,
    removeDefaultNodePool: true,
    releaseChannel: { channel: "REGULAR" },
    minMasterVersion: "1.36",
    datapathProvider: "ADVANCED_DATAPATH",
    ipAllocationPolicy: { clusterSecondaryRangeName: "pods", servicesSecondaryRangeName: "services" },
    privateClusterConfig: {
      enablePrivateNodes: true,
      enablePrivateEndpoint: true,
      masterIpv4CidrBlock: "10.50.255.0/28",
    },
    workloadIdentityConfig: { workloadPool: `${PROJECT}.svc.id.goog` },
    ...change,
  };
}
