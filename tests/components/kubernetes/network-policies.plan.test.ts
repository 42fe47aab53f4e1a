import assert from "node:assert/strict";
import { networkPolicies, type Opening, type PolicyPlan } from "../../../components/kubernetes/network-policies.plan";
import { contains, parseCidr } from "../../../offline/services/cidr";

const reason = "a test";
const agent = [{ cidr: "169.254.170.23/32", port: 80 }];

function specs(openings: readonly Opening[], endpoints = agent): readonly PolicyPlan["spec"][] {
  return networkPolicies(openings, endpoints)
    .slice(2)
    .map(({ spec }) => spec);
}

/** Whether the policies let a pod connect to an address outside the cluster. */
function reaches(plans: readonly PolicyPlan[], address: string, port: number): boolean {
  const inside = (outer: string, inner: string) => {
    const [range, single] = [parseCidr(outer, false), parseCidr(inner, false)];
    assert.ok(typeof range === "object" && typeof single === "object", `${outer} ${inner}`);
    return contains(range, single);
  };
  return plans
    .flatMap(({ spec }) => spec.egress ?? [])
    .filter(({ ports }) => ports === undefined || ports.some((each) => each.port === port))
    .flatMap(({ to }) => to)
    .some(
      ({ ipBlock }) =>
        ipBlock !== undefined &&
        inside(ipBlock.cidr, `${address}/32`) &&
        !(ipBlock.except ?? []).some((range) => inside(range, `${address}/32`)),
    );
}

const everything: readonly Opening[] = [
  { id: "api", to: "kubernetes-api", reason },
  { id: "https", to: "https", reason },
  { id: "identity", to: "workload-identity", reason },
];

describe("network policies", () => {
  it("[PF-SEC-03] denies everything in both directions but cluster DNS", () => {
    const plans = networkPolicies([], agent);
    assert.deepEqual(
      plans.map(({ name }) => name),
      ["default-deny", "allow-dns"],
    );
    assert.deepEqual(plans[0]?.spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    const inKubeSystem = { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } };
    assert.deepEqual(plans[1]?.spec, {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            { namespaceSelector: inKubeSystem, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } },
            { namespaceSelector: inKubeSystem, podSelector: { matchLabels: { "k8s-app": "node-local-dns" } } },
            { ipBlock: { cidr: "169.254.20.10/32" } },
          ],
          ports: [
            { port: 53, protocol: "UDP" },
            { port: 53, protocol: "TCP" },
          ],
        },
      ],
    });
  });

  it("[PF-SEC-03] keeps the machine's metadata closed, whatever is opened", () => {
    const plans = networkPolicies(everything, agent);
    for (const port of [80, 443, 6443]) {
      assert.equal(reaches(plans, "169.254.169.254", port), false, `metadata on ${String(port)}`);
      assert.equal(reaches(plans, "169.254.170.2", port), false);
      assert.equal(reaches(plans, "168.63.129.16", port), false);
    }
    assert.equal(reaches(plans, "52.94.1.1", 443), true);
    assert.equal(reaches(plans, "10.16.0.10", 443), true);
    assert.equal(reaches(plans, "10.16.0.10", 5432), false);
  });

  it("[PF-SEC-03] opens the endpoint of identities to who has one, as the cluster says", () => {
    assert.equal(reaches(networkPolicies(everything, agent), "169.254.170.23", 80), true);
    assert.equal(reaches(networkPolicies(everything.slice(0, 2), agent), "169.254.170.23", 80), false);
    assert.deepEqual(specs([{ id: "identity", to: "workload-identity", reason }], []), []);
  });

  it("opens ports of pods to who calls them", () => {
    const pods = { app: "web" };
    const rule = (from: unknown) => ({
      podSelector: { matchLabels: pods },
      policyTypes: ["Ingress"],
      ingress: [{ ...(from === undefined ? {} : { from }), ports: [{ port: 8443, protocol: "TCP" }] }],
    });
    const sources = ["control-plane", "anywhere", "monitoring", "same-namespace", { namespace: "shop" }] as const;
    const named = (name: string) => [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }];
    assert.deepEqual(
      specs(sources.map((from, index) => ({ id: `from-${String(index)}`, from, pods, ports: [8443], reason }))),
      [rule(undefined), rule(undefined), rule(named("monitoring")), rule([{ podSelector: {} }]), rule(named("shop"))],
    );
  });

  it("opens ranges, namespaces and its own pods to its pods", () => {
    assert.deepEqual(
      specs([
        { id: "database", to: { cidr: "10.16.32.0/20" }, ports: [5432], reason },
        { id: "shop", to: { namespace: "shop" }, ports: [8080, 8081], reason },
        { id: "peers", to: "same-namespace", reason },
      ]).map(({ egress }) => egress),
      [
        [{ to: [{ ipBlock: { cidr: "10.16.32.0/20" } }], ports: [{ port: 5432, protocol: "TCP" }] }],
        [
          {
            to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } }],
            ports: [
              { port: 8080, protocol: "TCP" },
              { port: 8081, protocol: "TCP" },
            ],
          },
        ],
        [{ to: [{ podSelector: {} }] }],
      ],
    );
  });

  it("opens its pods to ranges outside of the cluster", () => {
    const from = { cidrs: ["10.16.0.0/12", "10.64.0.0/12"] } as const;
    assert.deepEqual(specs([{ id: "linked", from, ports: [9094], reason }]), [
      {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [{ ipBlock: { cidr: "10.16.0.0/12" } }, { ipBlock: { cidr: "10.64.0.0/12" } }],
            ports: [{ port: 9094, protocol: "TCP" }],
          },
        ],
      },
    ]);
  });

  it("refuses two policies of one name", () => {
    const twice: readonly Opening[] = [
      { id: "api", to: "kubernetes-api", reason },
      { id: "api", to: "https", reason },
    ];
    assert.throws(() => networkPolicies(twice, agent), {
      message: 'two network policies are named "api": give one opening another id',
    });
    assert.throws(() => networkPolicies([{ id: "default-deny", to: "https", reason }], agent), /"default-deny"/);
  });
});
