import assert from "node:assert/strict";
import { renderWorkload } from "../../../components/kubernetes/workload.plan";
import { workloadProblems, type WorkloadSpec } from "../../../components/kubernetes/workload.spec";
import { backend } from "./fixture";

const both = <Value>(value: Value) => ({ min: value, max: value });

/** Every number of a specification with its bounds, and how to set it. */
const numbers: readonly [path: string, least: number, greatest: number, set: (value: number) => WorkloadSpec][] = [
  ["port", 1, 65535, (port) => ({ ...backend, port })],
  ["service.port", 1, 65535, (port) => ({ ...backend, service: { ...backend.service, port } })],
  ["service.targetPort", 1, 65535, (targetPort) => ({ ...backend, service: { ...backend.service, targetPort } })],
  ["replicas.min", 1, 10000, (value) => ({ ...backend, replicas: both(value) })],
  ["replicas.max", 1, 10000, (value) => ({ ...backend, replicas: both(value) })],
  ["rollout.maxSurge", 0, 10000, (maxSurge) => ({ ...backend, rollout: { maxSurge, maxUnavailable: 1 } })],
  ["rollout.maxUnavailable", 0, 10000, (maxUnavailable) => ({ ...backend, rollout: { maxSurge: 1, maxUnavailable } })],
  ["probes.liveness.periodSeconds", 1, 3600, (periodSeconds) => liveness({ periodSeconds })],
  ["probes.liveness.timeoutSeconds", 1, 3600, (timeoutSeconds) => liveness({ timeoutSeconds })],
  ["probes.liveness.failureThreshold", 1, 1000, (failureThreshold) => liveness({ failureThreshold })],
  ["autoscaling.scaleUp.pods", 1, 10000, (pods) => autoscaling({ scaleUp: { pods, seconds: 60 } })],
  ["autoscaling.scaleUp.seconds", 1, 1800, (seconds) => autoscaling({ scaleUp: { pods: 1, seconds } })],
  ["autoscaling.scaleDown.pods", 1, 10000, (pods) => autoscaling({ scaleDown: { pods, seconds: 60 } })],
  ["autoscaling.scaleDown.seconds", 1, 1800, (seconds) => autoscaling({ scaleDown: { pods: 1, seconds } })],
  ["autoscaling.cpuPercent", 1, 1000, (cpuPercent) => autoscaling({ cpuPercent })],
  ["autoscaling.memoryPercent", 1, 1000, (memoryPercent) => autoscaling({ memoryPercent })],
  ["user.uid", 1, 2_147_483_647, (uid) => ({ ...backend, user: { kind: "non-root", uid, gid: 1 } })],
  ["user.gid", 1, 2_147_483_647, (gid) => ({ ...backend, user: { kind: "non-root", uid: 1, gid } })],
  ["drain.lingerSeconds", 0, 3600, (lingerSeconds) => ({ ...backend, drain: { lingerSeconds, connectionSeconds: 1 } })],
  [
    "drain.connectionSeconds",
    1,
    3600,
    (connectionSeconds) => ({ ...backend, drain: { lingerSeconds: 0, connectionSeconds } }),
  ],
];

function liveness(change: Partial<NonNullable<WorkloadSpec["probes"]["liveness"]>>): WorkloadSpec {
  return { ...backend, probes: { ...backend.probes, liveness: { path: "/", periodSeconds: 30, ...change } } };
}

function autoscaling(change: Partial<WorkloadSpec["autoscaling"]>): WorkloadSpec {
  return { ...backend, autoscaling: { ...backend.autoscaling, ...change } };
}

describe("bounds of a workload's specification", () => {
  for (const [path, least, greatest, set] of numbers) {
    it(`takes ${path} from ${String(least)} to ${String(greatest)}`, () => {
      const fault = (value: number) =>
        `${path} is ${String(value)}: give a whole number from ${String(least)} to ${String(greatest)}`;
      for (const value of [least, greatest]) assert.deepEqual(workloadProblems(set(value)), []);
      for (const value of [least - 1, greatest + 1]) assert.ok(workloadProblems(set(value)).includes(fault(value)));
    });
  }

  it("takes a name of 52 characters, which leaves room for two hashes, and a Service's of 63", () => {
    const named = (name: number, service: number) =>
      workloadProblems({
        ...backend,
        name: "a".repeat(name),
        service: { ...backend.service, name: "a".repeat(service) },
      });
    assert.deepEqual(named(52, 63), []);
    assert.match(named(53, 63).join(), /^name is "a{53}": .+ at most 52 characters$/);
    assert.match(named(52, 64).join(), /^service\.name is "a{64}": .+ at most 63 characters$/);
  });
});

describe("objects of a workload", () => {
  const { serviceAccount, configMap, deployment, service, horizontalPodAutoscaler, podDisruptionBudget } =
    renderWorkload(backend);

  it("are of the versions that the API serves", () => {
    assert.deepEqual(
      [serviceAccount, configMap, deployment, service, horizontalPodAutoscaler, podDisruptionBudget].map((object) => [
        object?.kind,
        object?.apiVersion,
      ]),
      [
        ["ServiceAccount", "v1"],
        ["ConfigMap", "v1"],
        ["Deployment", "apps/v1"],
        ["Service", "v1"],
        ["HorizontalPodAutoscaler", "autoscaling/v2"],
        ["PodDisruptionBudget", "policy/v1"],
      ],
    );
    assert.equal(horizontalPodAutoscaler.spec.scaleTargetRef.apiVersion, "apps/v1");
  });

  it("keep five revisions to go back to", () => {
    assert.equal(deployment.spec.revisionHistoryLimit, 5);
  });

  it("give pods no token of the API and no environment of other Services", () => {
    assert.equal(serviceAccount.automountServiceAccountToken, false);
    const pod = deployment.spec.template.spec;
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
  });

  it("let a pod without root listen below port 1024, and ask for nothing from there on", () => {
    const sysctls = (port: number) => {
      const { securityContext } = renderWorkload({ ...backend, port }).deployment.spec.template.spec;
      return "sysctls" in securityContext ? securityContext.sysctls : [];
    };
    assert.deepEqual(sysctls(1023), [{ name: "net.ipv4.ip_unprivileged_port_start", value: "1023" }]);
    assert.deepEqual(sysctls(1024), []);
  });
});
