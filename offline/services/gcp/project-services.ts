import type { ServiceArgs, ServiceIdentityArgs } from "@pulumi/gcp/projects";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { serviceAgent } from "./project";
import { apiOf, dependentApis, isEnabled } from "./service-apis";
import { ENABLED_API, PROJECT_SERVICE, SERVICE_IDENTITY } from "./types";

// https://docs.cloud.google.com/service-usage/docs/enable-disable

const service = resourceType<ServiceArgs>({
  token: PROJECT_SERVICE,
  service: "serviceusage",
  actions: { create: "services.batchEnable", update: "services.batchEnable", delete: "services.disable" },
  reach: "global",
  check: ({ inputs, refuse: report }) => {
    const { service: name } = inputs;
    if (name !== undefined && !/^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(name)) {
      report("service", `"${name}" is no service: write it with its domain, such as compute.googleapis.com`);
    }
  },
  create: ({ inputs, scope, cloud, effects }) => {
    const kept = cloud.find(ENABLED_API, `${scope.account}/${inputs.service}`);
    if (kept !== undefined) effects.remove(kept);
    return {
      id: `${scope.account}/${inputs.service}`,
      outputs: {
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        checkIfServiceHasUsageOnDestroy: inputs.checkIfServiceHasUsageOnDestroy ?? false,
        disableOnDestroy: inputs.disableOnDestroy ?? false,
      },
    };
  },
  // Since version 9 of the SDK an API stays enabled unless it is asked to be disabled.
  delete: ({ inputs, resource, scope, cloud, effects }) => {
    const name = inputs.service;
    if (inputs.disableOnDestroy !== true) {
      const id = `${scope.account}/${name}`;
      effects.put({ type: ENABLED_API, id, inputs: {}, outputs: { service: name, project: scope.account } });
      return;
    }
    const dependents = dependentApis(cloud, scope.account, name).filter((api) => api !== name);
    if (dependents.length > 0 && inputs.disableDependentServices !== true) {
      refuse(
        "failedPrecondition",
        `The service ${name} is depended on by the following active service(s): ${dependents.join(",")}; Please specify disable_dependent_services=true if you want to proceed with disabling all services. (${resource.id})`,
      );
    }
  },
});

const identity = resourceType<ServiceIdentityArgs>({
  token: SERVICE_IDENTITY,
  service: "serviceusage",
  actions: { create: "services.generateServiceIdentity", delete: "none" },
  reach: "global",
  create: ({ inputs, scope, cloud }) => {
    if (!isEnabled(cloud, scope.account, inputs.service)) {
      refuse(
        "failedPrecondition",
        `Service ${inputs.service} is not enabled for project ${scope.account}: its identity cannot be made. (${apiOf(PROJECT_SERVICE) ?? ""})`,
      );
    }
    const email = serviceAgent(scope.account, inputs.service);
    return {
      id: `projects/${scope.account}/services/${inputs.service}`,
      outputs: { email, member: `serviceAccount:${email}` },
    };
  },
});

export const projectServiceTypes: readonly ResourceType[] = [service, identity];
