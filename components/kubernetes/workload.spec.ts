import { parseQuantity } from "./quantity";

/** CPU and memory of a container, as Kubernetes quantities (`100m`, `128Mi`). */
export interface ComputeResources {
  readonly cpu: string;
  readonly memory: string;
}

/** A health check by HTTP GET on the workload's port. */
export interface HttpProbe {
  /** Path, beginning with `/`. */
  readonly path: string;
  /** Seconds between two checks. */
  readonly periodSeconds: number;
  /** Seconds a check may take. Default: 5. */
  readonly timeoutSeconds?: number;
  /** Failures in a row that count. Default: 3. */
  readonly failureThreshold?: number;
}

/** How many pods may be added or removed within how many seconds. */
export interface ScalingRate {
  readonly pods: number;
  /** 1 to 1,800. */
  readonly seconds: number;
}

/** Horizontal autoscaling between the bounds of `replicas`. */
export interface Autoscaling {
  /** Mean CPU use to keep, in percent of the request. */
  readonly cpuPercent: number;
  /** Mean memory use to keep, in percent of the request. */
  readonly memoryPercent: number;
  readonly scaleUp: ScalingRate;
  readonly scaleDown: ScalingRate;
}

/** Where a container's environment comes from. A name stands in one of the three only. */
export interface Environment {
  /** Variables written into the Deployment. */
  readonly plain?: Readonly<Record<string, string>>;
  /** Variables kept in a ConfigMap that belongs to the workload. */
  readonly config?: Readonly<Record<string, string>>;
  /** Variables read from a Secret: its name and its keys. Their values are never part of a specification. */
  readonly secret?: { readonly name: string; readonly keys: readonly string[] };
}

/** Capabilities that the baseline Pod Security Standard lets a container add and that start-up scripts need. */
export type Capability = "CHOWN" | "DAC_OVERRIDE" | "FOWNER" | "NET_BIND_SERVICE" | "SETGID" | "SETUID";

/**
 * The user a container runs as. Either way all other capabilities are dropped, privileges cannot be gained, the
 * runtime's seccomp profile applies and no API token is mounted.
 *
 * `non-root` satisfies the restricted Pod Security Standard. A port below 1024 is opened to it by a sysctl of the pod's
 * own network namespace: an added NET_BIND_SERVICE reaches root's processes only.
 * `root` is for images whose start-up changes owner or user; it satisfies the baseline standard.
 */
export type ContainerUser =
  | { readonly kind: "non-root"; readonly uid: number; readonly gid: number }
  | { readonly kind: "root"; readonly capabilities: readonly Capability[] };

