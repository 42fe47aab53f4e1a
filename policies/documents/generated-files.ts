import { RULES } from "../rules";
import { complianceDocument } from "./compliance";
import { configurationSchema } from "./configuration-schema";
import { rulesDocument } from "./rules";

/** What is generated from the rules, by path in the repository. */
export function policyFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/policies.md", rulesDocument(RULES)],
    ["docs/compliance.md", complianceDocument(RULES)],
    ["docs/schema/policies.schema.json", `${JSON.stringify(configurationSchema(RULES), undefined, 2)}\n`],
  ]);
}
