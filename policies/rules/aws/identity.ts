import { z } from "zod";
import {
  allowsEverybody,
  allowsEverything,
  escalationsIn,
  isAboutAction,
  isNarrowedBy,
  passesAnyRole,
  servicesAllowed,
  SOURCE,
  statementsOf,
  valuesOf,
  type Statement,
} from "../../checks/policy-documents";
import { makesServiceAccount } from "../../checks/service-accounts";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule } from "../../model/rule";

const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const EKS = "https://docs.aws.amazon.com/eks/latest/userguide";

const ADDON = "aws:eks/addon:Addon";
const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const ROLE = "aws:iam/role:Role";
const POOL = "aws:cognito/userPool:UserPool";

const USERS = "gives rights to a user, whose keys last until somebody deletes them";

export const identityRules: readonly Rule[] = [
  resourceRule({
    id: "aws-iam-no-admin",
    title: "No policy allows everything",
    severity: "critical",
    controls: {
      cis: ["AWS 3.0 1.16"],
      iso27001: ["A.5.18", "A.8.2"],
      soc2: ["CC1.3", "CC6.3"],
      hipaa: ["164.312(a)(1)"],
      gdpr: ["Article 25"],
    },
    why: "Whoever takes over one holder of such a policy owns the account, its backups and its records.",
    remedy: {
      text: "Name the actions and the resources that the holder needs.",
      example: '{ Effect: "Allow", Action: ["s3:GetObject"], Resource: `${bucket.arn}/reports/*` }',
    },
    source: `${IAM}/access_policies.html`,
    on: {
      "aws:iam/policy:Policy": ({ policy }, expect) => {
        noAdministration(expect, "policy", () => policy);
      },
      "aws:iam/rolePolicy:RolePolicy": (inputs, expect) => {
        noAdministration(expect, "policy", () => inputs.policy);
      },
      "aws:iam/userPolicy:UserPolicy": (inputs, expect) => {
        noAdministration(expect, "policy", () => inputs.policy);
      },
      "aws:iam/groupPolicy:GroupPolicy": (inputs, expect) => {
        noAdministration(expect, "policy", () => inputs.policy);
      },
      [ROLE]: (role, expect) => {
        for (const index of places(role.managedPolicyArns)) {
          noAdministrator(expect, `managedPolicyArns[${String(index)}]`, () => role.managedPolicyArns?.[index]);
        }
        inlinePolicies(role, (at, policy) => {
          noAdministration(expect, at, policy);
        });
      },
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (inputs, expect) => {
        noAdministrator(expect, "policyArn", () => inputs.policyArn);
      },
      "aws:iam/policyAttachment:PolicyAttachment": (inputs, expect) => {
        noAdministrator(expect, "policyArn", () => inputs.policyArn);
      },
      "aws:iam/userPolicyAttachment:UserPolicyAttachment": (inputs, expect) => {
        noAdministrator(expect, "policyArn", () => inputs.policyArn);
      },
      "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": (inputs, expect) => {
        noAdministrator(expect, "policyArn", () => inputs.policyArn);
      },
    },
  }),
  resourceRule({
    id: "aws-iam-no-wildcards",
    title: "Policies name what they allow, and nobody can raise their own rights",
    severity: "high",
    controls: {},
    why: "A whole service on every resource holds rights that nobody meant to give. With some of them, such as passing any role, a holder makes itself an administrator.",
    remedy: {
      text: "Name actions, and the resources of those that make or pass rights; bound iam:PassRole to roles and to the service.",
      example:
        '{ Effect: "Allow", Action: "iam:PassRole", Resource: jobRole.arn, Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } } }',
    },
    source: `${IAM}/access-analyzer-reference-policy-checks.html`,
    on: {
      "aws:iam/policy:Policy": (inputs, expect) => {
        noWildcards(expect, "policy", () => inputs.policy);
      },
      "aws:iam/rolePolicy:RolePolicy": (inputs, expect) => {
        noWildcards(expect, "policy", () => inputs.policy);
      },
      "aws:iam/userPolicy:UserPolicy": (inputs, expect) => {
        noWildcards(expect, "policy", () => inputs.policy);
      },
      "aws:iam/groupPolicy:GroupPolicy": (inputs, expect) => {
        noWildcards(expect, "policy", () => inputs.policy);
      },
      [ROLE]: (role, expect) => {
        inlinePolicies(role, (at, policy) => {
          noWildcards(expect, at, policy);
        });
      },
    },
  }),
  resourceRule({
    id: "aws-iam-trust-scoped",
    title: "Roles say exactly who may take them on",
    severity: "critical",
    controls: {},
    why: "A role that trusts everybody, or every identity of an account, is taken on by whoever learns its name. A service that acts for many accounts can be talked into using it for another one.",
    remedy: {
      text: "Trust single roles or services, the services that name a source with a condition on it.",
      example:
        '{ Effect: "Allow", Principal: { Service: "backup.amazonaws.com" }, Action: "sts:AssumeRole", Condition: { StringEquals: { "aws:SourceAccount": account.id } } }',
    },
    source: `${IAM}/confused-deputy.html`,
    settings: z.object({
      maximumSessionSeconds: z
        .int()
        .min(3600)
        .max(43_200)
        .default(3600)
        .describe("Seconds that a session of a role lasts, at most."),
      // Each with the page that says which condition its requests satisfy. Others, such as EC2, name no source.
      sourceNamingServices: z
        .array(z.string())
        .default([
          // https://docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html
          "eks.amazonaws.com",
          // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
          "monitoring.rds.amazonaws.com",
          // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.SQLServer.Options.Audit.IAM.html
          "rds.amazonaws.com",
          // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
          "vpc-flow-logs.amazonaws.com",
        ])
        .describe("Services that say on whose behalf they take on a role: a role that trusts one has to ask for it."),
    }),
    on: {
      [ROLE]: (role, expect, { settings }) => {
        eachStatement(
          expect,
          "assumeRolePolicy",
          () => role.assumeRolePolicy,
          (one) => {
            if (one.effect !== "Allow") return;
            const at = "assumeRolePolicy";
            expect(at, `lets everybody take on the role (${one.label})`, () => !allowsEverybody(one));
            expect(at, `lets every identity of an account take on the role (${one.label})`, () => {
              return !one.principals.some(isAccount) || isNarrowedBy(one, /^(aws:PrincipalArn|sts:ExternalId)$/i);
            });
            const services = one.principals.filter(({ kind }) => kind === "Service").map(({ value }) => value);
            for (const service of services.filter((name) => settings.sourceNamingServices.includes(name))) {
              expect(at, `lets ${service} take on the role for any account (${one.label})`, () =>
                isNarrowedBy(one, SOURCE),
              );
            }
          },
        );
        const says = `lets a session last more than ${String(settings.maximumSessionSeconds)} seconds`;
        // Without a value, an hour.
        expect("maxSessionDuration", says, () => (role.maxSessionDuration ?? 3600) <= settings.maximumSessionSeconds);
      },
    },
  }),
  graphRule({
    id: "aws-irsa-bound-to-one-sa",
    title: "Each role of pods is that of one service account",
    severity: "critical",
    controls: { iso27001: ["A.5.15"], soc2: ["CC6.3"], hipaa: ["164.312(a)(1)"] },
    why: "A role that any service account of a namespace or of the cluster can take on gives its rights to every pod that somebody manages to start there.",
    remedy: {
      text: "Name the one namespace and service account in the trust policy, as equal and without a wildcard, and give each service account a role of its own.",
      example:
        'Condition: { StringEquals: { "aws:RequestTag/eks-cluster-name": "site", "aws:RequestTag/kubernetes-namespace": "shop", "aws:RequestTag/kubernetes-service-account": "backend" } }',
    },
    source: `${EKS}/pod-id-role.html`,
    starred: true,
    types: [ROLE, ASSOCIATION],
    check: (graph, judge) => {
      const at = "assumeRolePolicy";
      judge.each(graph.all(ROLE), (role, expect) => {
        const accounts = new Set<string>();
        const trusts: Statement[] = [];
        eachStatement(
          expect,
          at,
          () => role.props.assumeRolePolicy,
          (one) => {
            if (one.effect !== "Allow" || !(isOfPods(one) || isOfCluster(one))) return;
            trusts.push(one);
            const named = isOfPods(one) ? podIdentityFacts(expect, at, one) : webIdentityFacts(expect, at, one);
            for (const account of named) accounts.add(account);
            if (isOfPods(one)) return;
            expect(at, "names no service account", () => named.every((account) => isMade(graph, account)));
          },
        );
        if (trusts.length === 0) return;
        expect(at, "names more than one service account", () => accounts.size <= 1);
        const bound = () => new Set(associationsOf(graph, role));
        expect("", "is associated with more than one service account", () => bound().size <= 1);
        expect("", "is associated with a service account that its trust policy does not name", () => {
          return accounts.size === 0 || [...bound()].every((account) => isAmong(account, accounts));
        });
      });
      judge.each(graph.all(ASSOCIATION), (association, expect) => {
        expect("roleArn", "names no role", () => graph.to(association, "roleArn", ROLE).length > 0);
        expect("serviceAccount", "names no service account", () => {
          return isMade(graph, `${association.props.namespace ?? ""}/${association.props.serviceAccount ?? ""}`);
        });
      });
    },
  }),
  resourceRule({
    id: "aws-iam-no-user-policies",
    title: "Workloads and people use roles, not users with rights of their own",
    severity: "high",
    controls: { cis: ["AWS 3.0 1.15"], iso27001: ["A.5.15"], soc2: ["CC1.3"], pciDss: ["7.2.1"] },
    why: "Keys of a user stay valid for years, and end up in files and in mail. A role's credentials end within hours.",
    remedy: {
      text: "Attach policies to roles, or to groups of the few users that there have to be.",
      example: 'new iam.RolePolicyAttachment("read", { role: role.name, policyArn: policy.arn })',
    },
    source: `${IAM}/best-practices.html`,
    on: {
      "aws:iam/userPolicyAttachment:UserPolicyAttachment": (_, expect) => {
        expect("user", USERS, () => false);
      },
      "aws:iam/userPolicy:UserPolicy": (_, expect) => {
        expect("user", USERS, () => false);
      },
      "aws:iam/policyAttachment:PolicyAttachment": (attachment, expect) => {
        expect("users", USERS, () => (attachment.users ?? []).length === 0);
      },
    },
  }),
  resourceRule({
    id: "aws-cognito-strong",
    title: "People log in with a second factor and a long password, and are not deleted by mistake",
    severity: "medium",
    controls: {},
    why: "Passwords that people use elsewhere leak elsewhere. A pool that is deleted takes every account and every second factor with it.",
    remedy: {
      text: "Ask everybody for a second factor, take long passwords alone, watch for stolen ones, and protect the pool.",
      example:
        'new cognito.UserPool("people", { mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true }, passwordPolicy: { minimumLength: 14 }, deletionProtection: "ACTIVE", userPoolAddOns: { advancedSecurityMode: "ENFORCED" }, userPoolTier: "PLUS" })',
    },
    source: "https://docs.aws.amazon.com/cognito/latest/developerguide/managing-security.html",
    settings: z.object({
      minimumPasswordLength: z.int().min(8).max(99).default(14).describe("Characters of a password, at least."),
    }),
    on: {
      [POOL]: (pool, expect, { stack, settings }) => {
        expect("mfaConfiguration", "lets people in with a password alone", () => pool.mfaConfiguration === "ON");
        const least = String(settings.minimumPasswordLength);
        expect("passwordPolicy.minimumLength", `takes passwords of less than ${least} characters`, () => {
          // Without a value, eight characters.
          return (pool.passwordPolicy?.minimumLength ?? 8) >= settings.minimumPasswordLength;
        });
        expect("deletionProtection", "lets anybody with the right delete every account at once", () => {
          return stack.class === "development" || pool.deletionProtection === "ACTIVE";
        });
        expect("userPoolAddOns.advancedSecurityMode", "does not look for stolen passwords", () => {
          return (
            stack.class === "development" ||
            ["AUDIT", "ENFORCED"].includes(pool.userPoolAddOns?.advancedSecurityMode ?? "OFF")
          );
        });
      },
    },
    fix: { [POOL]: { deletionProtection: "ACTIVE" } },
  }),
];

