import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cloud } from "../../../../offline/cloud/cloud";
import { ControlPlane, type CheckFailure, type DiffResult } from "../../../../offline/cloud/control-plane";
import type { CloudPackage, Session } from "../../../../offline/cloud/package";
import { isProperties, type Properties, type Value } from "../../../../offline/cloud/value";
import { SchemaSource } from "../../../../offline/schema/source";
import { azurePackage } from "../../../../offline/services/azure/index";
import { DEFAULT_SUBSCRIPTION, DEFAULT_TENANT } from "../../../../offline/services/azure/provider-config";
import { urn } from "../refused";

export { refused } from "../refused";

const root = resolve(__dirname, "../../../..");

export const source = new SchemaSource({ root, cache: join(tmpdir(), `azure-schema-${String(process.pid)}`) });
export const azure: CloudPackage = azurePackage({ schema: (token) => source.resource(token), version: "3.28.0" });

export const GROUP = "azure-native:resources:ResourceGroup";
export const VNET = "azure-native:network:VirtualNetwork";
export const SUBNET = "azure-native:network:Subnet";
export const ADDRESS = "azure-native:network:PublicIPAddress";
export const ZONE = "azure-native:privatedns:PrivateZone";
const LINK = "azure-native:privatedns:VirtualNetworkLink";
export const VAULT = "azure-native:keyvault:Vault";
export const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";

/** `/subscriptions/…` of the offline subscription. */
export const SUBSCRIPTION = `/subscriptions/${DEFAULT_SUBSCRIPTION}`;

export interface Made {
  readonly token: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** A subscription in a cloud of its own, or in a given one, that calls the control plane as the engine does. */
export class Subscription {
  readonly session: Session;
  private readonly plane: ControlPlane;

  constructor(
    config: Properties = {},
    readonly cloud = Cloud.open(),
  ) {
    this.session = azure.configure(config, cloud.view({ account: "", region: "" }));
    this.plane = new ControlPlane(cloud, azure);
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
    const { id, outputs } = this.plane.create({
      urn: urn(token, name),
      type: token,
      inputs: checked.inputs,
      session: this.session,
    });
    return { token, name, id, inputs: checked.inputs, outputs };
  }

  /** A resource group of this name. */
  group(name = "rg", location = "eastus"): Made {
    return this.create(GROUP, name, { resourceGroupName: name, location });
  }

  read(made: Made): { inputs: Properties; outputs: Properties } | undefined {
    return this.plane.read({ type: made.token, id: made.id, inputs: made.inputs, outputs: {}, session: this.session });
  }

  /** The outputs of an update of the inputs by `change`. */
  update(made: Made, change: Properties): Properties {
    const checked = this.plane.check({
      urn: urn(made.token, made.name),
      type: made.token,
      inputs: { ...made.inputs, ...change },
      oldInputs: made.inputs,
      session: this.session,
    });
    assert.deepEqual(checked.failures, [], `${made.token} ${made.name}`);
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    return this.plane.update({
      ...call,
      id: made.id,
      inputs: checked.inputs,
      oldInputs: made.inputs,
      oldOutputs: made.outputs,
    }).outputs;
  }

  delete(made: Made): void {
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    this.plane.delete({ ...call, id: made.id, inputs: made.inputs });
  }

  /** The inputs changed by `change` against those it was made with. */
  diff(made: Made, change: Properties): DiffResult {
    return this.plane.diff(made.token, made.inputs, { ...made.inputs, ...change }, this.session);
  }

  invoke(token: string, args: Properties = {}): Properties {
    return this.plane.invoke(token, args, this.session);
  }

  has(token: string, id: string): boolean {
    return this.cloud.all().some((each) => each.type === token && each.id === id);
  }
}

/** Paths of the changes that replace. */
export function replacing({ changes }: DiffResult): readonly string[] {
  return changes.filter((change) => change.replaces).map(({ path }) => path);
}

/** A block of outputs. */
export function block(value: Value | undefined): Properties {
  assert.ok(isProperties(value), JSON.stringify(value));
  return value;
}

/** A resource group `rg` in eastus with the virtual network `vnet` in it. */
export function network(subscription: Subscription, prefix = "10.0.0.0/16"): { group: Made; vnet: Made } {
  const group = subscription.group();
  const vnet = subscription.create(VNET, "vnet", {
    resourceGroupName: "rg",
    virtualNetworkName: "vnet",
    addressSpace: { addressPrefixes: [prefix] },
  });
  return { group, vnet };
}

/** A subnet of that network. */
export function subnet(subscription: Subscription, name: string, addressPrefix: string, inputs: Properties = {}): Made {
  return subscription.create(SUBNET, name, {
    resourceGroupName: "rg",
    virtualNetworkName: "vnet",
    subnetName: name,
    addressPrefix,
    ...inputs,
  });
}

export function vault(subscription: Subscription, name = "portfolio-vault", properties = {}): Made {
  return subscription.create(VAULT, name, {
    resourceGroupName: "rg",
    vaultName: name,
    properties: { sku: { family: "A", name: "standard" }, tenantId: DEFAULT_TENANT, ...properties },
  });
}

export function zone(subscription: Subscription, name: string): Made {
  return subscription.create(ZONE, name, { resourceGroupName: "rg", privateZoneName: name, location: "global" });
}

export function link(subscription: Subscription, zoneName: string, vnet: Made, name = "link"): Made {
  return subscription.create(LINK, name, {
    resourceGroupName: "rg",
    privateZoneName: zoneName,
    virtualNetworkLinkName: name,
    location: "global",
    virtualNetwork: { id: vnet.id },
    registrationEnabled: false,
  });
}

export function address(subscription: Subscription, name: string, inputs = {}): Made {
  return subscription.create(ADDRESS, name, {
    resourceGroupName: "rg",
    publicIpAddressName: name,
    sku: { name: "Standard" },
    publicIPAllocationMethod: "Static",
    ...inputs,
  });
}

export function identity(subscription: Subscription, name = "workload"): Made {
  return subscription.create(IDENTITY, name, { resourceGroupName: "rg", resourceName: name });
}

/** A property that is a text. */
export function textOf(value: Value | undefined): string {
  assert.ok(typeof value === "string", JSON.stringify(value));
  return value;
}
