import { z } from "zod";
import { diagnosticsOf, holdsRecords, isForGood, isGiven, isWord, LOGGED } from "../../checks/azure";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Rule } from "../../model/rule";

const LEARN = "https://learn.microsoft.com/azure";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
const WORKSPACE = "azure-native:operationalinsights:Workspace";
const ACCOUNT = "azure-native:storage:StorageAccount";
const BLOBS = "azure-native:storage:BlobServiceProperties";

export const azureIdentityRules: readonly Rule[] = [
  resourceRule({
    id: "az-kv-hardened",
    title: "Key vaults can be brought back, answer inside the network, and go by roles",
    severity: "critical",
    controls: {
      cis: ["Azure 4.0 9.3.5", "Azure 4.0 9.3.6"],
      soc2: ["PI1.5"],
      hipaa: ["164.308(a)(7)(ii)(A)"],
      pciDss: ["3.5.1"],
    },
    why: "With a key that is purged all data that it encrypts is gone for ever; access policies of a vault let whoever may change it give themselves every secret.",
    remedy: {
      text: "Protect the vault against purging, use roles, and close it to public networks.",
      example:
        'properties: { enablePurgeProtection: true, softDeleteRetentionInDays: 90, enableRbacAuthorization: true, publicNetworkAccess: "disabled", networkAcls: { defaultAction: "Deny", … }, … }',
    },
    source: `${LEARN}/key-vault/general/soft-delete-overview`,
    settings: z.object({
      minimumDays: z
        .int()
        .min(7)
        .max(90)
        .default(30)
        .describe(
          "Days that a deleted vault or key can be brought back, at least, in stacks of the classes production and recovery. 30 is the most that AWS has.",
        ),
    }),
    on: {
      "azure-native:keyvault:Vault": (vault, expect, { stack, settings }) => {
        const least = isForGood(stack) ? settings.minimumDays : 7;
        expect("properties.enablePurgeProtection", "lets keys be purged, and all that they encrypt with them", () => {
          return vault.properties?.enablePurgeProtection === true;
        });
        expect(
          "properties.enableSoftDelete",
          "deletes keys at once",
          () => vault.properties?.enableSoftDelete !== false,
        );
        expect("properties.softDeleteRetentionInDays", `keeps deleted keys for less than ${String(least)} days`, () => {
          return (vault.properties?.softDeleteRetentionInDays ?? 90) >= least;
        });
        expect("properties.enableRbacAuthorization", "leaves rights to policies of the vault", () => {
          return vault.properties?.enableRbacAuthorization === true;
        });
        expect("properties.publicNetworkAccess", "lets the internet in", () => {
          return isWord(vault.properties?.publicNetworkAccess, "disabled");
        });
        expect("properties.networkAcls.defaultAction", "lets in whoever no rule names", () => {
          return isWord(vault.properties?.networkAcls?.defaultAction, "Deny");
        });
        for (const reader of ["Deployment", "DiskEncryption", "TemplateDeployment"] as const) {
          expect(`properties.enabledFor${reader}`, "lets a service of Azure read past the roles", () => {
            return vault.properties?.[`enabledFor${reader}`] !== true;
          });
        }
      },
    },
  }),
  resourceRule({
    id: "az-kv-expiry-rotation",
    title: "Keys renew themselves, and keys and secrets have an end",
    severity: "medium",
    controls: {
      cis: ["Azure 4.0 9.3.3", "Azure 4.0 9.3.9"],
      soc2: ["PI1.5"],
      hipaa: ["164.312(a)(2)(iv)"],
      pciDss: ["8.3.10"],
    },
    why: "What was copied once works for as long as it lives: a secret without an end works for ever, and nobody is reminded of it.",
    remedy: {
      text: "Give keys a rotation policy with an expiry, and secrets an expiry.",
      example:
        'rotationPolicy: { attributes: { expiryTime: "P2Y" }, lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } }] }',
    },
    source: `${LEARN}/key-vault/keys/how-to-configure-key-rotation`,
    on: {
      "azure-native:keyvault:Key": (key, expect) => {
        expect("properties.rotationPolicy.lifetimeActions", "leaves the key as it is for ever", () => {
          return (key.properties?.rotationPolicy?.lifetimeActions ?? []).some(({ action, trigger }) => {
            return isWord(action?.type, "rotate") && Boolean(trigger?.timeAfterCreate ?? trigger?.timeBeforeExpiry);
          });
        });
        expect("properties.rotationPolicy.attributes.expiryTime", "leaves versions of the key without an end", () => {
          const { rotationPolicy, attributes } = key.properties ?? {};
          return Boolean(rotationPolicy?.attributes?.expiryTime) || (attributes?.expires ?? 0) > 0;
        });
      },
      "azure-native:keyvault:Secret": (secret, expect, { stack }) => {
        expect("properties.attributes.expires", "leaves the secret without an end", () => {
          return stack.class === "development" || (secret.properties?.attributes?.expires ?? 0) > 0;
        });
      },
    },
  }),
  graphRule({
    id: "az-diag-to-workspace",
    title: "Stores, vaults and clusters send their logs to a workspace, which keeps them for long enough",
    severity: "high",
    controls: {
      cis: ["Azure 4.0 7.1.1.4"],
      iso27001: ["A.8.15"],
      soc2: ["CC7.2", "CC7.3"],
      hipaa: ["164.312(b)"],
      pciDss: ["10.3.2"],
    },
    why: "Azure throws logs of resources away unless it is told where to: afterwards nobody can say who read a secret or deleted an object.",
    remedy: {
      text: "Make a diagnostic setting of the resource, and keep its logs for 90 days or more.",
      example:
        'new monitor.DiagnosticSetting("logs", { resourceUri: vault.id, workspaceId: workspace.id, logs: [{ categoryGroup: "audit", enabled: true }] })',
    },
    source: `${LEARN}/azure-monitor/platform/diagnostic-settings`,
    settings: z.object({
      minimumDays: z
        .int()
        .min(30)
        .max(730)
        .default(90)
        .describe("Days that a workspace keeps logs, at least, in stacks of the classes production and recovery."),
    }),
    types: [...LOGGED, ACCOUNT, WORKSPACE],
    check: (graph, judge, { stack, settings }) => {
      const missing = "sends no log to a workspace";
      judge.each(graph.all(...LOGGED), (resource, expect) => {
        expect("", missing, () => sendsLogs(graph, resource));
      });
      judge.each(graph.all(ACCOUNT), (account, expect) => {
        // A setting is one of the blobs in an account. Records themselves are not recorded: each line would make another one.
        expect("", missing, () => {
          const facts = [
            () => sendsLogs(graph, account),
            () => anyOf(graph.from(BLOBS, "accountName", account), (blobs) => sendsLogs(graph, blobs)),
            () => holdsRecords(graph, account),
          ];
          return anyOf(facts, (fact) => fact());
        });
      });
      judge.each(graph.all(WORKSPACE), ({ props }, expect) => {
        expect("retentionInDays", `keeps logs for less than ${String(settings.minimumDays)} days`, () => {
          return (props.retentionInDays ?? 30) >= settings.minimumDays || !isForGood(stack);
        });
      });
    },
  }),
  resourceRule({
    id: "az-rbac-least",
    title: "Nobody has all rights in a subscription",
    severity: "critical",
    controls: { iso27001: ["A.5.15", "A.8.2"], soc2: ["CC6.3"] },
    why: "Whoever gets at an identity with such a role has all that the subscription holds, and can give it to others.",
    remedy: {
      text: "Assign a role that has only the rights that are needed, on the resource that needs them.",
      example: 'new authorization.RoleAssignment("read", { scope: vault.id, roleDefinitionId: secretsUser, … })',
    },
    source: `${LEARN}/role-based-access-control/built-in-roles`,
    on: {
      "azure-native:authorization:RoleAssignment": (assignment, expect) => {
        expect("roleDefinitionId", "gives all rights in a whole subscription", () => {
          const role = assignment.roleDefinitionId?.split("/").at(-1)?.toLowerCase() ?? "";
          return !ALMIGHTY.has(role) || !isWide(assignment.scope);
        });
      },
      "azure-native:authorization:RoleDefinition": (role, expect) => {
        for (let index = 0; index < (role.permissions?.length ?? 0); index += 1) {
          for (const actions of ["actions", "dataActions"] as const) {
            expect(`permissions[${String(index)}].${actions}`, "holds all rights", () => {
              return !(role.permissions?.[index]?.[actions] ?? []).some((action) => ALL_RIGHTS.test(action));
            });
          }
        }
      },
    },
  }),
  graphRule({
    id: "az-federated-cred-one-sa",
    title: "An identity is lent to one service account of a cluster of this stack",
    severity: "critical",
    controls: { iso27001: ["A.5.15"], soc2: ["CC6.3"] },
    why: "Whoever can make a token of that issuer and subject has the identity and its rights, from anywhere.",
    remedy: {
      text: "Name the cluster's own issuer, one service account, and the audience of Azure.",
      example:
        'new managedidentity.FederatedIdentityCredential("app", { issuer: cluster.oidcIssuerProfile.issuerURL, subject: "system:serviceaccount:shop:api", audiences: ["api://AzureADTokenExchange"], … })',
    },
    source: "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    starred: true,
    types: [CREDENTIAL],
    check: (graph, judge) => {
      judge.each(graph.all(CREDENTIAL), (credential, expect) => {
        const { props } = credential;
        expect("subject", "is not one service account", () => {
          // Names of Kubernetes: no colon ends up in one, and no pattern is one.
          return /^system:serviceaccount:[a-z0-9.-]+:[a-z0-9.-]+$/.test(props.subject ?? "");
        });
        expect("audiences", "is not what Azure alone asks for", () => {
          return props.audiences?.length === 1 && props.audiences[0] === "api://AzureADTokenExchange";
        });
        expect("issuer", "is not that of a cluster on Azure", () => {
          const { nodes, outside } = graph.references(credential, "issuer", CLUSTER);
          if (nodes.length > 0) return true;
          if (outside.some((issuer) => !IS_CLUSTER.test(issuer))) return false;
          // The cluster of another stack, perhaps.
          return graph.to(credential, "issuer", CLUSTER).length > 0;
        });
      });
    },
  }),
];

