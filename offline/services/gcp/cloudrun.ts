import type { JobArgs, ServiceArgs } from "@pulumi/gcp/cloudrunv2";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { PROVIDER } from "./errors";
import { idOf } from "./ids";
import { inProject } from "./lookups";
import { boundedName } from "./names";
import { projectNumber } from "./project";
import { requireSecrets, requireServiceAccount, requireVpcAccess } from "./serverless";
import { REPOSITORY, RUN_SERVICE } from "./types";

type Template = Resolved<ServiceArgs>["template"] | Resolved<JobArgs>["template"]["template"];

const JOB = "gcp:cloudrunv2/job:Job";
const NAMES = "https://docs.cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create";
const EGRESS = ["ALL_TRAFFIC", "PRIVATE_RANGES_ONLY"];

const service = resourceType<ServiceArgs>({
  token: RUN_SERVICE,
  service: "Cloud Run",
  actions: { create: "CreateService", update: "UpdateService", delete: "DeleteService" },
  name: boundedName("name", 1, 49, NAMES),
  defaults: () => ({ deletionProtection: true }),
  check: (context) => {
    const { inputs } = context;
    checkChoices(context, [
      [
        "ingress",
        inputs.ingress,
        [
          "INGRESS_TRAFFIC_ALL",
          "INGRESS_TRAFFIC_INTERNAL_ONLY",
          "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
          "INGRESS_TRAFFIC_NONE",
        ],
      ],
      ["template.vpcAccess.egress", inputs.template?.vpcAccess?.egress, EGRESS],
    ]);
    const shares = (inputs.traffics ?? []).map(({ percent = 0 }) => percent);
    const total = shares.reduce((sum, share) => sum + share, 0);
    if (shares.length > 0 && total !== 100)
      context.refuse("traffics", `percentages must add up to 100, not ${String(total)}`);
    checkContainers(context, "template.containers", inputs.template?.containers);
  },
  create: (context) => {
    const { inputs, scope } = context;
    const name = inputs.name ?? "";
    requireParts(context, inputs.template, inputs.location);
    const uri = `https://${name}-${projectNumber(scope.account)}.${inputs.location}.run.app`;
    const revision = `${name}-00001-${context.hex(3)}`;
    return {
      id: idOf(RUN_SERVICE, inputs, scope, name),
      outputs: {
        name,
        uri,
        urls: [uri],
        ingress: inputs.ingress ?? "INGRESS_TRAFFIC_ALL",
        latestReadyRevision: revision,
        latestCreatedRevision: revision,
        reconciling: false,
      },
    };
  },
  update: (context) => {
    requireParts(context, context.inputs.template, context.inputs.location);
    return {};
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtection"] !== false) refuseProtected("service");
  },
});

const job = resourceType<JobArgs>({
  token: JOB,
  service: "Cloud Run",
  actions: { create: "CreateJob", update: "UpdateJob", delete: "DeleteJob" },
  name: boundedName("name", 1, 49, NAMES),
  defaults: () => ({ deletionProtection: true }),
  check: (context) => {
    const template = context.inputs.template?.template;
    checkChoices(context, [["template.template.vpcAccess.egress", template?.vpcAccess?.egress, EGRESS]]);
    checkContainers(context, "template.template.containers", template?.containers);
  },
  create: (context) => {
    const { inputs, scope } = context;
    requireParts(context, inputs.template.template, inputs.location);
    return {
      id: idOf(JOB, inputs, scope, inputs.name ?? ""),
      outputs: { name: inputs.name ?? "", executionCount: 0, reconciling: false },
    };
  },
  update: (context) => {
    requireParts(context, context.inputs.template.template, context.inputs.location);
    return {};
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtection"] !== false) refuseProtected("job");
  },
});

function refuseProtected(kind: string): never {
  return refuse(PROVIDER, `cannot destroy ${kind} without setting deletion_protection=false and running \`pulumi up\``);
}

/** Images come from Artifact Registry or Docker Hub. https://docs.cloud.google.com/run/docs/deploying#images */
function checkContainers(
  context: Pick<CheckContext<unknown>, "refuse">,
  path: string,
  containers: readonly { readonly image?: string | undefined }[] | undefined,
): void {
  for (const [index, { image }] of (containers ?? []).entries()) {
    const host = /^([^/]+\.[^/]+)\//.exec(image ?? "")?.[1];
    if (host === undefined || /^(?:(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev|docker\.io)$/.test(host))
      continue;
    context.refuse(
      `${path}[${String(index)}].image`,
      `Expected an image path like [host/]repo-path[:tag and/or @digest], where host is one of [region.]gcr.io, [region-]docker.pkg.dev or docker.io but obtained ${image ?? ""}.`,
    );
  }
}

function requireParts(context: CallContext<unknown>, template: Template, location: string): void {
  for (const { image } of template.containers ?? []) requireRepository(context, image);
  requireServiceAccount(context, template.serviceAccount);
  const fromEnv = (template.containers ?? []).flatMap(({ envs }) =>
    (envs ?? []).flatMap(({ valueSource }) => valueSource?.secretKeyRef?.secret ?? []),
  );
  const mounted = (template.volumes ?? []).flatMap(({ secret }) => secret?.secret ?? []);
  requireSecrets(context, [...fromEnv, ...mounted]);
  requireVpcAccess(
    context,
    { connector: template.vpcAccess?.connector, interfaces: template.vpcAccess?.networkInterfaces },
    location,
  );
  requireServiceKey(context, template.encryptionKey, "run.googleapis.com", [location]);
}

/** A repository of the project itself must be there; what other projects have cannot be seen from here. */
function requireRepository(context: CallContext<unknown>, image: string): void {
  const found = /^([a-z0-9-]+)-docker\.pkg\.dev\/([^/]+)\/([^/]+)\//.exec(image);
  if (found?.[2] !== context.scope.account) return;
  const uri = found[0].slice(0, -1);
  if (!inProject(context, REPOSITORY).some(({ outputs }) => outputs["registryUri"] === uri)) {
    refuse("invalidArgument", `Image '${image}' not found: the repository ${uri} does not exist.`);
  }
}

export const cloudRunTypes: readonly ResourceType[] = [service, job];
