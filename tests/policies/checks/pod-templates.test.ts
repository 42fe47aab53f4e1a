import assert from "node:assert/strict";
import { Unknown, type Properties, type Value } from "../../../offline/cloud/value";
import { containersOf, podTemplateOf, WORKLOADS, type Workload } from "../../../policies/checks/pod-templates";
import type { Inputs } from "../../../policies/model/rule";
import { Undecided, viewOf } from "../../../policies/model/view";

function podOf(type: Workload, inputs: Properties) {
  return podTemplateOf(type, viewOf(inputs) as Inputs<Workload>);
}

const template = {
  metadata: { labels: { app: "api" } },
  spec: {
    containers: [{ name: "api" }, { image: "nameless" }],
    initContainers: [{ name: "first" }],
    ephemeralContainers: [{ name: "debug" }],
  },
};

const inputs: Readonly<Record<Workload, Properties>> = {
  "kubernetes:apps/v1:Deployment": { spec: { template } },
  "kubernetes:apps/v1:StatefulSet": { spec: { template } },
  "kubernetes:apps/v1:DaemonSet": { spec: { template } },
  "kubernetes:batch/v1:Job": { spec: { template } },
  "kubernetes:batch/v1:CronJob": { spec: { jobTemplate: { spec: { template } } } },
  "kubernetes:core/v1:Pod": template,
};

const paths: Readonly<Record<Workload, string>> = {
  "kubernetes:apps/v1:Deployment": "spec.template.spec",
  "kubernetes:apps/v1:StatefulSet": "spec.template.spec",
  "kubernetes:apps/v1:DaemonSet": "spec.template.spec",
  "kubernetes:batch/v1:Job": "spec.template.spec",
  "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
  "kubernetes:core/v1:Pod": "spec",
};

describe("templates of pods", () => {
  for (const type of WORKLOADS) {
    it(`[PR-05] finds the pod of a ${type}, with every container`, () => {
      const pod = podOf(type, inputs[type]);
      assert.equal(pod.path, paths[type]);
      assert.equal(pod.labels()["app"], "api");
      assert.deepEqual(
        [...containersOf(pod)].map(({ path, label, list }) => [path.slice(pod.path.length + 1), label, list]),
        [
          ["containers[0]", "container api", "containers"],
          ["containers[1]", "container 1", "containers"],
          ["initContainers[0]", "init container first", "initContainers"],
          ["ephemeralContainers[0]", "ephemeral container debug", "ephemeralContainers"],
        ],
      );
    });

    it(`[PR-05] has no container in a ${type} without a pod`, () => {
      assert.deepEqual([...containersOf(podOf(type, {}))], []);
      assert.deepEqual(podOf(type, { spec: null }).labels(), {});
    });
  }

  const unknowns: readonly (readonly [what: string, spec: Readonly<Record<string, Value>>, path: string])[] = [
    ["one container", { containers: [Unknown.value, { name: "api" }] }, "containers[0]"],
    ["the name of one", { containers: [{ name: Unknown.value }, { name: "api" }] }, "containers[0].name"],
    ["a whole list", { initContainers: Unknown.value, containers: [{ name: "api" }] }, "initContainers"],
  ];
  for (const [what, spec, path] of unknowns) {
    it(`[PR-05] gives what is known first where ${what} is unknown`, () => {
      const found: string[] = [];
      const read = () => {
        for (const { label } of containersOf(podOf("kubernetes:core/v1:Pod", { spec }))) found.push(label);
      };
      assert.throws(read, (error) => error instanceof Undecided && error.path === `spec.${path}`);
      assert.deepEqual(found, ["container api"]);
    });
  }
});
