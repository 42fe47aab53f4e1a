import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { COMPUTE, network, Project, PROJECT, refused, REGION, TOKEN } from "./support";

const ROUTER = "gcp:compute/router:Router";
const NAT = "gcp:compute/routerNat:RouterNat";
const FIREWALL = "gcp:compute/firewall:Firewall";

describe("offline/services/gcp: networks", () => {
  it("refuses ranges that are none, too small or taken, in the network's other regions too", () => {
    const project = Project.with("compute");
    const { network: made } = network(project);
    const add = (change: Properties) =>
      project.create(TOKEN.subnetwork, "more", {
        name: "more",
        network: "main",
        ipCidrRange: "10.60.0.0/20",
        ...change,
      });
    refused(
      () => add({ ipCidrRange: "10.48.1.0/24", region: "us-east1" }),
      "invalid",
      /Error 400: Invalid value for field 'resource\.ipCidrRange': '10\.48\.1\.0\/24'\. Invalid IPCidrRange: 10\.48\.1\.0\/24 conflicts with existing subnetwork 'projects\/platform-offline\/regions\/us-central1\/subnetworks\/nodes' in region 'us-central1'/,
    );
    refused(
      () => add({ ipCidrRange: "10.54.0.0/24" }),
      "invalid",
      /conflicts with existing subnetwork .* \(10\.52\.0\.0\/14\)/,
    );
    refused(() => add({ ipCidrRange: "10.60.0.0/30" }), "invalid", /Prefix length must be between 4 and 29, inclusive/);
    refused(() => add({ ipCidrRange: "10.60.0.1/20" }), "invalid", /did you mean "10\.60\.0\.0\/20"\?/);
    refused(
      () => add({ ipCidrRange: "10.60.0.0/27", purpose: "REGIONAL_MANAGED_PROXY", role: "ACTIVE" }),
      "invalid",
      /between 4 and 26/,
    );
    refused(
      () => add({ secondaryIpRanges: [{ rangeName: "own", ipCidrRange: "10.60.0.0/24" }] }),
      "invalid",
      /'resource\.secondaryIpRanges\[0\]\.ipCidrRange'.* conflicts with another range of subnetwork/,
    );
    refused(() => add({ network: "none" }), "notFound", /The resource 'none' was not found, notFound$/);
    assert.equal(add({}).outputs["network"], COMPUTE + made.id);
    // Another network may use the same addresses.
    project.create(TOKEN.network, "other", { name: "other", autoCreateSubnetworks: false });
    project.create(TOKEN.subnetwork, "same", { name: "same", network: "other", ipCidrRange: "10.48.0.0/20" });
  });

  it("names what is wrong with a subnet before it is made", () => {
    const project = new Project();
    const range = (rangeName: string) => ({ rangeName, ipCidrRange: "10.1.0.0/24" });
    const reasons = project.reasons(TOKEN.subnetwork, {
      network: "main",
      purpose: "PROXY",
      secondaryIpRanges: [range("pods"), range("pods"), range("Upper")],
    });
    assert.deepEqual(Object.keys(reasons).sort(), [
      "ipCidrRange",
      "purpose",
      "secondaryIpRanges",
      "secondaryIpRanges[2].rangeName",
    ]);
    assert.match(project.reasons(TOKEN.network, { name: "Main" })["name"] ?? "", /1 to 63 lower-case letters/);
  });

  it("lets a subnet grow in place, replaces it for anything else, and keeps what is in use", () => {
    const project = Project.with("compute");
    const { network: made, subnetwork } = network(project);
    assert.deepEqual(project.replaced(subnetwork, { ipCidrRange: "10.48.0.0/19" }), []);
    assert.deepEqual(project.replaced(subnetwork, { ipCidrRange: "10.48.0.0/21" }), ["ipCidrRange"]);
    assert.deepEqual(project.replaced(subnetwork, { secondaryIpRanges: [] }), []);
    assert.equal(project.update(subnetwork, { ipCidrRange: "10.48.0.0/19" }).outputs["gatewayAddress"], "10.48.0.1");
    refused(
      () => {
        project.delete(made);
      },
      "resourceInUseByAnotherResource",
      /The network resource 'projects\/platform-offline\/global\/networks\/main' is already being used by 'projects\/platform-offline\/regions\/us-central1\/subnetworks\/nodes', resourceInUse/,
    );
    project.delete(subnetwork);
    project.delete(made);
    assert.ok(!project.has(TOKEN.network, made.id));
  });

  it("makes a subnet in each region for a network in auto mode, and takes them along again", () => {
    const project = Project.with("compute");
    const made = project.create(TOKEN.network, "auto", { name: "auto" });
    const subnets = project.cloud.all().filter(({ type }) => type === TOKEN.subnetwork);
    assert.equal(subnets.length, 42);
    project.delete(made);
    assert.equal(project.cloud.all().filter(({ type }) => type === TOKEN.subnetwork).length, 0);
  });

  it("gives a NAT to the subnets of its router's network and region, and each range to one NAT", () => {
    const project = Project.with("compute");
    network(project);
    const router = project.create(ROUTER, "router", { name: "router", network: "main", bgp: { asn: 64514 } });
    assert.equal(router.id, `projects/${PROJECT}/regions/${REGION}/routers/router`);
    const nat = { name: "nat", router: "router", natIpAllocateOption: "AUTO_ONLY" };
    const all = { ...nat, sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES" };
    const listed = (name: string) => ({
      ...nat,
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      subnetworks: [{ name, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
    });
    project.create(TOKEN.network, "other", { name: "other", autoCreateSubnetworks: false });
    const foreign = project.create(TOKEN.subnetwork, "foreign", {
      name: "foreign",
      network: "other",
      ipCidrRange: "10.0.0.0/24",
    });
    refused(
      () => project.create(NAT, "nat", listed(foreign.id)),
      "invalid",
      /is not in the region us-central1 and network of router/,
    );
    refused(() => project.create(NAT, "nat", { ...all, router: "none" }), "notFound", /'none' was not found/);
    refused(() => project.create(NAT, "nat", listed("missing")), "notFound", /'missing' was not found/);
    const made = project.create(NAT, "nat", all);
    assert.equal(made.id, `${PROJECT}/${REGION}/router/nat`);
    refused(
      () => project.create(NAT, "second", { ...all, name: "second" }),
      "invalid",
      /are served by NAT 'nat' of router/,
    );
    assert.deepEqual(
      project.reasons(NAT, { ...all, subnetworks: [{ name: "nodes", sourceIpRangesToNats: ["ALL_IP_RANGES"] }] }),
      {
        subnetworks: "subnetworks are listed with LIST_OF_SUBNETWORKS, and only then",
      },
    );
    assert.match(
      project.reasons(ROUTER, { network: "main", bgp: { asn: 65010000 } })["bgp.asn"] ?? "",
      /Must be a private ASN/,
    );
    refused(
      () => {
        project.delete(router);
      },
      "resourceInUseByAnotherResource",
      /The router resource .* is already being used by 'platform-offline\/us-central1\/router\/nat'/,
    );
  });

  it("refuses firewall rules that are none", () => {
    const project = Project.with("compute");
    network(project);
    const rule = { network: "main", allows: [{ protocol: "tcp", ports: ["443"] }], sourceRanges: ["10.0.0.0/8"] };
    const reason = (change: Properties) => project.reasons(FIREWALL, { ...rule, ...change });
    assert.deepEqual(reason({}), {});
    assert.deepEqual(Object.keys(reason({ priority: 70000 })), ["priority"]);
    assert.deepEqual(Object.keys(reason({ denies: [{ protocol: "all" }] })), ["allows"]);
    assert.deepEqual(Object.keys(reason({ allows: [{ protocol: "http" }] })), ["allows[0].protocol"]);
    assert.deepEqual(Object.keys(reason({ allows: [{ protocol: "icmp", ports: ["8"] }] })), ["allows[0].ports"]);
    assert.deepEqual(Object.keys(reason({ allows: [{ protocol: "tcp", ports: ["9-1"] }] })), ["allows[0].ports"]);
    assert.deepEqual(Object.keys(reason({ sourceRanges: undefined })), ["sourceRanges"]);
    assert.deepEqual(Object.keys(reason({ sourceRanges: ["10.0.0.1/8"] })), ["sourceRanges"]);
    assert.deepEqual(Object.keys(reason({ sourceTags: ["a"], targetServiceAccounts: ["b@c"] })), ["targetTags"]);
    assert.deepEqual(Object.keys(reason({ direction: "EGRESS", sourceRanges: undefined, sourceTags: ["a"] })), [
      "sourceTags",
    ]);
    assert.deepEqual(Object.keys(reason({ name: "a_b" })), ["name"]);
    const made = project.create(FIREWALL, "https", rule);
    assert.deepEqual([made.outputs["direction"], made.outputs["priority"]], ["INGRESS", 1000]);
    assert.deepEqual(project.replaced(made, { network: "other" }), []);
    project.create(TOKEN.network, "other", { name: "other", autoCreateSubnetworks: false });
    refused(
      () => project.update(made, { network: "other" }),
      "invalid",
      /the network of a firewall rule cannot be changed/,
    );
  });

  it("reserves a range for private services, connects it, and lets go when nothing uses it any more", () => {
    const project = Project.with("compute", "servicenetworking");
    const { network: made } = network(project);
    const range = {
      name: "services",
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
      prefixLength: 16,
      network: made.id,
    };
    refused(
      () => project.create(TOKEN.address, "taken", { ...range, name: "taken", address: "10.49.0.0" }),
      "invalid",
      /Requested CIDR 10\.49\.0\.0\/16 conflicts with 'projects\/platform-offline\/regions\/us-central1\/subnetworks\/nodes'/,
    );
    const address = project.create(TOKEN.address, "services", { ...range, address: "10.50.0.0" });
    assert.equal(address.outputs["address"], "10.50.0.0");
    assert.equal(project.create(TOKEN.address, "any", { ...range, name: "any" }).outputs["address"], "10.0.0.0");
    refused(
      () => project.create(TOKEN.subnetwork, "late", { name: "late", network: "main", ipCidrRange: "10.50.1.0/24" }),
      "invalid",
      /conflicts with reserved IP range 'projects\/platform-offline\/global\/addresses\/services'/,
    );
    const connect = { network: made.id, service: "servicenetworking.googleapis.com" };
    const plain = project.create(TOKEN.address, "edge", { name: "edge" });
    refused(
      () =>
        project.create(TOKEN.connection, "psa", { ...connect, reservedPeeringRanges: [plain.outputs["name"] ?? ""] }),
      "badRequest",
      /'edge' is no range reserved for VPC_PEERING in network 'main'/,
    );
    refused(() => project.create(TOKEN.connection, "psa", { ...connect, reservedPeeringRanges: ["none"] }), "notFound");
    const connection = project.create(TOKEN.connection, "psa", { ...connect, reservedPeeringRanges: ["services"] });
    assert.equal(connection.outputs["peering"], "servicenetworking-googleapis-com");
    assert.equal(connection.id, "projects%2F123456789012%2Fglobal%2Fnetworks%2Fmain:servicenetworking.googleapis.com");
    project.create("gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig", "routes", {
      network: "main",
      peering: "servicenetworking-googleapis-com",
      exportCustomRoutes: true,
      importCustomRoutes: true,
    });
    project.cloud.commit({
      put: [
        {
          type: TOKEN.sql,
          id: "projects/p/instances/orders",
          scope: { account: PROJECT, region: REGION },
          inputs: { settings: { ipConfiguration: { privateNetwork: made.id } } },
          outputs: { name: "orders" },
          readyAt: 0,
        },
      ],
    });
    refused(
      () => {
        project.delete(connection);
      },
      "operation",
      /^Error waiting for deleting Connection: Error code 9, message: Failed to delete connection; Producer services/,
    );
    refused(() => {
      project.delete(address);
    }, "resourceInUseByAnotherResource");
    const [database] = project.cloud.all().filter(({ type }) => type === TOKEN.sql);
    project.cloud.commit({ remove: [`${PROJECT}|${REGION}|${database?.type ?? ""}|${database?.id ?? ""}`] });
    project.delete(connection);
    project.delete(address);
  });

  it("needs the second API for private services, and a range of /24 at the least", () => {
    const project = Project.with("compute");
    const { network: made } = network(project);
    refused(
      () =>
        project.create(TOKEN.connection, "psa", {
          network: made.id,
          service: "servicenetworking.googleapis.com",
          reservedPeeringRanges: ["any"],
        }),
      "accessNotConfigured",
      /Service Networking API has not been used/,
    );
    const range = { purpose: "VPC_PEERING", addressType: "INTERNAL", network: made.id };
    assert.match(
      project.reasons(TOKEN.address, { ...range, prefixLength: 28 })["prefixLength"] ?? "",
      /'28'.* has 8 to 24/,
    );
    assert.deepEqual(Object.keys(project.reasons(TOKEN.address, range)), ["prefixLength"]);
    assert.deepEqual(Object.keys(project.reasons(TOKEN.address, { purpose: "VPC_PEERING", prefixLength: 16 })), [
      "addressType",
    ]);
  });
});
