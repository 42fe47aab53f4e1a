import { z } from "zod";
import { equal } from "../../../offline/cloud/value";
import { credentialIn, credentialsIn, type CredentialSearch } from "../../checks/credentials";
import { imageReference, isPinned, liesIn } from "../../checks/images";
import {
  containersOf,
  expectOfContainers,
  onContainers,
  onPods,
  onPodsOf,
  SERVERS,
  type PodContainer,
  type PodTemplate,
} from "../../checks/pod-templates";
import { inTurn, readable } from "../../checks/undecided";
import { resourceRule, STACK_CLASSES, type Expect, type Rule, type Subject } from "../../model/rule";
import { undecided } from "../../model/view";

const DOCS = "https://kubernetes.io/docs";
const STANDARDS = `${DOCS}/concepts/security/pod-security-standards/`;

/** Where the pod of a workload keeps what its containers inherit. */
const POD = "spec.template.spec";

/**
 * Where the images of the stacks come from: the sites' own registries, and the publishers of what runs beside the services.
 * Everybody publishes on a public registry, so of those it is the publisher that counts.
 */
const PUBLISHERS = ["docker.io/apache/", "docker.io/rabbitmqoperator/"];
const REGISTRIES = [
  "*.dkr.ecr.*.amazonaws.com/",
  "*-docker.pkg.dev/",
  "*.azurecr.io/",
  "docker.io/difindoxt/",
  ...PUBLISHERS,
];

/** The recovery site is on Azure: while the clouds of the other sites are down, so are their registries. */
const RECOVERY_REGISTRIES = ["*.azurecr.io/", ...PUBLISHERS];

