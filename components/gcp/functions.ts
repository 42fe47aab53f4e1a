import {
  Function as CloudFunction,
  type FunctionArgs as CloudFunctionArgs,
} from "@pulumi/gcp/cloudfunctionsv2/function";
import { ServiceIamMember } from "@pulumi/gcp/cloudrunv2/serviceIamMember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import { BucketObject } from "@pulumi/gcp/storage/bucketObject";
import {
  ComponentResource,
  all,
  interpolate,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { FunctionRuntime as FunctionRuntimeContract } from "../contracts/function-runtime";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import { FunctionBuild } from "./function-build";
import { functionCode } from "./function-code";
import type { Project } from "./project";

/** A function that is called with batches of events. */
export interface FunctionSpec {
  readonly description: string;
  /** Memory in MiB, 128 to 32,768; processors come with it. */
  readonly memoryMiB: number;
  /** Seconds until a run is broken off, 1 to 3,600. */
  readonly timeoutSeconds: number;
  /** Runs at the same time at most; each has an instance of its own. */
  readonly concurrency: number;
  /** Environment variables; secrets do not belong here. */
  readonly environment: Readonly<Record<string, Input<string>>>;
  /** Where its code may write. */
  readonly writes: readonly WritableFolder[];
  /** Who may call it, by a name that never changes: the member of the consumer's workload identity. */
  readonly callers: Readonly<Record<string, Input<string>>>;
}

/** Objects of a bucket whose names begin with a folder. */
export interface WritableFolder {
  readonly bucketName: Input<string>;
  /** Without a slash at its ends. */
  readonly folder: string;
}

export interface FunctionRuntimeArgs {
  readonly project: Project;
  /** First part of the functions' names. */
  readonly prefix: string;
  /** By key, which is also the name of the function's folder in `codeFolder`. */
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  /**
   * Folder that holds a folder of modules (`*.mjs`) for each function, and under `cloud-run` what it has besides here; `index.mjs`
   * exports `handler`.
   */
  readonly codeFolder: string;
  /** Key of code, images and instances, in the site's region. */
  readonly keyId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (cloudFunction: CloudFunctionArgs, id: string) => CloudFunctionArgs;
}

/**
 * Functions on Cloud Run (Node.js 24), built by Cloud Build from their code. Nothing on Google Cloud reads Kafka for them: a
 * consumer on the cluster calls them with a token of its workload identity, and sends a batch again that was not answered with 200.
 *
 * They answer callers from the project's networks alone, who come by Private Google Access, and need no network themselves, since
 * their code calls APIs of Google only: https://docs.cloud.google.com/run/docs/securing/ingress
 *
 * Agents of Cloud Functions, Cloud Run, Artifact Registry, Cloud Storage and Eventarc must be users of the key:
 * https://docs.cloud.google.com/functions/docs/securing/cmek
 *
 * Cost: each run by memory and time; nothing while no events come.
 */
export class FunctionRuntime extends ComponentResource implements FunctionRuntimeContract {
  readonly functionIds: Readonly<Record<string, Output<string>>>;
  /** Addresses of the services of Cloud Run to call, by the function's key: also the audience of the caller's token. */
  readonly urls: Readonly<Record<string, Output<string>>>;
  /** Names of the services of Cloud Run, by the function's key: what alarms find them by. */
  readonly serviceNames: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: FunctionRuntimeArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:FunctionRuntime", name, {}, opts);
    const { project, prefix, keyId, protection } = args;
    const build = new FunctionBuild(`${name}-build`, { project, prefix, keyId, protection }, { parent: this });
    const made = Object.entries(args.functions).map(
      ([id, spec]) => [id, this.run(`${name}-${id}`, id, spec, args, build)] as const,
    );
    const each = (of: (cloudFunction: CloudFunction) => Output<string>) =>
      Object.fromEntries(made.map(([id, cloudFunction]) => [id, of(cloudFunction)]));
    this.functionIds = each(({ id }) => id);
    this.urls = each(({ serviceConfig }) => serviceConfig.apply(addressOf));
    this.serviceNames = each((cloudFunction) => cloudFunction.name);
    this.registerOutputs({ functionIds: this.functionIds });
  }

  private run(
    name: string,
    id: string,
    spec: FunctionSpec,
    args: FunctionRuntimeArgs,
    build: FunctionBuild,
  ): CloudFunction {
    const { project, prefix } = args;
    const code = functionCode(args.codeFolder, id);
    const source = new BucketObject(
      `${name}-code`,
      // By content: new code is a new object, which the function is built from again.
      { bucket: build.bucketName, name: `${id}-${code.digest}.zip`, source: code.archive },
      { parent: this },
    );
    const functionArgs: CloudFunctionArgs = {
      project: project.id,
      location: project.region,
      name: gcpName("resource", prefix, id),
      description: spec.description,
      kmsKeyName: args.keyId,
      buildConfig: {
        runtime: "nodejs24",
        entryPoint: "handler",
        source: { storageSource: { bucket: source.bucket, object: source.name } },
        dockerRepository: build.repositoryId,
        serviceAccount: build.accountName,
      },
      serviceConfig: {
        ingressSettings: "ALLOW_INTERNAL_ONLY",
        serviceAccountEmail: this.account(name, id, spec, args),
        availableMemory: `${String(spec.memoryMiB)}Mi`,
        timeoutSeconds: spec.timeoutSeconds,
        maxInstanceCount: spec.concurrency,
        maxInstanceRequestConcurrency: 1,
        environmentVariables: spec.environment,
        allTrafficOnLatestRevision: true,
      },
    };
    const cloudFunction = new CloudFunction(`${name}-function`, args.transform?.(functionArgs, id) ?? functionArgs, {
      parent: this,
    });
    for (const [caller, member] of Object.entries(spec.callers)) {
      new ServiceIamMember(
        `${name}-${caller}`,
        // The service has the function's name: https://docs.cloud.google.com/functions/docs/securing/authenticating
        { project: project.id, location: project.region, name: cloudFunction.name, role: "roles/run.invoker", member },
        { parent: this },
      );
    }
    return cloudFunction;
  }

  /** The account that the code runs as: its address, known once it has its rights. */
  private account(name: string, id: string, spec: FunctionSpec, { project, prefix }: FunctionRuntimeArgs) {
    const account = new Account(
      `${name}-account`,
      {
        project: project.id,
        accountId: gcpName("serviceAccount", prefix, id),
        displayName: spec.description,
      },
      { parent: this },
    );
    const rights = spec.writes.map(
      ({ bucketName, folder }) =>
        new BucketIAMMember(
          `${name}-${folder}`,
          {
            bucket: bucketName,
            // A batch that comes again is written over: that takes the right to delete.
            role: "roles/storage.objectUser",
            member: account.member,
            condition: {
              title: `Objects under ${folder}`,
              expression: interpolate`resource.name.startsWith("projects/_/buckets/${output(bucketName)}/objects/${folder}/")`,
            },
          },
          { parent: this },
        ),
    );
    return all([account.email, all(rights.map(({ urn }) => urn))]).apply(([email]) => email);
  }
}

/** Not the address at `cloudfunctions.net`: a token is for that of the service. */
function addressOf(service: { readonly uri: string } | undefined): string {
  if (service === undefined) throw new Error("Cloud Functions has said nothing of the function's service");
  return service.uri;
}
