import assert from "node:assert/strict";
import { podRules } from "../../../../policies/rules/kubernetes/pods";
import type { Properties } from "../../../../offline/cloud/value";
import { judgeResource } from "../../../../policies/model/judgement";
import type { ResourceRule } from "../../../../policies/model/rule";
import { changed, fixture, written } from "../../fixtures";
import { provesResource } from "../../proves";

const backend = fixture("durga-puja", "kubernetes:apps/v1:Deployment", "backend-deployment");
const server = fixture("dr", "kubernetes:apps/v1:Deployment", "iceberg-catalog-server");
const setup = fixture("dr", "kubernetes:batch/v1:Job", "iceberg-catalog-setup");
const operator = fixture("dr", "kubernetes:apps/v1:Deployment", "queue-operator-deployment");

const POD = "spec.template.spec";
const FIRST = `${POD}.containers[0]`;

/** The pod of a real workload, for kinds that no stack has. */
const pod = (backend.inputs["spec"] as { template: { spec: Properties } }).template.spec;
const [container] = pod["containers"] as readonly [Properties];
const cronJob = written("kubernetes:batch/v1:CronJob", {
  spec: { schedule: "@daily", jobTemplate: { spec: { template: { spec: pod } } } },
});
const single = written("kubernetes:core/v1:Pod", { spec: pod });
const statefulSet = written("kubernetes:apps/v1:StatefulSet", { spec: { template: { spec: pod } } });
const daemonSet = written("kubernetes:apps/v1:DaemonSet", { spec: { template: { spec: pod } } });
const CRON_POD = "spec.jobTemplate.spec.template.spec";