export const podRules: readonly Rule[] = [
  resourceRule({
    id: "k8s-resources-set",
    title: "Containers ask for what they need, and no container takes a node's memory",
    severity: "medium",
    controls: { iso27001: ["A.8.6"], soc2: ["A1.1"] },
    why: "A pod without requests is placed where there is no room for it and is the first to be thrown out; one without a memory limit takes its neighbours with it when it leaks.",
    remedy: {
      text: "Give every container requests of CPU and memory, and a limit of memory.",
      example: 'resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } }',
    },
    source: `${DOCS}/concepts/configuration/manage-resources-containers/`,
    settings: z.object({
      cpuLimit: z
        .boolean()
        .default(false)
        .describe("Whether a limit of CPU is asked for too: it slows down a container while its node is idle."),
    }),
    on: onPods<{ cpuLimit: boolean }>((pod, expect, { settings }) => {
      for (const { path, label, list, container } of containersOf(pod)) {
        // These take what the pod has left: https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
        if (list === "ephemeralContainers") continue;
        const amount = (kind: "requests" | "limits", of: "cpu" | "memory") =>
          isSome(container.resources?.[kind]?.[of]) || isSome(pod.spec.resources?.[kind]?.[of]);
        // What has a limit and no request is given a request of the same.
        for (const of of ["cpu", "memory"] as const) {
          expect(`${path}.resources.requests.${of}`, `asks for nothing, in ${label}`, () => {
            return amount("requests", of) || amount("limits", of);
          });
        }
        expect(`${path}.resources.limits.memory`, `is missing: ${label} takes what the node has`, () => {
          return amount("limits", "memory");
        });
        if (settings.cpuLimit) {
          expect(`${path}.resources.limits.cpu`, `is missing, in ${label}`, () => amount("limits", "cpu"));
        }
      }
    }),
  }),
  resourceRule({
    id: "k8s-probes",
    title: "The cluster can tell whether a container serves, and whether it hangs",
    severity: "medium",
    controls: {},
    why: "Without a readiness probe users reach pods that cannot answer yet; without a liveness probe one that hangs stays. The same probe for both restarts what was only busy.",
    remedy: {
      text: "Give the container a readiness probe and a liveness probe that differ, and a startup probe where it is slow to start.",
      example:
        'readinessProbe: { httpGet: { path: "/ready", port } }, livenessProbe: { httpGet: { path: "/live", port } }',
    },
    source: `${DOCS}/concepts/configuration/liveness-readiness-startup-probes/`,
    settings: z.object({
      slowSeconds: z
        .int()
        .min(1)
        .default(60)
        .describe("Seconds of a liveness probe's initial delay from which on a startup probe is asked for instead."),
    }),
    on: onPodsOf<(typeof SERVERS)[number], { slowSeconds: number }>(SERVERS, (pod, expect, { settings }) => {
      for (const one of containersOf(pod)) {
        const { path, label, container } = one;
        const isServing = () => runsForEver(one);
        expect(`${path}.readinessProbe`, `is missing: ${label} is sent requests before it can answer`, () => {
          return !isServing() || container.readinessProbe !== undefined;
        });
        expect(`${path}.livenessProbe`, `is missing: ${label} stays when it hangs`, () => {
          return !isServing() || container.livenessProbe !== undefined;
        });
        expect(`${path}.livenessProbe`, `is the readiness probe again: ${label} is restarted for being busy`, () => {
          const { livenessProbe, readinessProbe } = container;
          return livenessProbe === undefined || !equal(livenessProbe, readinessProbe ?? null);
        });
        expect(`${path}.startupProbe`, `is missing: until it has started, nobody notices that ${label} hangs`, () => {
          const delay = container.livenessProbe?.initialDelaySeconds ?? 0;
          return delay < settings.slowSeconds || container.startupProbe !== undefined;
        });
      }
    }),
  }),
  resourceRule({
    id: "k8s-run-as-non-root",
    title: "Containers run as a user that is nobody on the node",
    severity: "high",
    controls: { cis: ["Kubernetes 1.11 5.2.7"], iso27001: ["A.8.2"], pciDss: ["10.3.2"] },
    why: "Root in a container that breaks out is root on the node; so is a low user id that the node gives to somebody else.",
    remedy: {
      text: "Run the pod as a user and a group of its own, with a high id, and refuse images that run as root.",
      example: "securityContext: { runAsNonRoot: true, runAsUser: 10000, runAsGroup: 10001 }",
    },
    source: `${DOCS}/tasks/configure-pod-container/security-context/`,
    settings: z.object({
      minimumUser: z.int().min(1).default(10_000).describe("Lowest id of a user that containers run as."),
    }),
    on: onPods<{ minimumUser: number }>((pod, expect, { settings }) => {
      expectOfContainers(pod, expect, {
        key: "runAsNonRoot",
        says: "lets the image run as root",
        holds: (value) => value,
      });
      expectOfContainers(pod, expect, {
        key: "runAsUser",
        says: `is not ${String(settings.minimumUser)} or higher`,
        // In a user namespace no id is one of the node's: https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
        holds: (id) => id >= settings.minimumUser || (id > 0 && pod.spec.hostUsers === false),
      });
      expectOfContainers(pod, expect, {
        key: "runAsGroup",
        says: "leaves the group to the image, or is root's",
        holds: (id) => id > 0,
      });
    }),
  }),
  resourceRule({
    id: "k8s-no-priv-escalation",
    title: "No container has the powers of its node, and none can gain any",
    severity: "high",
    controls: {
      cis: ["Kubernetes 1.11 5.2.2", "Kubernetes 1.11 5.2.6"],
      iso27001: ["A.8.2", "A.8.3"],
      pciDss: ["7.2.1"],
    },
    why: "A privileged container is the node. One that may gain privileges gets there by any flaw in a program that runs as root.",
    remedy: {
      text: "Take privileged out and forbid the escalation of privileges in every container.",
      example: "securityContext: { allowPrivilegeEscalation: false, privileged: false }",
    },
    source: STANDARDS,
    on: onContainers(({ path, label, container }, _pod, expect) => {
      expect(`${path}.securityContext.privileged`, `gives ${label} the powers of the node`, () => {
        return container.securityContext?.privileged !== true;
      });
      expect(`${path}.securityContext.allowPrivilegeEscalation`, `is not false: ${label} may gain privileges`, () => {
        return container.securityContext?.allowPrivilegeEscalation === false;
      });
    }),
  }),
  resourceRule({
    id: "k8s-drop-caps",
    title: "Containers have no capabilities of root",
    severity: "medium",
    controls: { cis: ["Kubernetes 1.11 5.2.9"] },
    why: "Among the capabilities that a container has by default are some to forge packets and to change the owner of files.",
    remedy: {
      text: "Drop all capabilities in every container, and add none but the one to listen on low ports.",
      example: 'securityContext: { capabilities: { drop: ["ALL"] } }',
    },
    source: STANDARDS,
    settings: z.object({
      allowed: z.array(z.string()).default(["NET_BIND_SERVICE"]).describe("Capabilities that containers may add."),
    }),
    on: onContainers<{ allowed: readonly string[] }>(({ path, label, container }, _pod, expect, { settings }) => {
      const capabilities = () => container.securityContext?.capabilities;
      expect(`${path}.securityContext.capabilities.drop`, `does not drop ALL, in ${label}`, () => {
        return capabilities()?.drop?.includes("ALL") === true;
      });
      expect(`${path}.securityContext.capabilities.add`, `adds capabilities of root to ${label}`, () => {
        return (capabilities()?.add ?? []).every((one) => settings.allowed.includes(one));
      });
    }),
  }),
  resourceRule({
    id: "k8s-seccomp",
    title: "Containers can make only the system calls that programs need",
    severity: "medium",
    controls: { cis: ["Kubernetes 1.11 5.6.2"] },
    why: "Without a profile a container may make every call to the kernel, those with tomorrow's flaw among them.",
    remedy: {
      text: "Give the pod the profile of the container runtime, or one of its own.",
      example: 'securityContext: { seccompProfile: { type: "RuntimeDefault" } }',
    },
    source: `${DOCS}/tutorials/security/seccomp/`,
    on: onPods((pod, expect) => {
      expectOfContainers(pod, expect, {
        key: "seccompProfile",
        at: "seccompProfile.type",
        says: "leaves every system call open",
        holds: ({ type }) => type === "RuntimeDefault" || type === "Localhost",
      });
    }),
    // Pods of a Job, and a Pod itself, would be replaced.
    fix: {
      "kubernetes:apps/v1:Deployment": { [`${POD}.securityContext.seccompProfile.type`]: "RuntimeDefault" },
      "kubernetes:apps/v1:StatefulSet": { [`${POD}.securityContext.seccompProfile.type`]: "RuntimeDefault" },
      "kubernetes:apps/v1:DaemonSet": { [`${POD}.securityContext.seccompProfile.type`]: "RuntimeDefault" },
      "kubernetes:batch/v1:CronJob": {
        [`spec.jobTemplate.${POD}.securityContext.seccompProfile.type`]: "RuntimeDefault",
      },
    },
  }),
  resourceRule({
    id: "k8s-ro-rootfs",
    title: "Containers cannot change their own files",
    severity: "high",
    controls: {},
    why: "What has broken into a container writes its tools into it, where they outlive the flaw they came by.",
    remedy: {
      text: "Make the root file system read-only and mount an emptyDir where the program writes.",
      example: 'securityContext: { readOnlyRootFilesystem: true }, volumeMounts: [{ name: "tmp", mountPath: "/tmp" }]',
    },
    source: `${DOCS}/tasks/configure-pod-container/security-context/`,
    on: onContainers(({ path, label, container }, _pod, expect) => {
      expect(`${path}.securityContext.readOnlyRootFilesystem`, `is not true, in ${label}`, () => {
        return container.securityContext?.readOnlyRootFilesystem === true;
      });
    }),
  }),
  resourceRule({
    id: "k8s-no-host-namespaces",
    title: "Pods see nothing of their node: not its network, processes or files",
    severity: "high",
    controls: { cis: ["Kubernetes 1.11 5.2.3"], pciDss: ["1.4.5"] },
    why: "On the node's network no network policy holds, and its metadata service hands out the node's credentials; a directory of the node, or its container socket, is the node.",
    remedy: {
      text: "Take out the host's namespaces, volumes of hostPath, and host ports; publish ports by a Service.",
      example: 'new Service("web", { spec: { selector, ports: [{ port: 443, targetPort: "https" }] } })',
    },
    source: STANDARDS,
    on: onPods((pod, expect) => {
      for (const key of ["hostNetwork", "hostPID", "hostIPC"] as const) {
        expect(`${pod.path}.${key}`, "puts the pod into a namespace of its node", () => pod.spec[key] !== true);
      }
      expect(`${pod.path}.volumes`, "mounts a directory of the node", () => {
        return (pod.spec.volumes ?? []).every(({ hostPath }) => hostPath === undefined);
      });
      for (const { path, label, container } of containersOf(pod)) {
        expect(`${path}.ports`, `takes a port of the node for ${label}`, () => {
          // Zero is none.
          return (container.ports ?? []).every(({ hostPort = 0 }) => hostPort === 0);
        });
      }
    }),
  }),
  resourceRule({
    id: "k8s-image-pinned",
    title: "It is certain which image runs",
    severity: "high",
    controls: { soc2: ["CC8.1"] },
    why: "A tag can be moved: what was reviewed is not what runs, and two pods of one deployment may differ.",
    remedy: {
      text: "Name the image by its digest; where that is not asked for, by a tag of its own.",
      example: 'image: "docker.io/apache/polaris:1.7.0@sha256:…"',
    },
    source: `${DOCS}/concepts/containers/images/`,
    settings: z.object({
      digestIn: z
        .array(z.enum(STACK_CLASSES))
        .default(["production", "recovery"])
        .describe("Classes of stacks in which images are named by digest."),
    }),
    on: onPods<{ digestIn: readonly string[] }>((pod, expect, { settings, stack }) => {
      const isDigestAsked = settings.digestIn.includes(stack.class);
      for (const { path, label, image } of imagesOf(pod)) {
        expect(path, `${isDigestAsked ? "has no digest" : "has no tag of its own"}, in ${label}`, () => {
          const reference = imageReference(image() ?? "");
          if (isPinned(reference)) return true;
          return !isDigestAsked && reference.digest === undefined && !["", "latest"].includes(reference.tag ?? "");
        });
      }
    }),
  }),
  resourceRule({
    id: "k8s-image-registry",
    title: "Images come from registries that are known",
    severity: "high",
    controls: { iso27001: ["A.8.19"] },
    why: "Everybody can publish an image by a name that looks right. And in a disaster, an image in the cloud that is down cannot be pulled.",
    remedy: {
      text: "Pull the image from the registry of the site, or add its publisher to the rule's registries.",
      example: "image: pulumi.interpolate`${registry.url}/services/api@${digest}`",
    },
    source: `${DOCS}/concepts/containers/images/`,
    settings: z.object({
      registries: z
        .array(z.string())
        .default(REGISTRIES)
        .describe(
          "Registries, or beginnings of repositories in them, with * in the name of the registry for any text.",
        ),
      recoveryRegistries: z
        .array(z.string())
        .default(RECOVERY_REGISTRIES)
        .describe("The same for stacks of class recovery: those that answer while the other sites are down."),
    }),
    on: onPods<Record<"registries" | "recoveryRegistries", readonly string[]>>((pod, expect, { settings, stack }) => {
      const known = stack.class === "recovery" ? settings.recoveryRegistries : settings.registries;
      for (const { path, label, image } of imagesOf(pod)) {
        expect(path, `is from a registry that is not known to this stack, in ${label}`, () => {
          const reference = imageReference(image() ?? "");
          return known.some((place) => liesIn(reference, place));
        });
      }
    }),
  }),
  resourceRule({
    id: "k8s-no-secret-in-env-literal",
    title: "No secret is written into the template of a pod",
    severity: "critical",
    controls: { cis: ["Kubernetes 1.11 5.4.1"], pciDss: ["10.2.1"] },
    why: "Whoever may look at a workload reads it, which is far more people than may read a Secret; it is in every backup and audit record of the API.",
    remedy: {
      text: "Keep the value in a Secret, or in a store that External Secrets copies one from, and refer to it.",
      example: 'env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: secret.metadata.name, key: "token" } } }]',
    },
    source: `${DOCS}/concepts/security/secrets-good-practices/`,
    starred: true,
    on: onContainers(({ path, label, container }, _pod, expect, { resource: { secrets } }) => {
      for (const key of ["command", "args"] as const) {
        expect(`${path}.${key}`, `holds a secret of the stack in clear, in ${label}`, () => {
          return ![...secrets].some((secret) => secret.startsWith(`${path}.${key}`));
        });
      }
      for (const [index, variable] of (container.env ?? []).entries()) {
        const at = `${path}.env[${String(index)}].value`;
        expect(at, `is a secret in clear, in ${label}`, () => {
          const secret = secretOver(secrets, at);
          if (secret?.startsWith(`${path}.env`) === true && variable.valueFrom === undefined) return false;
          const value = variable.value ?? "";
          if (credentialIn(value, variable.name) !== undefined) return false;
          return secret === undefined || value === "" || undecided(at, "is within a block that is secret as a whole");
        });
      }
    }),
  }),
  resourceRule({
    id: "k8s-configmap-no-secrets",
    title: "ConfigMaps and the values of charts hold no credentials",
    severity: "high",
    controls: { iso27001: ["A.5.17"] },
    why: "A ConfigMap is read by everybody who may look into the namespace, and values of charts end up in one, or in the stack's code.",
    remedy: {
      text: "Keep the credential in a Secret and have the configuration or the chart name it.",
      example: 'values: { auth: { existingSecret: secret.metadata.name, secretKeys: { password: "password" } } }',
    },
    source: `${DOCS}/concepts/configuration/configmap/`,
    on: {
      "kubernetes:core/v1:ConfigMap": (map, expect, subject) => {
        for (const key of ["data", "binaryData"] as const) {
          expect(key, "holds a secret of the stack in clear", () => {
            return ![...subject.resource.secrets].some((secret) => secret === key || /^[.[]/.test(after(secret, key)));
          });
        }
        expectNoCredentials("data", () => map.data, expect, subject);
        expectNoCredentials("binaryData", () => map.binaryData, expect, subject, { encoding: "base64" });
      },
      // What is a secret of the stack is kept as one: Helm stores a release, its values among it, in a Secret.
      "kubernetes:helm.sh/v3:Release": (release, expect, subject) => {
        expectNoCredentials("values", () => release.values, expect, subject);
      },
      "kubernetes:helm.sh/v4:Chart": (chart, expect, subject) => {
        expectNoCredentials("values", () => chart.values, expect, subject);
      },
    },
  }),
];

/** The rest of a path below a property; empty where it is not below it. */
function after(path: string, property: string): string {
  return path.startsWith(property) ? path.slice(property.length) : "";
}

/** The secret that a path is, or is a part of. */
function secretOver(secrets: ReadonlySet<string>, path: string): string | undefined {
  return [...secrets].find((secret) => secret === path || /^[.[]/.test(after(path, secret)));
}

/** Judges every text of a value: each credential in it by itself. */
function expectNoCredentials(
  at: string,
  read: () => unknown,
  expect: Expect,
  { resource: { secrets } }: Subject,
  search: CredentialSearch = {},
): void {
  const { items, open } = readable(() => credentialsIn(read(), at, search));
  const found = items.filter(({ path }) => secretOver(secrets, path) === undefined);
  for (const { path, kind } of found) expect(path, `holds ${kind} in clear`, () => false);
  if (found.length > 0 && open === undefined) return;
  expect(at, "holds a credential in clear", () => {
    if (open !== undefined) throw open;
    return true;
  });
}

/** Whether an amount of a resource is more than nothing. */
function isSome(quantity: string | number | undefined): boolean {
  return quantity !== undefined && Number.parseFloat(String(quantity)) > 0;
}

/** A container that is there for as long as its pod: also one that starts before the others and stays. */
function runsForEver({ list, container }: PodContainer): boolean {
  return list === "containers" || (list === "initContainers" && container.restartPolicy === "Always");
}

interface Image {
  readonly path: string;
  readonly label: string;
  readonly image: () => string | undefined;
}

/** Every image of a pod: of its containers, and those that it mounts as volumes. */
function imagesOf(pod: PodTemplate): Iterable<Image> {
  const ofContainers = () =>
    [...containersOf(pod)].map(({ path, label, container }) => ({
      path: `${path}.image`,
      label,
      image: () => container.image,
    }));
  const ofVolumes = () =>
    (pod.spec.volumes ?? []).flatMap(({ name = "", image }, index) => {
      const path = `${pod.path}.volumes[${String(index)}].image.reference`;
      return image === undefined ? [] : [{ path, label: `volume ${name}`, image: () => image.reference }];
    });
  return inTurn<Image>(ofContainers, ofVolumes);
}
