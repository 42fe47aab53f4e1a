// The folder's index would load the whole template renderer: 54 ms instead of none.
import { Release, type ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { chartFor, type ChartId } from "./charts";

/** A value of a Helm chart: JSON, any part of which may be an output. */
export type HelmValue = pulumi.Input<string | number | boolean | null | HelmValues | HelmValue[]>;

/** The values of a Helm chart. */
export interface HelmValues {
  [key: string]: HelmValue;
}

/** Seconds one operation on a release may take. An image pull on a fresh node and a webhook's start fit in twice. */
const defaultTimeoutSeconds = 600;

/** Revisions Helm keeps: each is a Secret holding the whole release, and only the last few serve a rollback. */
const maxHistory = 5;

export interface ChartArgs {
  /** Row of the chart table to install. */
  chart: ChartId;
  /** Version of the cluster, `major.minor`: refused when it is outside the row's range. */
  kubernetesVersion: string;
  /** Namespace of the release. It must exist. */
  namespace: pulumi.Input<string>;
  /** Name of the release in the cluster. Default: the name of the chart. */
  releaseName?: string;
  /** The chart's values. */
  values: HelmValues;
  /** Seconds an install, upgrade or rollback may take. Default: 600. */
  timeoutSeconds?: number;
  /** Changes the arguments of the release just before it is made. */
  transform?: (release: ReleaseArgs) => ReleaseArgs;
}

/**
 * One Helm chart of the chart table, installed as a Helm release.
 *
 * An install or upgrade that fails is undone, and it counts as done when every workload and job of it is ready.
 * What the component depends on, the release depends on as well: it is created after and deleted before.
 */
export class Chart extends pulumi.ComponentResource {
  /** The Helm release. */
  readonly release: Release;

  constructor(name: string, args: ChartArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:Chart", name, {}, opts);
    const row = chartFor(args.chart, args.kubernetesVersion);
    const release: ReleaseArgs = {
      chart: row.chart,
      version: row.version,
      repositoryOpts: { repo: row.repository },
      name: args.releaseName ?? row.chart,
      namespace: args.namespace,
      values: args.values,
      // Undone on failure: a half-installed release blocks every later install of the same name.
      atomic: true,
      cleanupOnFail: true,
      waitForJobs: true,
      skipCrds: false,
      timeout: args.timeoutSeconds ?? defaultTimeoutSeconds,
      maxHistory,
    };
    this.release = new Release(`${name}-release`, args.transform?.(release) ?? release, {
      parent: this,
      // The dependencies of a component order its children on creation only; deletion follows what is recorded on the
      // child itself.
      dependsOn: opts?.dependsOn,
    });
    this.registerOutputs({});
  }
}