/** Judges each statement of a document by itself. A document that cannot be read is undecided once. */
function eachStatement(
  expect: Expect,
  at: string,
  read: () => unknown,
  judge: (one: Statement, all: readonly Statement[]) => void,
): void {
  let statements: readonly Statement[] = [];
  expect(at, "is no policy document", () => {
    statements = statementsOf(read(), at);
    return true;
  });
  for (const one of statements) judge(one, statements);
}

function noAdministration(expect: Expect, at: string, read: () => unknown): void {
  eachStatement(expect, at, read, (one) => {
    expect(at, `allows everything (${one.label})`, () => !allowsEverything(one));
  });
}

/** Policies of AWS that make their holder an administrator, at once or by the next call. */
const ADMINISTRATORS = /:policy\/(AdministratorAccess|IAMFullAccess)$/;

function noAdministrator(expect: Expect, at: string, read: () => string | undefined): void {
  expect(at, "attaches a policy of administrators", () => !ADMINISTRATORS.test(read() ?? ""));
}

function noWildcards(expect: Expect, at: string, read: () => unknown): void {
  eachStatement(expect, at, read, (one, all) => {
    if (one.effect === "Allow") {
      expect(at, `allows whole services on every resource (${one.label})`, () => servicesAllowed(one).length === 0);
      expect(at, `allows all actions but some (${one.label})`, () => one.notActions.length === 0);
      expect(at, `allows all resources but some (${one.label})`, () => one.notResources.length === 0);
      expect(at, `passes any role (${one.label})`, () => !passesAnyRole(one));
    }
    if (one !== all[0]) return;
    const [path] = escalationsIn(all);
    expect(at, `lets its holder raise its own rights: ${path ?? ""}`, () => path === undefined);
  });
}