/** Whether a diagnostic setting sends a log of a resource to a workspace. */
function sendsLogs(graph: Graph, resource: Node): boolean {
  return diagnosticsOf(graph, resource).some(
    (setting) =>
      (setting.props.logs ?? []).some(({ enabled }) => enabled === true) &&
      isGiven(graph, setting, "workspaceId", WORKSPACE),
  );
}

/**
 * Owner, Contributor, User Access Administrator, Role Based Access Control Administrator.
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
const ALMIGHTY: ReadonlySet<string> = new Set([
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
]);

/** Whether a scope is a subscription, or what holds several. */
function isWide(scope = ""): boolean {
  return /^\/?$|^\/subscriptions\/[^/]+\/?$|^\/providers\/Microsoft\.Management\/managementGroups\//i.test(scope);
}

/** All actions, or those by which somebody gives themselves all others. */
const ALL_RIGHTS = /^(\*|\*\/write|\*\/action|Microsoft\.Authorization\/(\*|\*\/write|roleAssignments\/(\*|write)))$/i;

/** Issuers of AKS: https://learn.microsoft.com/azure/aks/workload-identity-overview */
const IS_CLUSTER = /^https:\/\/[a-z0-9-]+\.oic\.[a-z0-9.-]*aks\.azure\.[a-z]+\//i;
