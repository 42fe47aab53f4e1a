import { getProjectOutput } from "@pulumi/gcp/organizations/getProject";
import { Service, type ServiceArgs } from "@pulumi/gcp/projects/service";
import {
  ComponentResource,
  all,
  output,
  type ComponentResourceOptions,
  type InvokeOptions,
  type Output,
} from "@pulumi/pulumi";

/** The project and region that a stack deploys to: what ids and unique names are made of. */
export interface Project {
  /** 6 to 30 characters, chosen by its owner. */
  readonly projectId: string;
  /** The same, known once the APIs are switched on: what is made in the project is put there by it. */
  readonly id: Output<string>;
  /** Twelve digits, given by Google: service agents and identities of pods are named by it. */
  readonly number: Output<string>;
  readonly region: string;
}

/** A project whose APIs are switched on. Before the first update its number is unknown: nobody may ask for it yet. */
export function currentProject(apis: EnabledApis, region: string, opts: InvokeOptions): Project {
  const { projectId, enabledProject: id, knownProject } = apis;
  return { projectId, id, number: getProjectOutput({ projectId: knownProject }, opts).number, region };
}

/** The API that answers what a project is. */
const resourceManager = "cloudresourcemanager.googleapis.com";

/** APIs that every site is made by. */
export const siteApis = [
  "artifactregistry.googleapis.com",
  "cloudkms.googleapis.com",
  "cloudresourcemanager.googleapis.com",
  "compute.googleapis.com",
  "container.googleapis.com",
  "containerscanning.googleapis.com",
  "dns.googleapis.com",
  "iam.googleapis.com",
  "iap.googleapis.com",
  "secretmanager.googleapis.com",
  "servicenetworking.googleapis.com",
] as const;

export interface EnabledApisArgs {
  readonly projectId: string;
  /** APIs by the names of their hosts: `sqladmin.googleapis.com`. */
  readonly apis: readonly string[];
  readonly transform?: (service: ServiceArgs, api: string) => ServiceArgs;
}

/**
 * APIs that are switched on in a project.
 *
 * They stay on when the stack is destroyed: other stacks may share the project, and switching one off deletes what it has made.
 * https://docs.cloud.google.com/service-usage/docs/enable-disable
 */
export class EnabledApis extends ComponentResource {
  readonly projectId: string;
  /** Id of the project, known once the APIs are on. */
  readonly enabledProject: Output<string>;
  /** The same, known once the project itself can be looked up. */
  readonly knownProject: Output<string>;

  /** @throws Error when the API that looks projects up is not among them. */
  constructor(name: string, args: EnabledApisArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:EnabledApis", name, {}, opts);
    const { projectId } = args;
    const services = new Map(
      [...new Set(args.apis)].sort().map((api) => {
        const serviceArgs: ServiceArgs = { project: projectId, service: api, disableOnDestroy: false };
        const service = new Service(
          `${name}-${api.split(".")[0] ?? api}`,
          args.transform?.(serviceArgs, api) ?? serviceArgs,
          { parent: this },
        );
        return [api, service] as const;
      }),
    );
    const lookUp = services.get(resourceManager);
    if (lookUp === undefined)
      throw new Error(`the project cannot be looked up without ${resourceManager}: add it to the APIs`);
    this.projectId = projectId;
    this.knownProject = lookUp.id.apply(() => projectId);
    const switchedOn = all([...services.values()].map(({ urn }) => urn));
    // By a promise: everything comes after the APIs, and nothing has to go before them, since they stay. As outputs they would be
    // dependencies of every resource: docs/decisions/dependency-paths.md
    this.enabledProject = output(
      new Promise<string>((resolve) => {
        switchedOn.apply(() => {
          resolve(projectId);
        });
      }),
    );
    this.registerOutputs({});
  }
}