function inlinePolicies(role: Inputs<typeof ROLE>, judge: (at: string, policy: () => unknown) => void): void {
  for (const index of places(role.inlinePolicies)) {
    judge(`inlinePolicies[${String(index)}].policy`, () => role.inlinePolicies?.[index]?.policy);
  }
}

/** Places in a list, whose items are not looked at yet: one that is unknown leaves the others decided. */
function places(list: readonly unknown[] | undefined): Iterable<number> {
  return Array.from({ length: list?.length ?? 0 }).keys();
}

/** An account as principal stands for each of its identities that may call STS. */
function isAccount({ kind, value }: { readonly kind: string; readonly value: string }): boolean {
  return kind === "AWS" && /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/.test(value);
}

function isOfPods(one: Statement): boolean {
  return one.principals.some(({ kind, value }) => kind === "Service" && value === "pods.eks.amazonaws.com");
}

/** Whether a statement trusts tokens of service accounts: those of a cluster's own issuer. */
function isOfCluster(one: Statement): boolean {
  return (
    isAboutAction(one, "sts:AssumeRoleWithWebIdentity") &&
    one.principals.some(({ kind, value }) => kind === "Federated" && /:oidc-provider\/oidc\.eks\./.test(value))
  );
}

const EQUAL = /^StringEquals$/;

