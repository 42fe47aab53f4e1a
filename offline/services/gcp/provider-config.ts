import type { Session } from "../../cloud/package";
import { Unknown, type Properties } from "../../cloud/value";
import { labelProblems } from "./labels";
import { DEFAULT_PROJECT, projectProblem } from "./project";
import { isRegion, isZone, regionOfZone } from "./regions";
import { text } from "./text";

interface Problem {
  readonly property: string;
  readonly reason: string;
}

/** What is wrong with a provider's configuration, before it calls the cloud. Keys that no typing names are the schema's matter. */
export function configProblems(config: Properties): readonly Problem[] {
  const problems: Problem[] = [];
  const { project, region, zone } = config;
  if (typeof project === "string" && project !== "") {
    const problem = projectProblem(project);
    if (problem !== undefined) problems.push({ property: "project", reason: problem });
  }
  if (typeof region === "string" && region !== "" && !isRegion(region)) {
    problems.push({ property: "region", reason: `there is no Google Cloud region "${region}"` });
  }
  if (typeof zone === "string" && zone !== "") {
    if (!isZone(zone)) problems.push({ property: "zone", reason: `there is no Google Cloud zone "${zone}"` });
    else if (typeof region === "string" && region !== "" && regionOfZone(zone) !== region) {
      problems.push({ property: "zone", reason: `zone ${zone} is not in region ${region}` });
    }
  }
  const labels = labelProblems({ labels: config["defaultLabels"] });
  problems.push(
    ...labels.map(({ property, reason }) => ({ property: property.replace("labels", "defaultLabels"), reason })),
  );
  return problems;
}

/** The instance: its project, else the one of the offline cloud's own credentials. */
export function configureSession(config: Properties): Session {
  const settings = Object.fromEntries(Object.entries(config).filter(([, value]) => !(value instanceof Unknown)));
  const account = text(settings["project"]) || DEFAULT_PROJECT;
  const region = text(settings["region"]) || regionOfZone(text(settings["zone"]));
  return { scope: { account, region }, config: settings };
}
