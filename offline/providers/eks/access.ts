import { AccessEntry } from "@pulumi/aws/eks/accessEntry";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation";
import type { Role } from "@pulumi/aws/iam/role";
import type { ClusterArgs } from "@pulumi/eks/cluster";
import type { AccessEntryArgs } from "@pulumi/eks/types/input";
import { all, Output, output, type CustomResourceOptions, type Input } from "@pulumi/pulumi";

const MODES = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"];

/** Absent means `CONFIG_MAP`, as it does for the service. */
export function usesConfigMap(mode: string | undefined): boolean {
  return mode === undefined || mode === "CONFIG_MAP" || mode === "API_AND_CONFIG_MAP";
}

export function usesAccessEntries(mode: string | undefined): boolean {
  return mode === "API" || mode === "API_AND_CONFIG_MAP";
}

/** Refuses what the authentication mode does not know; a list that is an output is looked at once it is known. */
export function checkAuthenticationMode(args: ClusterArgs): void {
  const mode = args.authenticationMode;
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new Error(`Invalid value for authenticationMode: ${mode}. Allowed values are: ${MODES.join(", ")}.`);
  }
  if (!usesConfigMap(mode)) {
    for (const property of ["roleMappings", "userMappings", "instanceRoles"] as const) {
      refuseEntries(args[property], () => {
        throw new Error(
          `The '${property}' property does not support non-empty values when 'authenticationMode' is set to '${String(mode)}'.`,
        );
      });
    }
  }
  if (!usesAccessEntries(mode) && args.accessEntries !== undefined) {
    const how = mode === undefined ? "not set" : `set to '${mode}'`;
    throw new Error(`The 'accessEntries' property is not supported when 'authenticationMode' is ${how}.`);
  }
  if (args.autoMode?.enabled === true && !usesAccessEntries(mode)) {
    throw new Error(
      "Access entries are required when using EKS Auto Mode. Use the authentication mode 'API' or 'API_AND_CONFIG_MAP'.",
    );
  }
}

function refuseEntries(value: unknown, refuse: () => never): void {
  const look = (list: unknown) => {
    if (Array.isArray(list) && list.length > 0) refuse();
  };
  if (Output.isInstance(value) || value instanceof Promise) output(value).apply(look);
  else look(value);
}

export function accessEntries(
  name: string,
  clusterName: Input<string>,
  entries: Readonly<Record<string, AccessEntryArgs>>,
  opts: CustomResourceOptions,
): readonly AccessEntry[] {
  return Object.entries(entries).map(([key, args]) => {
    const { accessPolicies, username, ...entryArgs } = args;
    const entry = new AccessEntry(`${name}-${key}`, { ...entryArgs, clusterName, userName: username }, opts);
    for (const [policy, association] of Object.entries(accessPolicies ?? {})) {
      const { accessScope, policyArn } = output(association);
      new AccessPolicyAssociation(
        `${name}-${key}-${policy}`,
        { accessScope, principalArn: args.principalArn, policyArn, clusterName },
        { ...opts, parent: entry, dependsOn: [entry] },
      );
    }
    return entry;
  });
}

/** Contents of the `aws-auth` ConfigMap: YAML in strings, roles of nodes last. */
export function awsAuthData(
  instanceRoles: Output<Role[]>,
  { roleMappings, userMappings }: Pick<ClusterArgs, "roleMappings" | "userMappings">,
): Record<string, Output<string>> {
  const nodeArns = instanceRoles.apply((roles) => all(roles.map((role) => role.arn)));
  return {
    mapRoles: all([output(roleMappings), nodeArns]).apply(([mappings, arns]) =>
      yaml([
        ...(mappings ?? []).map(({ roleArn, username, groups }) => ({ rolearn: roleArn, username, groups })),
        ...arns.map((rolearn) => ({
          rolearn,
          username: "system:node:{{EC2PrivateDNSName}}",
          groups: ["system:bootstrappers", "system:nodes"],
        })),
      ]),
    ),
    ...(userMappings === undefined
      ? {}
      : {
          mapUsers: output(userMappings).apply((mappings) =>
            yaml(mappings.map(({ userArn, username, groups }) => ({ userarn: userArn, username, groups }))),
          ),
        }),
  };
}

type Mapping = Readonly<Record<string, string | readonly string[]>>;

function yaml(mappings: readonly Mapping[]): string {
  if (mappings.length === 0) return "[]\n";
  const lines = mappings.flatMap((mapping) =>
    Object.entries(mapping).flatMap(([key, value], index) => {
      const start = index === 0 ? "- " : "  ";
      if (typeof value === "string") return [`${start}${key}: ${scalar(value)}`];
      if (value.length === 0) return [`${start}${key}: []`];
      return [`${start}${key}:`, ...value.map((item) => `    - ${scalar(item)}`)];
    }),
  );
  return `${lines.join("\n")}\n`;
}

/** A word that YAML reads as itself stays plain; anything else is quoted as JSON, which is YAML too. */
function scalar(text: string): string {
  return /^[A-Za-z][\w:/{}.@+=,-]*$/.test(text) && !/:$|^(?:true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
