import { gcpNetworkRules } from "../../../../policies/rules/gcp/network";
import type { Value } from "../../../../offline/cloud/value";
import { changed, fixture } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";
import { linked, unknown } from "../azure/changes";

const NETWORK = "gcp:compute/network:Network";
const SUBNET = "gcp:compute/subnetwork:Subnetwork";
const FIREWALL = "gcp:compute/firewall:Firewall";
const NAT = "gcp:compute/routerNat:RouterNat";

describe("rules on networks of Google Cloud", () => {
  provesResource(gcpNetworkRules, "gcp-network-custom-mode", {
    passes: fixture("prod-gcp", NETWORK),
    alsoPasses: [{ when: "the network has a name of the engine's", remove: ["name"] }],
    fails: [
      { set: { autoCreateSubnetworks: true }, at: "autoCreateSubnetworks" },
      { remove: ["autoCreateSubnetworks"], at: "autoCreateSubnetworks" },
      { set: { name: "default" }, at: "name" },
    ],
    unknown: ["autoCreateSubnetworks", "name"],
  });

  const nodes = fixture("prod-gcp", SUBNET, "network-nodes");
  const kept = ["REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT"];
  provesResource(gcpNetworkRules, "gcp-subnet-flow-logs", {
    passes: nodes,
    alsoPasses: [
      { when: "the shares are those of Google", set: { logConfig: {} } },
      { when: "every flow is logged", set: { "logConfig.flowSampling": 1 } },
      {
        when: "fields are chosen",
        set: { "logConfig.metadata": "CUSTOM_METADATA", "logConfig.metadataFields": ["src_instance"] },
      },
      ...kept.map((purpose) => ({ when: `it is kept for ${purpose}`, set: { purpose }, remove: ["logConfig"] })),
    ],
    fails: [
      { remove: ["logConfig"], at: "logConfig" },
      { set: { purpose: "PRIVATE" }, remove: ["logConfig"], at: "logConfig" },
      { set: { "logConfig.flowSampling": 0 }, at: "logConfig.flowSampling" },
      { set: { "logConfig.flowSampling": 0.49 }, at: "logConfig.flowSampling" },
      {
        when: "more is asked for than Google's half",
        settings: { leastSampling: 0.6 },
        remove: ["logConfig.flowSampling"],
        at: "logConfig.flowSampling",
      },
      { set: { "logConfig.metadata": "EXCLUDE_ALL_METADATA" }, at: "logConfig.metadata" },
      { set: { "logConfig.metadata": "CUSTOM_METADATA" }, at: "logConfig.metadata" },
      {
        set: { "logConfig.metadata": "CUSTOM_METADATA", "logConfig.metadataFields": [] },
        at: "logConfig.metadata",
      },
    ],
    unknown: ["logConfig", "logConfig.flowSampling", "logConfig.metadata"],
  });

  const bare = changed(nodes, { remove: ["logConfig"] });
  provesResource(gcpNetworkRules, "gcp-subnet-private-google-access", {
    passes: [nodes, bare],
    alsoPasses: kept.map((purpose) => ({
      when: `it is kept for ${purpose}`,
      set: { purpose },
      remove: ["privateIpGoogleAccess"],
    })),
    fails: [
      { set: { privateIpGoogleAccess: false }, at: "privateIpGoogleAccess" },
      { remove: ["privateIpGoogleAccess"], at: "privateIpGoogleAccess" },
      { set: { privateIpGoogleAccess: false, purpose: "PRIVATE" }, at: "privateIpGoogleAccess" },
    ],
    unknown: ["privateIpGoogleAccess"],
  });

  const allow = (allows: Value, more: Record<string, Value> = {}) => ({ allows, sourceRanges: ["0.0.0.0/0"], ...more });
  const web = changed(fixture("prod-gcp", FIREWALL), {
    set: allow([{ protocol: "tcp", ports: ["443"] }]),
    remove: ["denies"],
  });
  const ssh = changed(web, { set: { "allows[0].ports[0]": "22" } });
  provesResource(gcpNetworkRules, "gcp-fw-no-open-ingress", {
    passes: web,
    alsoPasses: [
      { when: "nothing is allowed", set: { allows: [] } },
      { when: "HTTP/3 is let in too", set: allow([{ protocol: "udp", ports: ["443"] }]) },
      { when: "protocols have numbers", set: allow([{ protocol: "6", ports: ["443"] }]) },
      { when: "ranges are named", of: ssh, set: { sourceRanges: ["10.0.0.0/8", "130.211.0.0/22"] } },
      { when: "tags are", of: ssh, set: { sourceRanges: [], sourceTags: ["bastion"] } },
      { when: "accounts are", of: ssh, set: { sourceServiceAccounts: ["a@b.example"] }, remove: ["sourceRanges"] },
      { when: "it is about what goes out", of: ssh, set: { direction: "EGRESS" } },
      { when: "it is switched off", of: ssh, set: { disabled: true } },
      {
        when: "everything is let in from inside",
        set: { allows: [{ protocol: "all" }], sourceRanges: ["10.0.0.0/8"] },
      },
    ],
    fails: [
      ...["22", "3389", "5432", "80", "8443", "443-444", "0-65535"].map((port) => ({
        set: { "allows[0].ports": [port] },
        at: "allows[0].ports",
      })),
      { set: { "allows[0].ports": ["443", "22"] }, at: "allows[0].ports" },
      { set: { "allows[0].ports": [] }, at: "allows[0].ports" },
      { remove: ["allows[0].ports"], at: "allows[0].ports" },
      ...["all", "icmp", "esp", "47", ""].map((protocol) => ({
        set: { allows: [{ protocol }] },
        at: "allows[0].protocol",
      })),
      {
        set: {
          allows: [
            { protocol: "tcp", ports: ["443"] },
            { protocol: "TCP", ports: ["5432"] },
          ],
        },
        at: "allows[1].ports",
      },
      ...[["::/0"], ["10.0.0.0/8", "0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], []].map((sourceRanges) => ({
        of: ssh,
        set: { sourceRanges },
        at: "allows[0].ports",
      })),
      { of: ssh, remove: ["sourceRanges"], at: "allows[0].ports" },
      { when: "tags come on top of the internet", of: ssh, set: { sourceTags: ["bastion"] }, at: "allows[0].ports" },
      { of: ssh, remove: ["direction"], at: "allows[0].ports" },
      { of: ssh, set: { disabled: false }, at: "allows[0].ports" },
    ],
    unknown: ["allows", "allows[0].ports[0]"],
  });

  provesResource(gcpNetworkRules, "gcp-fw-no-open-ingress", {
    passes: changed(ssh, { set: { sourceRanges: ["10.0.0.0/8"] } }),
    fails: [],
    unknown: ["sourceRanges", "sourceRanges[0]"],
  });

  provesResource(gcpNetworkRules, "gcp-fw-no-open-ingress", {
    passes: changed(ssh, { set: { disabled: true } }),
    fails: [],
    unknown: ["disabled"],
  });

  const change = (set: Record<string, Value>) => (stack: StackUnderTest) => stack.change(NAT, "network-nat", { set });
  const nat = (path: string) => [`${NAT} network-nat ${path}`];
  const all = ["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"];
  provesStack(gcpNetworkRules, "gcp-nat-not-all-subnets", {
    of: "prod-gcp",
    alsoPasses: [
      {
        when: "it leads to other networks alone",
        change: change({ type: "PRIVATE", sourceSubnetworkIpRangesToNat: "" }),
      },
      {
        when: "IPv6 is served where it is named",
        change: change({ sourceSubnetworkIpRangesToNat64: "LIST_OF_IPV6_SUBNETWORKS" }),
      },
      { when: "it serves no subnet at all", change: change({ subnetworks: [] }) },
    ],
    fails: [
      ...[...all, ""].map((value) => ({
        when: `it serves "${value}"`,
        change: change({ sourceSubnetworkIpRangesToNat: value }),
        violated: nat("sourceSubnetworkIpRangesToNat"),
      })),
      {
        when: "a public NAT serves all",
        change: change({ type: "PUBLIC", sourceSubnetworkIpRangesToNat: all[0] ?? "" }),
        violated: nat("sourceSubnetworkIpRangesToNat"),
      },
      {
        when: "it serves all of IPv6",
        change: change({ sourceSubnetworkIpRangesToNat64: "ALL_IPV6_SUBNETWORKS" }),
        violated: nat("sourceSubnetworkIpRangesToNat64"),
      },
      { when: "it does not log", change: change({ "logConfig.enable": false }), violated: nat("logConfig.enable") },
      {
        when: "it has no logs",
        change: (stack) => stack.change(NAT, "network-nat", { remove: ["logConfig"] }),
        violated: nat("logConfig.enable"),
      },
      {
        when: "its subnet is kept for services",
        change: (stack) => stack.change(SUBNET, "network-nodes", { set: { purpose: "PRIVATE_SERVICE_CONNECT" } }),
        violated: nat("subnetworks[0].name"),
      },
    ],
    undecided: [
      {
        when: "a subnet is not in this stack",
        change: (stack) => {
          const shared = "projects/hub/regions/us-central1/subnetworks/shared";
          return linked(change({ "subnetworks[0].name": shared })(stack), NAT, "network-nat", "subnetworks");
        },
        of: [`${NAT} network-nat`],
      },
      {
        when: "nobody can tell the subnet",
        change: (stack) => unknown(stack, NAT, "network-nat", "subnetworks[0].name"),
        of: [`${NAT} network-nat`],
      },
      {
        when: "the purpose of the subnet is not known",
        change: (stack) => unknown(stack, SUBNET, "network-nodes", "purpose"),
        of: [`${NAT} network-nat`],
      },
      {
        when: "what it serves is not known",
        change: (stack) => unknown(stack, NAT, "network-nat", "sourceSubnetworkIpRangesToNat"),
        of: [`${NAT} network-nat`],
      },
    ],
  });
});
