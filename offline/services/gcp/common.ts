import { changedPresence } from "../../cloud/diff";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Created, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { durationOf } from "./durations";
import { PROVIDER } from "./errors";
import { nameOf } from "./generic";
import { checkGrant, GRANT_REFERENCES, requireGrant } from "./iam";
import { idOf } from "./ids";
import { labelProblems } from "./labels";
import { projectProblem } from "./project";
import { isRegion, isZone, regionOf } from "./regions";
import { gcpReplacement, isGrant } from "./replacements";
import type { Reach } from "./scope";
import { text } from "./text";
import { PEERING_ROUTES, PROJECT_SERVICE, SERVICE_IDENTITY } from "./types";

/** Types whose creation is a change of something that is there already, so that a second one is none. */
const REPEATABLE: ReadonlySet<string> = new Set([PEERING_ROUTES, PROJECT_SERVICE, SERVICE_IDENTITY]);

/**
 * What holds for every type alike: projects, regions, zones and labels that Google accepts, ids that are names, the deletion policy,
 * how long it takes, blocks whose coming or going replaces.
 */
export function withCommonRules(rules: ResourceType, reach: Reach): ResourceType {
  const row = gcpReplacement(rules.token);
  const duration = rules.duration ?? durationOf(rules.token);
  const grants = isGrant(rules.token);
  return {
    ...rules,
    ...(duration === undefined ? {} : { duration }),
    ...(grants ? { references: [...(rules.references ?? []), ...Object.values(GRANT_REFERENCES)] } : {}),
    check: (context) => {
      checkPlace(context, reach);
      for (const { property, reason } of labelProblems(context.inputs, rules.token)) context.refuse(property, reason);
      if (grants) checkGrant(context);
      rules.check?.(context);
    },
    create: (context) => {
      if (grants) requireGrant(context);
      const created = rules.create?.(context) ?? plainCreate(rules, context);
      const isTaken = context.cloud.find(rules.token, created.id) !== undefined;
      if (isTaken && !grants && !REPEATABLE.has(rules.token)) {
        refuse("alreadyExists", `The resource '${created.id}' already exists`);
      }
      return created;
    },
    delete: (context) => {
      const { inputs, effects, resource } = context;
      const kind = rules.token.slice(rules.token.lastIndexOf(":") + 1);
      if (inputs["deletionPolicy"] === "PREVENT") {
        refuse(
          PROVIDER,
          `cannot destroy ${kind} ${resource.id} with deletionPolicy "PREVENT": set it to "DELETE", update, then delete`,
        );
      }
      // Abandoned, it stays, and no program has it any more.
      if (inputs["deletionPolicy"] === "ABANDON") effects.put({ ...resource });
      else rules.delete?.(context);
    },
    replacesWhen: (oldInputs, newInputs) => [
      ...(rules.replacesWhen?.(oldInputs, newInputs) ?? []),
      ...(row === undefined ? [] : changedPresence(row, oldInputs, newInputs)),
    ],
  };
}

/** The id that follows from the name and the place, for a type that says nothing else. */
function plainCreate(rules: ResourceType, context: CallContext<Properties>): Created {
  const { inputs, scope } = context;
  if (isGrant(rules.token))
    return { id: grantId(rules.token, inputs, scope.account), outputs: { etag: etag(context) } };
  const name = nameOf(rules, inputs) ?? context.hex(16);
  return { id: idOf(rules.token, inputs, scope, name), outputs: {} };
}

/** `<resource>/<role>/<member>`: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam */
function grantId(token: string, inputs: Properties, project: string): string {
  const parent = Object.entries(inputs).filter(
    ([key]) => !["role", "member", "members", "condition", "project"].includes(key),
  );
  const held = parent.map(([, value]) => text(value)).filter((value) => value !== "");
  const on = held.length === 0 || token.startsWith("gcp:projects/") ? [project] : held;
  return [...on, text(inputs["role"]), text(inputs["member"])].filter((part) => part !== "").join("/");
}

function etag({ hex }: Pick<CallContext<unknown>, "hex">): string {
  return Buffer.from(hex(16), "hex").toString("base64");
}

function checkPlace(context: CheckContext<Properties>, reach: Reach): void {
  const { inputs, scope, isUnknown } = context;
  const project = inputs["project"];
  if (typeof project === "string" && !/^\d+$/.test(project)) {
    const problem = projectProblem(project);
    if (problem !== undefined) context.refuse("project", problem);
  }
  const { region, zone, location } = inputs;
  if (reach === "regional" || reach === "zonal") {
    const property = reach === "zonal" ? "zone" : "region";
    const place = reach === "zonal" ? (scope.zone ?? "") : scope.region;
    if (place === "" && !isUnknown(property)) {
      context.refuse(
        property,
        `Cannot determine ${property}: set in this resource, or set provider-level '${property}'`,
      );
    }
  }
  if (reach === "regional" && typeof region === "string" && !isRegion(lastPart(region))) {
    context.refuse("region", `there is no Google Cloud region "${region}"`);
  }
  if (reach === "zonal" && typeof zone === "string" && !isZone(lastPart(zone))) {
    context.refuse("zone", `there is no Google Cloud zone "${zone}"`);
  }
  if (reach === "location" && typeof location === "string" && looksRegional(location)) {
    if (!isRegion(location) && !isZone(location))
      context.refuse("location", `there is no Google Cloud location "${location}"`);
  }
}

function lastPart(value: string): string {
  return value.slice(value.lastIndexOf("/") + 1);
}

/** Whether a location is written as a region or zone is, and is no multi-region such as `us`, `EUR4` or `nam5`. */
function looksRegional(location: string): boolean {
  return /^[a-z]+-[a-z]+\d+(-[a-z])?$/.test(location) && regionOf(location) !== "global";
}
