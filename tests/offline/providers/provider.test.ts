import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginAttach, type PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Cloud } from "../../../offline/cloud/cloud";
import type { FaultKind, FaultOperation } from "../../../offline/cloud/faults";
import type { CloudPackage } from "../../../offline/cloud/package";
import { Unknown, type Properties } from "../../../offline/cloud/value";
import { listen } from "../../../offline/providers/listen";
import { resourceProvider } from "../../../offline/providers/provider";
import { decode, encode } from "../../../offline/providers/values";
import { examplePackage, NETWORK, SUBNET } from "../../support/example-package";
import { CallFailed, ProviderClient } from "../../support/provider-client";

const urn = (type: string, name: string) => `urn:pulumi:dev::platform::${type}::${name}`;
const networkUrn = urn(NETWORK, "main");
const providerUrn = (name: string) => urn("pulumi:providers:example", name);

describe("offline/providers/provider", () => {
  let cloud: Cloud;
  let server: { port: number; close(): void };
  let client: ProviderClient;
  let reports: string[];
  const clients: ProviderClient[] = [];

  const connect = () => {
    const made = new ProviderClient(server.port);
    clients.push(made);
    return made;
  };
  const start = async (pkg: CloudPackage) => {
    server = await listen(resourceProvider({ pkg, cloud, unexpected: (report) => reports.push(report) }));
    client = connect();
    await client.configure(providerUrn("west"), { region: "west" });
  };
  const fault = (kind: FaultKind, type: string, operation: FaultOperation, count = 1) => {
    cloud.commit({ faults: [...cloud.faults(), { kind, type, operation, count }] });
  };
  const failure = async (call: Promise<unknown>): Promise<CallFailed> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof CallFailed, "the call should have failed");
    return error;
  };
  const made = async (inputs: Properties = { range: "10.0", name: "main" }) => {
    const response = await client.create(networkUrn, encode(inputs));
    return { id: response.getId(), inputs, outputs: decode(response.getProperties()).properties };
  };

  beforeEach(async () => {
    cloud = Cloud.open();
    reports = [];
    await start(examplePackage);
  });
  afterEach(() => {
    for (const open of clients.splice(0)) open.close();
    server.close();
    assert.deepEqual(reports, []);
  });

  it("introduces itself as the engine wants it", async () => {
    const handshake = await client.send<messages.ProviderHandshakeResponse>(
      "handshake",
      new messages.ProviderHandshakeRequest(),
    );
    assert.deepEqual(handshake.toObject(), {
      acceptSecrets: true,
      acceptResources: true,
      acceptOutputs: true,
      supportsAutonamingConfiguration: true,
    });
    await client.send<Empty>("attach", new PluginAttach());
    const info = await client.send<PluginInfo>("getPluginInfo", new Empty());
    assert.equal(info.getVersion(), "1.2.3");
    const schema = await failure(client.send<messages.GetSchemaResponse>("getSchema", new messages.GetSchemaRequest()));
    assert.equal(schema.code, status.UNIMPLEMENTED);
  });

  it("checks a configuration, gives it back unchanged, and asks nothing of one that is not known yet", async () => {
    const request = new messages.CheckRequest();
    request.setNews(encode({ version: "1.2.3", skip: "true" }));
    const check = () => client.send<messages.CheckResponse>("checkConfig", request);
    const refused = await check();
    assert.deepEqual(decode(refused.getInputs()).properties, { version: "1.2.3", skip: "true" });
    assert.deepEqual(
      refused.getFailuresList().map((entry) => entry.toObject()),
      [{ property: "region", reason: "is required" }],
    );
    request.setNews(encode({ skip: Unknown.value }));
    assert.deepEqual((await check()).getFailuresList(), []);
  });

  it("tells instances apart by their connection, and survives a second Configure and a Cancel", async () => {
    const east = connect();
    await east.configure(providerUrn("east"), { region: "east" });
    assert.deepEqual(await client.invoke("example:index:getRegion", {}), { region: "west" });
    assert.deepEqual(await east.invoke("example:index:getRegion", {}), { region: "east" });
    await east.cancel();
    await east.configure(providerUrn("east"), { region: "east" });
    assert.deepEqual(await east.invoke("example:index:getRegion", {}), { region: "east" });
    const network = await made();
    assert.equal(network.outputs["address"], "10.0.1 in west");
  });

  it("answers an unknown connection with the stack's latest instance, of the resource's region if it names one", async () => {
    const east = connect();
    await east.configure(providerUrn("east"), { region: "east" });
    const other = connect();
    await other.configure("urn:pulumi:prod::platform::pulumi:providers:example::north", { region: "north" });
    const stranger = connect();
    const created = await stranger.create(networkUrn, encode({ range: "10.0" }));
    assert.equal(decode(created.getProperties()).properties["address"], "10.0.1 in east");
    const hinted = await stranger.create(urn(NETWORK, "hinted"), encode({ range: "10.0", region: "west" }));
    assert.equal(decode(hinted.getProperties()).properties["address"], "10.0.1 in west");
    const nobody = await failure(stranger.create("urn:pulumi:new::platform::t::n", encode({})));
    assert.equal(nobody.code, status.FAILED_PRECONDITION);
    assert.match(nobody.message, /no instance of the provider example is configured/);
  });

  it("fills in a name that stays the same, and reports every problem with its property", async () => {
    const first = decode((await client.check(networkUrn, encode({ range: "10.0" }))).getInputs()).properties;
    const again = decode((await client.check(networkUrn, encode({ range: "10.0" }))).getInputs()).properties;
    assert.match(first["name"] as string, /^main-[0-9a-f]{7}$/);
    assert.deepEqual(again, first);
    const kept = await client.check(networkUrn, encode({ range: "10.1" }), { range: "10.0", name: "old" });
    assert.deepEqual(decode(kept.getInputs()).properties, { range: "10.1", name: "old" });
    const wrong = await client.check(networkUrn, encode({ range: "wrong", name: "Upper" }));
    assert.deepEqual(
      wrong.getFailuresList().map((entry) => entry.toObject()),
      [
        {
          property: "name",
          reason: '"Upper" is not a valid name: lower-case letters, digits and hyphens (https://example.com/names)',
        },
        { property: "range", reason: '"wrong" is not a range' },
      ],
    );
  });

  it("follows the project's autonaming", async () => {
    const request = new messages.CheckRequest();
    request.setUrn(networkUrn);
    request.setNews(encode({ range: "10.0" }));
    const naming = new messages.CheckRequest.AutonamingOptions();
    naming.setProposedName("proposed");
    request.setAutonaming(naming);
    const check = () => client.send<messages.CheckResponse>("check", request);
    assert.equal(decode((await check()).getInputs()).properties["name"], "proposed");
    naming.setMode(messages.CheckRequest.AutonamingOptions.Mode.DISABLE);
    assert.equal(decode((await check()).getInputs()).properties["name"], undefined);
  });

  it("says of each changed property whether it is added, deleted or updated, and whether it replaces", async () => {
    const old = { name: "main", range: "10.0", tags: { a: "1", b: "2" } };
    const none = await client.diff(networkUrn, old, old);
    assert.equal(none.getChanges(), messages.DiffResponse.DiffChanges.DIFF_NONE);
    const inPlace = await client.diff(networkUrn, old, { ...old, tags: { a: "3", c: "4" } });
    assert.equal(inPlace.getChanges(), messages.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(
      [...inPlace.getDetaileddiffMap().entries()].map(([path, detail]) => [path, detail.toObject()]),
      [
        ["tags.a", { kind: messages.PropertyDiff.Kind.UPDATE, inputdiff: true }],
        ["tags.b", { kind: messages.PropertyDiff.Kind.DELETE, inputdiff: true }],
        ["tags.c", { kind: messages.PropertyDiff.Kind.ADD, inputdiff: true }],
      ],
    );
    assert.deepEqual(inPlace.getReplacesList(), []);
    assert.equal(inPlace.getHasdetaileddiff(), true);
    const replacing = await client.diff(networkUrn, old, { ...old, range: Unknown.value });
    assert.deepEqual(replacing.getReplacesList(), ["range"]);
    assert.equal(replacing.getDeletebeforereplace(), true);
    assert.deepEqual(replacing.getDetaileddiffMap().get("range")?.toObject(), {
      kind: messages.PropertyDiff.Kind.UPDATE_REPLACE,
      inputdiff: true,
    });
    const ignored = await client.diff(networkUrn, old, { ...old, tags: { a: "3" } }, ["tags"]);
    assert.equal(ignored.getChanges(), messages.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("previews with computed outputs unknown and everything else known, and changes nothing", async () => {
    const created = await client.create(networkUrn, encode({ range: "10.0", name: Unknown.value }), true);
    assert.equal(created.getId(), "");
    assert.deepEqual(decode(created.getProperties()).properties, {
      range: "10.0",
      name: Unknown.value,
      address: Unknown.value,
      password: Unknown.value,
    });
    assert.equal(cloud.all().length, 0);
    const network = await made();
    const updated = await client.update(networkUrn, network.id, network, { range: "10.0", tags: { a: "1" } }, true);
    assert.deepEqual(updated, {
      range: "10.0",
      tags: { a: "1" },
      address: network.outputs["address"],
      password: network.outputs["password"],
    });
    assert.deepEqual(cloud.all()[0]?.inputs, network.inputs);
  });

  it("marks secret inputs and what the SDK declares secret in the outputs, and keeps neither in the cloud", async () => {
    const inputs = encode({ range: "10.0", tags: { key: "hidden" } }, { secrets: new Set(["tags.key"]) });
    const created = await client.create(networkUrn, inputs);
    const outputs = decode(created.getProperties());
    assert.deepEqual([...outputs.secrets].sort(), ["password", "tags.key"]);
    assert.deepEqual(outputs.properties["tags"], { key: "hidden" });
    const [stored] = cloud.all();
    assert.deepEqual(stored?.inputs["tags"], { key: "[secret]" });
    assert.equal(stored.outputs["password"], "[secret]");
    const read = await client.read(networkUrn, created.getId(), {
      inputs: { range: "10.0", tags: { key: "hidden" } },
      outputs: outputs.properties,
    });
    assert.deepEqual(decode(read.getProperties()).properties, outputs.properties);
    const updated = await client.update(
      networkUrn,
      created.getId(),
      { inputs: { range: "10.0" }, outputs: outputs.properties },
      { range: "10.0" },
    );
    assert.equal(updated["password"], outputs.properties["password"]);
  });

  it("reads drift in inputs and outputs, imports by id alone, and says when the resource is gone", async () => {
    const network = await made();
    const imported = await client.read(networkUrn, network.id);
    assert.equal(imported.getId(), network.id);
    assert.deepEqual(decode(imported.getInputs()).properties, network.inputs);
    const [stored] = cloud.all();
    assert.ok(stored);
    cloud.commit({ put: [{ ...stored, inputs: { ...stored.inputs, range: "10.9" } }] });
    const drifted = await client.read(networkUrn, network.id, network);
    assert.equal(decode(drifted.getInputs()).properties["range"], "10.9");
    const missing = await client.read(networkUrn, "net-0");
    assert.equal(missing.getId(), "");
    assert.equal(missing.getInputs(), undefined);
  });

  it("refuses cleanly what the service refuses, and deletes twice without complaint", async () => {
    const taken = await failure(client.create(networkUrn, encode({ range: "taken" })));
    assert.equal(taken.code, status.FAILED_PRECONDITION);
    assert.equal(
      taken.message,
      'operation error Example: CreateNetwork, api error RangeTaken: the range "taken" is in use',
    );
    const network = await made();
    const subnet = await client.create(urn(SUBNET, "s"), encode({ networkId: network.id, range: "10.0.1" }));
    const held = await failure(client.delete(networkUrn, network.id, network.inputs));
    assert.equal(held.code, status.FAILED_PRECONDITION);
    assert.match(held.message, /DependencyViolation: .*has a dependent object \(example:index\/subnet:Subnet sub-/);
    await client.delete(urn(SUBNET, "s"), subnet.getId(), { networkId: network.id, range: "10.0.1" });
    await client.delete(networkUrn, network.id, network.inputs);
    await client.delete(networkUrn, network.id, network.inputs);
    assert.equal(cloud.all().length, 0);
  });

  it("throttles cleanly and changes nothing, once for each count", async () => {
    fault("throttling", NETWORK, "create", 2);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await failure(made());
      assert.equal(error.code, status.RESOURCE_EXHAUSTED);
      assert.match(error.message, /ThrottlingException: Rate exceeded/);
    }
    assert.equal(cloud.all().length, 0);
    await made();
    assert.equal(cloud.all().length, 1);
  });

  it("reports an internal error and a lost answer with codes that leave the resource's status unknown", async () => {
    fault("internal", "*", "create");
    const internal = await failure(made());
    assert.equal(internal.code, status.INTERNAL);
    assert.equal(cloud.all().length, 0);
    fault("timeout-after-change", NETWORK, "create");
    const lost = await failure(made());
    assert.equal(lost.code, status.UNKNOWN);
    assert.equal(lost.initFailed, undefined);
    assert.equal(cloud.all().length, 1);
  });

  it("packs a partial creation with its id, outputs and reasons", async () => {
    fault("partial-creation", NETWORK, "create");
    const error = await failure(
      client.create(networkUrn, encode({ range: "10.0", tags: { k: "v" } }, { secrets: new Set(["tags.k"]) })),
    );
    const detail = error.initFailed;
    assert.ok(detail);
    assert.equal(detail.getId(), cloud.all()[0]?.id);
    assert.deepEqual(detail.getReasonsList(), [`${NETWORK} ${detail.getId()} did not become ready (injected fault)`]);
    assert.deepEqual([...decode(detail.getProperties()).secrets].sort(), ["password", "tags.k"]);
    assert.deepEqual(decode(detail.getInputs()).properties, { range: "10.0", tags: { k: "v" } });
  });

  it("answers data sources, and gives the service's error", async () => {
    const network = await made();
    assert.deepEqual(await client.invoke("example:index:getNetwork", { id: network.id }), {
      id: network.id,
      address: "10.0.1 in west",
    });
    const missing = await failure(client.invoke("example:index:getNetwork", { id: "net-0" }));
    assert.match(missing.message, /network net-0 does not exist/);
    const unknown = await failure(client.invoke("example:index:getNetwork", { id: Unknown.value }));
    assert.match(unknown.message, /an argument is not known yet/);
  });

  it("reports a failure of its own code as internal, naming the type, with the stack in the log", async () => {
    server.close();
    await start({
      ...examplePackage,
      resourceType: (token) => ({
        ...examplePackage.resourceType(token),
        create: () => {
          throw new TypeError("undefined is not a function");
        },
      }),
    });
    const error = await failure(made());
    assert.equal(error.code, status.INTERNAL);
    assert.match(error.message, /^Create urn:.*Network::main: the offline cloud failed: undefined is not a function/);
    const [report] = reports.splice(0);
    assert.match(report ?? "", /Network::main: TypeError: undefined is not a function\n\s+at .*provider\.test\.ts/);
  });
});
