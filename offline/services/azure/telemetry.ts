import type { ComponentArgs } from "@pulumi/azure-native/applicationinsights";
import type { ActionGroupArgs, DiagnosticSettingArgs, MetricAlertArgs } from "@pulumi/azure-native/monitor";
import type { WorkspaceArgs } from "@pulumi/azure-native/operationalinsights";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { resourceAt } from "./front-door";
import { azureType, checkChoices, checkRanges, guidFor, locationOf, made } from "./service-support";
import { ACTION_GROUP, APP_INSIGHTS, LOG_WORKSPACE, STORAGE_ACCOUNT } from "./types";

const METRIC_ALERT = "azure-native:monitor:MetricAlert";
const DIAGNOSTIC_SETTING = "azure-native:monitor:DiagnosticSetting";

/** https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure */
const workspace = azureType<WorkspaceArgs>({
  token: LOG_WORKSPACE,
  name: {
    property: "workspaceName",
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
    rule: "4 to 63 letters, digits and -, none of - first or last",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
    maxLength: 63,
  },
  check: (context) => {
    const { inputs } = context;
    checkRanges(context, [["retentionInDays", inputs.retentionInDays, inputs.sku?.name === "Free" ? 7 : 30, 730]]);
    const level = inputs.sku?.capacityReservationLevel;
    if (inputs.sku?.name === "CapacityReservation" && (level === undefined || level < 100)) {
      context.refuse("sku.capacityReservationLevel", "is 100 GB a day or more");
    }
  },
  create: (context) =>
    made({
      customerId: guidFor(context, "customer"),
      createdDate: "2026-01-01T00:00:00Z",
      modifiedDate: "2026-01-01T00:00:00Z",
      retentionInDays: context.inputs.retentionInDays ?? 30,
      sku: { name: context.inputs.sku?.name ?? "PerGB2018", lastSkuUpdate: "2026-01-01T00:00:00Z" },
      privateLinkScopedResources: [],
    }),
});

/** https://learn.microsoft.com/azure/azure-monitor/app/create-workspace-resource */
const component = azureType<ComponentArgs>({
  token: APP_INSIGHTS,
  references: [
    {
      path: "workspaceResourceId",
      to: LOG_WORKSPACE,
      within: "account",
      missing: { code: "BadRequest", message: "Workspace with ResourceId {value} does not exist." },
    },
  ],
  check: (context) => {
    checkChoices(context, [["applicationType", context.inputs.applicationType, ["web", "other"]]]);
    const days = context.inputs.retentionInDays;
    if (days !== undefined && ![30, 60, 90, 120, 180, 270, 365, 550, 730].includes(days)) {
      context.refuse("retentionInDays", `must be one of 30, 60, 90, 120, 180, 270, 365, 550, 730, got ${String(days)}`);
    }
  },
  create: (context) => {
    if (context.inputs.workspaceResourceId === undefined) {
      refuse("BadRequest", "Components without a workspace can no longer be made: give workspaceResourceId.");
    }
    const key = guidFor(context, "instrumentation");
    const region = locationOf(context);
    return made({
      appId: guidFor(context, "application"),
      applicationId: context.inputs.resourceName ?? "",
      connectionString: `InstrumentationKey=${key};IngestionEndpoint=https://${region}-0.in.applicationinsights.azure.com/;LiveEndpoint=https://${region}.livediagnostics.monitor.azure.com/`,
      instrumentationKey: key,
      creationDate: "2026-01-01T00:00:00Z",
      hockeyAppToken: "",
      ingestionMode: context.inputs.ingestionMode ?? "LogAnalytics",
      privateLinkScopedResources: [],
      retentionInDays: context.inputs.retentionInDays ?? 90,
      tenantId: context.scope.account,
    });
  },
});

/** https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups */
const actionGroup = azureType<ActionGroupArgs>({
  token: ACTION_GROUP,
  check: ({ inputs, refuse: report }) => {
    if ((inputs.groupShortName ?? "").length > 12) report("groupShortName", "has at most 12 characters");
    inputs.emailReceivers?.forEach(({ emailAddress }, index) => {
      if (!/^[^@\s]+@[^@\s]+$/.test(emailAddress))
        report(`emailReceivers[${String(index)}].emailAddress`, `"${emailAddress}" is no address`);
    });
  },
  create: () => made({}),
});