interface ServicePort {
  /** Name of the Service: its DNS name inside the namespace. */
  readonly name: string;
  readonly port: number;
  /** Port of the pods. Default: the workload's port. */
  readonly targetPort?: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The Service in front of the pods. */
export type ServiceSpec =
  | (ServicePort & { readonly type: "ClusterIP" })
  | (ServicePort & {
      readonly type: "LoadBalancer";
      /** Which controller serves it. Default: the cluster's own. Cannot be changed later. */
      readonly loadBalancerClass?: string;
    });

/** One service of the platform, described without any cloud in it. */
export interface WorkloadSpec {
  /** Name of the Deployment and of everything that goes with it, at most 52 characters. */
  readonly name: string;
  /** Name of the system it belongs to. */
  readonly partOf: string;
  /** Image with a digest or a tag. */
  readonly image: string;
  /** Port the container listens on. */
  readonly port: number;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly resources: { readonly requests: ComputeResources; readonly limits: ComputeResources };
  readonly probes: {
    /** Restarts the container. */
    readonly liveness: HttpProbe;
    /** Takes the pod out of its Service. */
    readonly readiness: HttpProbe;
    /** Holds the other two back until the container has started. Default: none. */
    readonly startup?: HttpProbe;
  };
  readonly environment: Environment;
  readonly autoscaling: Autoscaling;
  readonly rollout: { readonly maxSurge: number; readonly maxUnavailable: number };
  /**
   * Spread over zones: `required` leaves a pod pending rather than let one zone get two ahead of another; a zone whose
   * nodes are lost does not count. `preferred` starts it anywhere.
   */
  readonly zoneSpread: "required" | "preferred";
  readonly service: ServiceSpec;
  readonly user: ContainerUser;
  /** Folders the container writes to. Each is an empty volume; all else of the image is read-only. Default: none. */
  readonly writablePaths?: readonly string[];
  readonly drain: {
    /** Seconds a pod keeps serving after it was told to end: until load balancers have stopped sending to it. */
    readonly lingerSeconds: number;
    /** Seconds open connections then have to finish. */
    readonly connectionSeconds: number;
  };
}

const label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Everything that is wrong with a specification, each with its path. Empty when it can be rendered. */
export function workloadProblems(spec: WorkloadSpec): string[] {
  const problems: string[] = [];
  const require = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  const wholeNumber = (path: string, value: number, min: number, max: number): void => {
    require(Number.isInteger(value) &&
      value >= min &&
      value <= max, `${path} is ${String(value)}: give a whole number from ${String(min)} to ${String(max)}`);
  };

  // The hash of a ReplicaSet and of a pod is added to the name, and a label value ends at 63 characters:
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
  for (const [path, name, max] of [
    ["name", spec.name, 52],
    ["service.name", spec.service.name, 63],
  ] as const) {
    require(label.test(name) &&
      name.length <=
        max, `${path} is "${name}": use lower-case letters, digits and "-", a letter first, at most ${String(max)} characters`);
  }
  require(!/\s/.test(spec.image) && spec.image !== "", `image is "${spec.image}": give a reference with digest or tag`);
  wholeNumber("port", spec.port, 1, 65535);
  wholeNumber("service.port", spec.service.port, 1, 65535);
  if (spec.service.targetPort !== undefined) wholeNumber("service.targetPort", spec.service.targetPort, 1, 65535);
  wholeNumber("replicas.min", spec.replicas.min, 1, 10000);
  wholeNumber("replicas.max", spec.replicas.max, 1, 10000);
  require(spec.replicas.min <=
    spec.replicas
      .max, `replicas.min (${String(spec.replicas.min)}) is above replicas.max (${String(spec.replicas.max)}): ` +
    "lower the first or raise the second");
  wholeNumber("rollout.maxSurge", spec.rollout.maxSurge, 0, 10000);
  wholeNumber("rollout.maxUnavailable", spec.rollout.maxUnavailable, 0, 10000);
  require(spec.rollout.maxSurge + spec.rollout.maxUnavailable >
    0, "rollout.maxSurge and rollout.maxUnavailable are both 0: a rollout could neither add nor remove a pod");
  problems.push(...resourceProblems(spec), ...environmentProblems(spec.environment));

  for (const [kind, probe] of Object.entries(spec.probes) as [string, HttpProbe | undefined][]) {
    if (probe === undefined) continue;
    require(probe.path.startsWith("/"), `probes.${kind}.path is "${probe.path}": begin it with "/"`);
    wholeNumber(`probes.${kind}.periodSeconds`, probe.periodSeconds, 1, 3600);
    const { timeoutSeconds, failureThreshold } = probe;
    if (timeoutSeconds !== undefined) wholeNumber(`probes.${kind}.timeoutSeconds`, timeoutSeconds, 1, 3600);
    if (failureThreshold !== undefined) wholeNumber(`probes.${kind}.failureThreshold`, failureThreshold, 1, 1000);
  }

  // Limits of the API: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
  for (const direction of ["scaleUp", "scaleDown"] as const) {
    wholeNumber(`autoscaling.${direction}.pods`, spec.autoscaling[direction].pods, 1, 10000);
    wholeNumber(`autoscaling.${direction}.seconds`, spec.autoscaling[direction].seconds, 1, 1800);
  }
  wholeNumber("autoscaling.cpuPercent", spec.autoscaling.cpuPercent, 1, 1000);
  wholeNumber("autoscaling.memoryPercent", spec.autoscaling.memoryPercent, 1, 1000);

  if (spec.user.kind === "non-root") {
    // 0 would be root, and the API refuses it together with runAsNonRoot.
    wholeNumber("user.uid", spec.user.uid, 1, 2 ** 31 - 1);
    wholeNumber("user.gid", spec.user.gid, 1, 2 ** 31 - 1);
  }
  for (const path of spec.writablePaths ?? []) {
    require(/^\/[^:]+$/.test(path), `writablePaths has "${path}": give an absolute path below "/"`);
  }
  wholeNumber("drain.lingerSeconds", spec.drain.lingerSeconds, 0, 3600);
  // A pre-stop sleep as long as the whole grace period is refused by the API.
  wholeNumber("drain.connectionSeconds", spec.drain.connectionSeconds, 1, 3600);
  return problems;
}

function resourceProblems({ resources }: WorkloadSpec): string[] {
  const problems: string[] = [];
  for (const kind of ["cpu", "memory"] as const) {
    const request = parseQuantity(resources.requests[kind]);
    const limit = parseQuantity(resources.limits[kind]);
    for (const [level, text, value] of [
      ["requests", resources.requests[kind], request],
      ["limits", resources.limits[kind], limit],
    ] as const) {
      // "128m" of memory is legal and means an eighth of a byte.
      if (value === undefined || value <= 0 || (kind === "memory" && text.endsWith("m"))) {
        const example = kind === "cpu" ? "100m" : "128Mi";
        problems.push(`resources.${level}.${kind} is "${text}": give a quantity, for example "${example}"`);
      }
    }
    if (request !== undefined && limit !== undefined && request > limit) {
      problems.push(
        `resources.requests.${kind} (${resources.requests[kind]}) is above resources.limits.${kind} ` +
          `(${resources.limits[kind]}): lower the first or raise the second`,
      );
    }
  }
  return problems;
}

function environmentProblems({ plain = {}, config = {}, secret }: Environment): string[] {
  const problems: string[] = [];
  const origins = new Map<string, string>();
  const sources = { plain: Object.keys(plain), config: Object.keys(config), "secret.keys": secret?.keys ?? [] };
  for (const [origin, names] of Object.entries(sources)) {
    for (const name of names) {
      const earlier = origins.get(name);
      if (earlier !== undefined) {
        problems.push(`environment.${origin} and environment.${earlier} both set "${name}": keep one`);
      }
      if (!environmentName.test(name)) {
        problems.push(`environment.${origin} has "${name}": use letters, digits and "_", no digit first`);
      }
      origins.set(name, origin);
    }
  }
  return problems;
}