describe("rules on pods", () => {
  provesResource(podRules, "k8s-resources-set", {
    passes: [backend, server, setup, operator, cronJob, single, statefulSet, daemonSet],
    alsoPasses: [
      { when: "requests are left to the limits", remove: [`${FIRST}.resources.requests`] },
      {
        when: "the pod has them for all its containers",
        set: { [`${POD}.resources`]: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } } },
        remove: [`${FIRST}.resources`],
      },
      { when: "there is no limit of CPU", remove: [`${FIRST}.resources.limits.cpu`] },
      {
        when: "a container that is added to look into the pod takes what it has",
        set: { [`${POD}.ephemeralContainers`]: [{ name: "debug", image: "busybox" }] },
      },
    ],
    fails: [
      { set: { [`${FIRST}.resources.limits.memory`]: "0" }, at: `${FIRST}.resources.limits.memory` },
      { set: { [`${FIRST}.resources.limits`]: null }, at: `${FIRST}.resources.limits.memory` },
      {
        remove: [`${FIRST}.resources`],
        at: ["requests.cpu", "requests.memory", "limits.memory"].map((key) => `${FIRST}.resources.${key}`),
      },
      {
        of: changed(setup, { set: { [`${POD}.initContainers`]: [{ name: "first", resources: {} }] } }),
        when: "a container that starts the pod has none",
        at: ["requests.cpu", "requests.memory", "limits.memory"].map(
          (key) => `${POD}.initContainers[0].resources.${key}`,
        ),
      },
      {
        remove: [`${FIRST}.resources.limits.cpu`],
        settings: { cpuLimit: true },
        at: `${FIRST}.resources.limits.cpu`,
      },
      {
        of: cronJob,
        when: "a scheduled job has no limit",
        remove: [`${CRON_POD}.containers[0].resources.limits`],
        at: `${CRON_POD}.containers[0].resources.limits.memory`,
      },
    ],
    unknown: [`${FIRST}.resources`, `${FIRST}.resources.limits.memory`, `${POD}.containers`, POD],
  });
  provesResource(podRules, "k8s-probes", {
    passes: [backend, server, statefulSet, daemonSet],
    alsoPasses: [
      {
        when: "a container that starts the pod has no probe",
        set: { [`${POD}.initContainers`]: [{ name: "first" }] },
      },
      {
        when: "it is slow and has a startup probe",
        set: {
          [`${FIRST}.livenessProbe.initialDelaySeconds`]: 300,
          [`${FIRST}.startupProbe`]: { httpGet: { path: "/health", port: 5000 } },
        },
      },
    ],
    fails: [
      { remove: [`${FIRST}.readinessProbe`], at: `${FIRST}.readinessProbe` },
      { set: { [`${FIRST}.livenessProbe`]: null }, at: `${FIRST}.livenessProbe` },
      {
        set: {
          [`${FIRST}.readinessProbe`]: { httpGet: { port: 5000, path: "/" }, periodSeconds: 5 },
          [`${FIRST}.livenessProbe`]: { periodSeconds: 5, httpGet: { path: "/", port: 5000 } },
        },
        when: "both probes are the same, in another order",
        at: `${FIRST}.livenessProbe`,
      },
      { set: { [`${FIRST}.livenessProbe.initialDelaySeconds`]: 60 }, at: `${FIRST}.startupProbe` },
      {
        set: { [`${FIRST}.livenessProbe.initialDelaySeconds`]: 20 },
        settings: { slowSeconds: 20 },
        at: `${FIRST}.startupProbe`,
      },
      {
        set: { [`${POD}.initContainers`]: [{ name: "proxy", restartPolicy: "Always" }] },
        when: "a container that stays beside the others has none",
        at: [`${POD}.initContainers[0].readinessProbe`, `${POD}.initContainers[0].livenessProbe`],
      },
    ],
    unknown: [`${FIRST}.livenessProbe`, `${POD}.containers`],
  });
  const high = changed(backend, { set: { [`${POD}.securityContext.runAsUser`]: 10_000 } });
  provesResource(podRules, "k8s-run-as-non-root", {
    passes: [high, server, setup],
    alsoPasses: [
      {
        when: "every container says so itself",
        set: { [`${FIRST}.securityContext`]: { runAsNonRoot: true, runAsUser: 20_000, runAsGroup: 20_000 } },
        remove: [`${POD}.securityContext`],
      },
      {
        when: "the users of the pod are none of the node's",
        set: { [`${POD}.hostUsers`]: false, [`${POD}.securityContext.runAsUser`]: 1000 },
      },
      {
        when: "less is asked for",
        set: { [`${POD}.securityContext.runAsUser`]: 1000 },
        settings: { minimumUser: 1000 },
      },
    ],
    fails: [
      { set: { [`${POD}.securityContext.runAsNonRoot`]: false }, at: `${POD}.securityContext.runAsNonRoot` },
      { set: { [`${POD}.securityContext.runAsUser`]: 9999 }, at: `${POD}.securityContext.runAsUser` },
      {
        set: { [`${POD}.securityContext.runAsUser`]: 0, [`${POD}.hostUsers`]: false },
        at: `${POD}.securityContext.runAsUser`,
      },
      { set: { [`${POD}.securityContext.runAsGroup`]: 0 }, at: `${POD}.securityContext.runAsGroup` },
      {
        remove: [`${POD}.securityContext`],
        at: ["runAsNonRoot", "runAsUser", "runAsGroup"].map((key) => `${POD}.securityContext.${key}`),
      },
      {
        set: { [`${FIRST}.securityContext.runAsUser`]: 0 },
        when: "a container overrides its pod",
        at: `${FIRST}.securityContext.runAsUser`,
      },
      {
        set: { [`${POD}.initContainers`]: [{ name: "own", securityContext: { runAsNonRoot: false } }] },
        when: "a container that starts the pod does",
        at: `${POD}.initContainers[0].securityContext.runAsNonRoot`,
      },
      {
        set: { [`${POD}.ephemeralContainers`]: [{ name: "debug", securityContext: { runAsUser: 0 } }] },
        when: "a container that looks into the pod does",
        at: `${POD}.ephemeralContainers[0].securityContext.runAsUser`,
      },
    ],
    unknown: [
      `${POD}.securityContext.runAsNonRoot`,
      `${POD}.securityContext.runAsUser`,
      `${POD}.securityContext`,
      `${FIRST}.securityContext`,
    ],
  });
  provesResource(podRules, "k8s-no-priv-escalation", {
    passes: [backend, server, setup, operator, cronJob, single, statefulSet, daemonSet],
    fails: [
      { set: { [`${FIRST}.securityContext.privileged`]: true }, at: `${FIRST}.securityContext.privileged` },
      ...[true, null].map((value) => ({
        set: { [`${FIRST}.securityContext.allowPrivilegeEscalation`]: value },
        at: `${FIRST}.securityContext.allowPrivilegeEscalation`,
      })),
      ...["initContainers", "ephemeralContainers"].map((list) => ({
        set: { [`${POD}.${list}`]: [{ name: "other", securityContext: { privileged: true } }] },
        at: ["privileged", "allowPrivilegeEscalation"].map((key) => `${POD}.${list}[0].securityContext.${key}`),
      })),
    ],
    unknown: [
      `${FIRST}.securityContext.privileged`,
      `${FIRST}.securityContext.allowPrivilegeEscalation`,
      FIRST,
      `${POD}.initContainers`,
      `${POD}.ephemeralContainers`,
    ],
  });
  provesResource(podRules, "k8s-drop-caps", {
    passes: [backend, server, setup, operator, single],
    alsoPasses: [
      {
        when: "it listens on a low port",
        set: { [`${FIRST}.securityContext.capabilities.add`]: ["NET_BIND_SERVICE"] },
      },
      {
        when: "another capability is allowed",
        set: { [`${FIRST}.securityContext.capabilities.add`]: ["CHOWN"] },
        settings: { allowed: ["CHOWN"] },
      },
    ],
    fails: [
      {
        set: { [`${FIRST}.securityContext.capabilities.drop`]: [] },
        at: `${FIRST}.securityContext.capabilities.drop`,
      },
      {
        set: { [`${FIRST}.securityContext.capabilities.drop`]: ["NET_RAW"] },
        at: `${FIRST}.securityContext.capabilities.drop`,
      },
      { remove: [`${FIRST}.securityContext`], at: `${FIRST}.securityContext.capabilities.drop` },
      {
        set: { [`${FIRST}.securityContext.capabilities.add`]: ["NET_BIND_SERVICE", "SYS_ADMIN"] },
        at: `${FIRST}.securityContext.capabilities.add`,
      },
    ],
    unknown: [`${FIRST}.securityContext.capabilities.drop`, `${FIRST}.securityContext.capabilities`],
  });
  provesResource(podRules, "k8s-seccomp", {
    passes: [backend, server, setup, operator, cronJob, single],
    alsoPasses: [
      {
        when: "the profile is one of its own",
        set: { [`${POD}.securityContext.seccompProfile`]: { type: "Localhost", localhostProfile: "api.json" } },
      },
      {
        when: "every container has its own",
        set: { [`${FIRST}.securityContext.seccompProfile`]: { type: "RuntimeDefault" } },
        remove: [`${POD}.securityContext.seccompProfile`],
      },
    ],
    fails: [
      {
        set: { [`${POD}.securityContext.seccompProfile.type`]: "Unconfined" },
        at: `${POD}.securityContext.seccompProfile.type`,
      },
      { remove: [`${POD}.securityContext`], at: `${POD}.securityContext.seccompProfile.type` },
      {
        set: { [`${FIRST}.securityContext.seccompProfile`]: { type: "Unconfined" } },
        when: "a container overrides its pod",
        at: `${FIRST}.securityContext.seccompProfile.type`,
      },
    ],
    unknown: [`${POD}.securityContext.seccompProfile.type`, `${FIRST}.securityContext.seccompProfile`],
  });
  provesResource(podRules, "k8s-ro-rootfs", {
    passes: [backend, server, setup, operator, cronJob, single],
    fails: [
      ...[false, null].map((value) => ({
        set: { [`${FIRST}.securityContext.readOnlyRootFilesystem`]: value },
        at: `${FIRST}.securityContext.readOnlyRootFilesystem`,
      })),
      ...["initContainers", "ephemeralContainers"].map((list) => ({
        set: { [`${POD}.${list}`]: [{ name: "other" }] },
        at: `${POD}.${list}[0].securityContext.readOnlyRootFilesystem`,
      })),
    ],
    unknown: [`${FIRST}.securityContext.readOnlyRootFilesystem`],
  });
  provesResource(podRules, "k8s-no-host-namespaces", {
    passes: [backend, server, setup, operator, cronJob, single],
    alsoPasses: [{ when: "the port of the node is zero", set: { [`${FIRST}.ports[0].hostPort`]: 0 } }],
    fails: [
      ...["hostNetwork", "hostPID", "hostIPC"].map((key) => ({
        set: { [`${POD}.${key}`]: true },
        at: `${POD}.${key}`,
      })),
      {
        set: { [`${POD}.volumes[0].hostPath`]: { path: "/var/run/docker.sock" } },
        at: `${POD}.volumes`,
      },
      { set: { [`${FIRST}.ports[0].hostPort`]: 80 }, at: `${FIRST}.ports` },
    ],
    unknown: [`${POD}.hostNetwork`, `${POD}.volumes`, `${FIRST}.ports`],
  });
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  const volume = `${POD}.volumes[0].image`;
  provesResource(podRules, "k8s-image-pinned", {
    passes: backend,
    alsoPasses: [
      { when: "it has a tag too", set: { [`${FIRST}.image`]: `registry:5000/api:1.0@${digest}` } },
      { when: "it has a tag, in staging", set: { [`${FIRST}.image`]: "api:1.0" }, stack: { class: "staging" } },
      {
        when: "it has a tag, and no class asks for more",
        set: { [`${FIRST}.image`]: "api:1.0" },
        settings: { digestIn: [] },
      },
      { when: "a volume has a digest", set: { [volume]: { reference: `models@${digest}` } } },
    ],
    fails: [
      { set: { [`${FIRST}.image`]: "api:1.0" }, at: `${FIRST}.image` },
      { set: { [`${FIRST}.image`]: "api:1.0" }, stack: { class: "recovery" }, at: `${FIRST}.image` },
      { set: { [`${FIRST}.image`]: "api@sha256:beef" }, at: `${FIRST}.image` },
      { set: { [`${FIRST}.image`]: "" }, at: `${FIRST}.image` },
      ...["api", "api:latest", "api:", "registry:5000/api", "api:1.0@sha256:beef"].map((image) => ({
        set: { [`${FIRST}.image`]: image },
        stack: { class: "development" as const },
        at: `${FIRST}.image`,
      })),
      { set: { [volume]: { reference: "models:1" } }, at: `${volume}.reference` },
      {
        set: { [`${POD}.initContainers`]: [{ ...container, image: "api:1.0" }] },
        when: "the image of a container that starts the pod has none",
        at: `${POD}.initContainers[0].image`,
      },
    ],
    unknown: [`${FIRST}.image`, `${POD}.volumes`],
  });
  provesResource(podRules, "k8s-image-registry", {
    passes: [backend],
    alsoPasses: [
      {
        when: "it is the registry of a site",
        set: { [`${FIRST}.image`]: "123456789012.dkr.ecr.us-west-2.amazonaws.com/api:1" },
      },
      { when: "the stack is the recovery site", of: server, stack: { class: "recovery" } },
      {
        when: "it is the registry of the recovery site",
        set: { [`${FIRST}.image`]: "portfolio.azurecr.io/services/api:1" },
        stack: { class: "recovery" },
      },
      {
        when: "it is one that was added",
        set: { [`${FIRST}.image`]: "quay.io/us/api:1" },
        settings: { registries: ["quay.io/us/"] },
      },
    ],
    fails: [
      ...["nginx:1.27", "difindoxt:1", "quay.io/difindoxt/api:1", "docker.io/evil/difindoxt/api:1", ""].map(
        (image) => ({
          set: { [`${FIRST}.image`]: image },
          at: `${FIRST}.image`,
        }),
      ),
      { set: { [`${FIRST}.image`]: "evil.com/x.azurecr.io/api:1" }, at: `${FIRST}.image` },
      {
        set: { [`${FIRST}.image`]: "123456789012.dkr.ecr.us-west-2.amazonaws.com/api:1" },
        stack: { class: "recovery" },
        at: `${FIRST}.image`,
      },
      { set: { [volume]: { reference: "models:1" } }, at: `${volume}.reference` },
    ],
    unknown: [`${FIRST}.image`],
  });
  const variable = `${FIRST}.env[0]`;
  const literal = changed(backend, { set: { [variable]: { name: "GREETING", value: "hello" } } });
  provesResource(podRules, "k8s-no-secret-in-env-literal", {
    passes: [literal, backend, server, setup, operator, cronJob, single],
    alsoPasses: [
      { when: "the variable is empty", set: { [`${variable}.value`]: "" } },
      {
        when: "something else of the workload is a secret",
        of: { ...literal, secrets: new Set(["spec.template.metadata"]) },
      },
    ],
    fails: [
      {
        of: { ...literal, secrets: new Set([`${variable}.value`]) },
        when: "the value is a secret of the stack",
        at: `${variable}.value`,
      },
      {
        of: { ...literal, secrets: new Set([`${FIRST}.env`]) },
        when: "all variables are one",
        at: `${variable}.value`,
      },
      {
        of: { ...literal, secrets: new Set([`${FIRST}.args[1]`]) },
        when: "an argument is one",
        at: `${FIRST}.args`,
      },
      {
        of: { ...literal, secrets: new Set([`${FIRST}.command`]) },
        when: "the command is one",
        at: `${FIRST}.command`,
      },
      {
        set: { [variable]: { name: "DATABASE_PASSWORD", value: "hunter2" } },
        when: "the name says that it is one",
        at: `${variable}.value`,
      },
      {
        set: { [variable]: { name: "LOGIN", value: "AKIAIOSFODNN7REALKEY" } },
        when: "it has the form of one",
        at: `${variable}.value`,
      },
      {
        set: { [`${POD}.initContainers`]: [{ name: "first", env: [{ name: "API_PASSWORD", value: "hunter2" }] }] },
        when: "a container that starts the pod has one",
        at: `${POD}.initContainers[0].env[0].value`,
      },
    ],
    unknown: [`${variable}.value`, `${FIRST}.env`],
  });
  it("[PR-05] k8s-no-secret-in-env-literal cannot tell which part of a secret block is one", () => {
    const rules = podRules.filter(
      (rule): rule is ResourceRule => rule.kind === "resource" && rule.id === "k8s-no-secret-in-env-literal",
    );
    const { findings } = judgeResource(
      rules,
      { ...literal, secrets: new Set(["spec"]) },
      {
        stack: { stack: "prod", project: "platform", class: "production", isPreview: false, config: {} },
        settings: new Map([["k8s-no-secret-in-env-literal", {}]]),
      },
    );
    assert.deepEqual(
      findings.map(({ verdict, at }) => `${verdict} ${at}`),
      [`undecided ${variable}.value`],
    );
  });
  const map = fixture("dr", "kubernetes:core/v1:ConfigMap", "iceberg-catalog-configuration");
  const release = fixture("prod", "kubernetes:helm.sh/v3:Release", "platform-external-secrets-chart-release");
  provesResource(podRules, "k8s-configmap-no-secrets", {
    passes: [map, fixture("durga-puja", "kubernetes:core/v1:ConfigMap"), release],
    alsoPasses: [
      {
        when: "a chart is given a secret of the stack",
        of: { ...changed(release, { set: { "values.password": "hunter2" } }), secrets: new Set(["values.password"]) },
      },
      {
        when: "a chart is given the name of a secret",
        of: release,
        set: { "values.auth": { existingSecret: "database", passwordKey: "password" } },
      },
      { when: "it is empty", remove: ["data"] },
    ],
    fails: [
      { set: { "data.password": "hunter2" }, at: "data.password" },
      { set: { "data.settings": "user: me\npassword: hunter2\n" }, at: "data.settings" },
      {
        set: { binaryData: { settings: Buffer.from("password=hunter2").toString("base64") } },
        at: "binaryData.settings",
      },
      { of: { ...map, secrets: new Set(["data.greeting"]) }, when: "a value is a secret of the stack", at: "data" },
      { of: { ...map, secrets: new Set(["data"]) }, when: "all values are", at: "data" },
      { of: release, set: { "values.auth": { password: "hunter2" } }, at: "values.auth.password" },
      {
        of: written("kubernetes:helm.sh/v4:Chart", { chart: "redis", values: {} }),
        set: { "values.env": [{ name: "REDIS_PASSWORD", value: "hunter2" }] },
        at: "values.env[0].value",
      },
    ],
    unknown: ["data", 'data["application.properties"]'],
  });
});
