import { Addon as EksAddon } from "@pulumi/aws/eks/addon";
import { getAddonVersionOutput } from "@pulumi/aws/eks/getAddonVersion";
import { DaemonSetPatch } from "@pulumi/kubernetes/apps/v1/daemonSetPatch";
import type { AddonArgs } from "@pulumi/eks/addon";
import type { VpcCniAddonArgs } from "@pulumi/eks/vpcCniAddon";
import {
  all,
  ComponentResource,
  jsonStringify,
  output,
  ResourceError,
  type ComponentResourceOptions,
  type Input,
  type InvokeOutputOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";

/** The newest version of an add-on that suits a cluster's version. */
export function newestAddonVersion(
  addonName: string,
  kubernetesVersion: Input<string>,
  opts: InvokeOutputOptions,
): Output<string> {
  return getAddonVersionOutput({ addonName, kubernetesVersion, mostRecent: true }, opts).version;
}

/** Configuration of an add-on as JSON, keys sorted, so that their order is never a change. */
export function addonConfiguration(values: Input<object> | undefined): Output<string> | undefined {
  return values === undefined ? undefined : jsonStringify(values, sortedKeys);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Any add-on: a child of the cluster it belongs to, wherever it was declared. */
export class Addon extends ComponentResource {
  readonly addon: EksAddon;

  constructor(name: string, args: AddonArgs, opts?: ComponentResourceOptions) {
    super("eks:index:Addon", name, args, { ...opts, parent: args.cluster as Resource });
    const { cluster, configurationValues, tags, ...rest } = args;
    this.addon = new EksAddon(
      name,
      {
        ...rest,
        // The schema of the component says a list of maps, the resource takes a map.
        tags: tags as unknown as Input<Record<string, string>>,
        clusterName: output(cluster).apply((of) => of.core.cluster.name),
        configurationValues: addonConfiguration(configurationValues),
      },
      { parent: this },
    );
    this.registerOutputs({ addon: this.addon });
  }
}

/** Pod networking, configured by named options. */
export class VpcCniAddon extends ComponentResource {
  readonly addon: EksAddon;

  constructor(name: string, args: VpcCniAddonArgs, opts?: ComponentResourceOptions) {
    super("eks:index:VpcCniAddon", name, args, opts);
    this.addon = new EksAddon(
      name,
      {
        clusterName: args.clusterName,
        addonVersion: this.version(args),
        addonName: "vpc-cni",
        resolveConflictsOnCreate: args.resolveConflictsOnCreate ?? "OVERWRITE",
        resolveConflictsOnUpdate: args.resolveConflictsOnUpdate ?? "OVERWRITE",
        preserve: true,
        configurationValues: addonConfiguration(cniConfiguration(args)),
        serviceAccountRoleArn: args.serviceAccountRoleArn,
        tags: args.tags as unknown as Input<Record<string, string>>,
      },
      { parent: this },
    );
    if (isSet(args.securityContextPrivileged)) {
      new DaemonSetPatch(
        name,
        {
          metadata: {
            name: "aws-node",
            namespace: "kube-system",
            annotations: { "pulumi.com/patchForce": "true" },
          },
          spec: {
            template: {
              spec: {
                containers: [{ name: "aws-node", securityContext: { privileged: args.securityContextPrivileged } }],
              },
            },
          },
        },
        { parent: this, dependsOn: [this.addon], retainOnDelete: true },
      );
    }
    this.registerOutputs({ addon: this.addon });
  }

  private version(args: VpcCniAddonArgs): Input<string> {
    if (args.addonVersion !== undefined) return args.addonVersion;
    if (args.clusterVersion !== undefined) {
      return newestAddonVersion("vpc-cni", args.clusterVersion, { parent: this });
    }
    throw new ResourceError(
      "You need to specify either `addonVersion` or `clusterVersion` to determine the version of the vpc-cni addon to use.",
      this,
    );
  }
}

type CniOption = Input<string | number | boolean> | undefined;

function cniConfiguration(args: VpcCniAddonArgs): Output<object> {
  if (isSet(args.cniExternalSnat) && isSet(args.externalSnat)) {
    throw new Error("Please specify one of `cniExternalSnat` or `externalSnat` in your VpcCniOptions");
  }
  const env = variables({
    AWS_VPC_CNI_NODE_PORT_SUPPORT: args.nodePortSupport,
    WARM_ENI_TARGET: output(args.warmEniTarget ?? 1),
    WARM_IP_TARGET: args.warmIpTarget,
    WARM_PREFIX_TARGET: args.warmPrefixTarget,
    ENABLE_PREFIX_DELEGATION: args.enablePrefixDelegation,
    AWS_VPC_K8S_CNI_LOGLEVEL: args.logLevel ?? "DEBUG",
    AWS_VPC_K8S_CNI_LOG_FILE: args.logFile ?? "/host/var/log/aws-routed-eni/ipamd.log",
    AWS_VPC_K8S_CNI_VETHPREFIX: args.vethPrefix ?? "eni",
    AWS_VPC_ENI_MTU: args.eniMtu ?? 9001,
    ENI_CONFIG_LABEL_DEF: args.eniConfigLabelDef,
    AWS_VPC_K8S_PLUGIN_LOG_LEVEL: "DEBUG",
    AWS_VPC_K8S_PLUGIN_LOG_FILE: "/var/log/aws-routed-eni/plugin.log",
    ENABLE_POD_ENI: args.enablePodEni || "false",
    AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER: args.cniConfigureRpfilter,
    // `customNetworkConfig` names the same variable, and the component overwrites it with this one.
    AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: args.cniCustomNetworkCfg || "false",
    AWS_VPC_K8S_CNI_EXTERNALSNAT: args.externalSnat || args.cniExternalSnat || "false",
  });
  const initEnv = variables({ DISABLE_TCP_EARLY_DEMUX: args.disableTcpEarlyDemux || "false" });
  return all([env, initEnv, output(args.enableNetworkPolicy), output(args.configurationValues)]).apply(
    ([environment, initEnvironment, enableNetworkPolicy, given = {}]) => {
      const init = block(given["init"]);
      return {
        ...(enableNetworkPolicy === undefined ? {} : { enableNetworkPolicy: String(enableNetworkPolicy) }),
        ...given,
        env: { ...environment, ...block(given["env"]) },
        init: { ...init, env: { ...initEnvironment, ...block(init["env"]) } },
      };
    },
  );
}

function variables(options: Readonly<Record<string, CniOption>>): Output<Record<string, string>> {
  const given = Object.entries(options).filter(([, value]) => isSet(value));
  return all(given.map(([, value]) => output(value))).apply((values) =>
    Object.fromEntries(given.map(([key], index) => [key, String(values[index])])),
  );
}

/** The component leaves out an option that is plainly false or zero. */
function isSet(option: CniOption): boolean {
  return option !== undefined && option !== false && option !== 0 && option !== "";
}

function block(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