/** https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-metric-overview */
const FREQUENCIES = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"];
const WINDOWS = [...FREQUENCIES, "PT6H", "PT12H", "P1D"];

const metricAlert = azureType<MetricAlertArgs>({
  token: METRIC_ALERT,
  references: [
    {
      path: "actions[*].actionGroupId",
      to: ACTION_GROUP,
      within: "account",
      holds: false,
      missing: { code: "BadRequest", message: "The action group {value} does not exist." },
    },
  ],
  check: (context) => {
    const { inputs, refuse: report } = context;
    checkChoices(context, [
      ["evaluationFrequency", inputs.evaluationFrequency, FREQUENCIES],
      ["windowSize", inputs.windowSize, WINDOWS],
    ]);
    checkRanges(context, [["severity", inputs.severity, 0, 4]]);
    const [often, long] = [WINDOWS.indexOf(inputs.evaluationFrequency ?? ""), WINDOWS.indexOf(inputs.windowSize ?? "")];
    if (often >= 0 && long >= 0 && often > long) report("windowSize", "must not be shorter than evaluationFrequency");
    if (inputs.scopes?.length === 0) report("scopes", "an alert watches a resource at least");
    const several = (inputs.scopes?.length ?? 0) > 1;
    if (several && (inputs.targetResourceType === undefined || inputs.targetResourceRegion === undefined)) {
      report("targetResourceType", "an alert over several resources names their type and their region");
    }
  },
  create: ({ inputs, cloud }) => {
    for (const scope of inputs.scopes) requireResource(cloud, scope);
    return made({ isMigrated: false, lastUpdatedTime: "2026-01-01T00:00:00Z" });
  },
});

/** https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings */
const diagnosticSetting = azureType<DiagnosticSettingArgs>({
  token: DIAGNOSTIC_SETTING,
  references: [
    {
      path: "workspaceId",
      to: LOG_WORKSPACE,
      within: "account",
      holds: false,
      missing: { code: "ResourceNotFound", message: "The workspace {value} was not found." },
    },
    {
      path: "storageAccountId",
      to: STORAGE_ACCOUNT,
      within: "account",
      holds: false,
      missing: { code: "ResourceNotFound", message: "The storage account {value} was not found." },
    },
  ],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const targets = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"] as const;
    if (targets.every((target) => inputs[target] === undefined && !isUnknown(target))) {
      report("workspaceId", `a setting needs a destination: one of ${targets.join(", ")}`);
    }
    if (
      (inputs.logs ?? []).length + (inputs.metrics ?? []).length === 0 &&
      !isUnknown("logs") &&
      !isUnknown("metrics")
    ) {
      report("logs", "a setting sends something: give logs or metrics");
    }
    inputs.logs?.forEach(({ category, categoryGroup, retentionPolicy }, index) => {
      if ((category === undefined) === (categoryGroup === undefined)) {
        report(`logs[${String(index)}]`, "names a category or a categoryGroup, one of the two");
      }
      // https://learn.microsoft.com/azure/azure-monitor/platform/migrate-to-azure-storage-lifecycle-policy
      if (retentionPolicy?.enabled === true) {
        report(`logs[${String(index)}].retentionPolicy`, "is retired: give the storage account a management policy");
      }
    });
  },
  create: ({ inputs, cloud }) => {
    const same = cloud
      .list(DIAGNOSTIC_SETTING, "anywhere")
      .filter((each) => sameId(each.inputs["resourceUri"], inputs.resourceUri));
    if (same.length >= 5)
      refuse("BadRequest", `The resource ${inputs.resourceUri} has 5 diagnostic settings, as many as it can.`);
    return made(destination(inputs.logAnalyticsDestinationType));
  },
});

function destination(type: string | undefined): Properties {
  return type === undefined ? {} : { logAnalyticsDestinationType: type };
}

/** A subscription or anything that exists in it. */
function requireResource(cloud: CloudView, id: string): void {
  if (/^\/?subscriptions\/[^/]+\/?$/i.test(id)) return;
  if (resourceAt(cloud, id) !== undefined) return;
  refuse("ResourceNotFound", `The Resource '${id}' was not found.`);
}

export const telemetryTypes: readonly ResourceType[] = [
  workspace,
  component,
  actionGroup,
  metricAlert,
  diagnosticSetting,
];
