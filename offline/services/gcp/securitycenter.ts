import type {
  ManagementProjectSecurityHealthAnalyticsCustomModuleArgs,
  V2ProjectNotificationConfigArgs,
} from "@pulumi/gcp/securitycenter";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { link } from "./links";
import { patternName } from "./names";
import { projectNumber } from "./project";
import { TOPIC } from "./types";

/*
 * Security Command Center is switched on for an organization or, in the console, for a project: code sets only what it sends, mutes
 * and looks for. https://docs.cloud.google.com/security-command-center/docs/activate-scc-for-a-project
 */

const notification = resourceType<V2ProjectNotificationConfigArgs>({
  token: "gcp:securitycenter/v2ProjectNotificationConfig:V2ProjectNotificationConfig",
  service: "Security Command Center",
  actions: {
    create: "CreateNotificationConfig",
    update: "UpdateNotificationConfig",
    delete: "DeleteNotificationConfig",
  },
  reach: "global",
  name: patternName(
    "configId",
    /^[a-zA-Z0-9_-]+$/,
    "1 to 128 letters, digits, _ and -",
    128,
    "https://docs.cloud.google.com/security-command-center/docs/reference/rest/v2/projects.locations.notificationConfigs/create",
  ),
  references: [
    link("pubsubTopic", TOPIC, { missing: { code: "notFound", message: "Pub/Sub topic {value} was not found" } }),
  ],
  check: ({ inputs, refuse: report }) => {
    if ((inputs.description ?? "").length > 1_024) report("description", "at most 1024 characters");
  },
  create: ({ inputs, scope }) => {
    const name = `projects/${scope.account}/locations/${inputs.location ?? "global"}/notificationConfigs/${inputs.configId}`;
    const serviceAccount = `service-project-${projectNumber(scope.account)}@gcp-sa-scc-notification.iam.gserviceaccount.com`;
    return { id: name, outputs: { name, serviceAccount } };
  },
});

const customModule = resourceType<ManagementProjectSecurityHealthAnalyticsCustomModuleArgs>({
  token:
    "gcp:securitycenter/managementProjectSecurityHealthAnalyticsCustomModule:ManagementProjectSecurityHealthAnalyticsCustomModule",
  service: "Security Command Center",
  actions: { create: "CreateCustomModule", update: "UpdateCustomModule", delete: "DeleteCustomModule" },
  reach: "global",
  check: (context) => {
    const { inputs, refuse: report } = context;
    checkChoices(context, [
      ["enablementState", inputs.enablementState, ["ENABLED", "DISABLED", "INHERITED"]],
      ["customConfig.severity", inputs.customConfig?.severity, ["CRITICAL", "HIGH", "MEDIUM", "LOW"]],
    ]);
    const name = inputs.displayName;
    if (name !== undefined && !/^[a-z]\w{0,127}$/.test(name)) {
      report("displayName", `1 to 128 letters, digits and _, a lower-case letter first, got "${name}"`);
    }
  },
  create: ({ inputs, scope, hex }) => {
    const name = String(BigInt(`0x${hex(15)}`));
    const location = inputs.location ?? "global";
    return {
      id: `projects/${scope.account}/locations/${location}/securityHealthAnalyticsCustomModules/${name}`,
      outputs: { name },
    };
  },
});

export const securityCenterTypes: readonly ResourceType[] = [notification, customModule];