/**
 * Service accounts that a statement lets in, as `namespace/name`; none where it lets in more than it names.
 * Session tags of EKS: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
 */
function podIdentityFacts(expect: Expect, at: string, one: Statement): readonly string[] {
  const namespaces = valuesOf(one, EQUAL, /^aws:RequestTag\/kubernetes-namespace$/i);
  const names = valuesOf(one, EQUAL, /^aws:RequestTag\/kubernetes-service-account$/i);
  const clusters = valuesOf(one, EQUAL, /^aws:RequestTag\/eks-cluster-(name|arn)$/i);
  expect(at, `lets every namespace take on the role (${one.label})`, () => namespaces.length > 0);
  expect(at, `lets every service account take on the role (${one.label})`, () => names.length > 0);
  expect(at, `lets every cluster of the account take on the role (${one.label})`, () => clusters.length > 0);
  return namespaces.flatMap((namespace) => names.map((name) => `${namespace}/${name}`));
}

const SUBJECT = /^system:serviceaccount:([^:*?]+):([^:*?]+)$/;

/** The same of tokens: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
function webIdentityFacts(expect: Expect, at: string, one: Statement): readonly string[] {
  const subjects = valuesOf(one, EQUAL, /:sub$/i);
  const audiences = valuesOf(one, EQUAL, /:aud$/i);
  expect(at, `does not name the service account as equal, without a wildcard (${one.label})`, () => {
    return subjects.length > 0 && subjects.every((subject) => SUBJECT.test(subject));
  });
  expect(at, `takes tokens that were made for others (${one.label})`, () => {
    return audiences.length > 0 && audiences.every((audience) => audience === "sts.amazonaws.com");
  });
  return subjects.filter((subject) => SUBJECT.test(subject)).map((subject) => subject.replace(SUBJECT, "$1/$2"));
}

/** Service accounts that a role is associated with, as `namespace/name`; an add-on that says no namespace has one of its own, `*`. */
function* associationsOf(graph: Graph, role: Node<typeof ROLE>): Generator<string, void> {
  for (const { props } of graph.from(ASSOCIATION, "roleArn", role)) {
    yield `${props.namespace ?? ""}/${props.serviceAccount ?? ""}`;
  }
  for (const { props } of graph.from(ADDON, "podIdentityAssociations[*].roleArn", role)) {
    const associations = props.podIdentityAssociations ?? [];
    for (const { roleArn, serviceAccount } of associations) {
      if (associations.length > 1 && roleArn !== role.outputs["arn"]) continue;
      yield `${props.namespaceConfig?.namespace ?? "*"}/${serviceAccount ?? ""}`;
    }
  }
}

function isAmong(account: string, named: ReadonlySet<string>): boolean {
  return named.has(account) || (account.startsWith("*/") && [...named].some((one) => one.endsWith(account.slice(1))));
}

/** Whether a service account, `namespace/name`, is made by this stack. */
function isMade(graph: Graph, account: string): boolean {
  const [namespace = "", name = ""] = account.split("/");
  return makesServiceAccount(graph, "", { namespace, name });
}
