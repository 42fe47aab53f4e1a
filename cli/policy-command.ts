import { Option, type Command } from "commander";
import type { Context } from "./context";
import type { Format, JudgeOptions, ReportOptions } from "./policy-report";

const FORMATS: readonly Format[] = ["markdown", "json", "sarif", "html"];

/** `platform policy …`. The rules are loaded by the commands that need them: no other command waits for them. */
export function policyCommands(program: Command, context: Context, ends: (code: number) => void): void {
  const policy = program
    .command("policy")
    .description("the policies: explain <rule>, check <stack>, report <stack>, list");
  policy
    .command("list")
    .description("every rule")
    .option("--json", "print one JSON array")
    .action(async (options: { json?: boolean }) => {
      const { listRules } = await import("./policy-rules");
      listRules(context, options.json === true);
    });
  policy
    .command("explain <rule>")
    .description("why a rule is there, and what to do about a violation")
    .action(async (id: string) => {
      const { explainRule } = await import("./policy-rules");
      explainRule(context, id);
    });
  const judging = (command: Command) =>
    command
      .argument("<stack>", "a stack that has a Pulumi.<stack>.yaml")
      .option("--offline", "on the offline cloud; a stack that is not deployed there is deployed on a scratch cloud")
      .option("--policy-pack-config <file>", "levels and settings of rules: docs/policies.md");
  judging(
    policy
      .command("check")
      .description("say what the rules find of a stack as the program has it now: nothing is changed"),
  ).action(async (stack: string, options: JudgeOptions) => {
    const { checkStack } = await import("./policy-report");
    ends(await checkStack(context, stack, options));
  });
  judging(policy.command("report").description("the same, as a file for people or for tools"))
    .addOption(new Option("--format <format>", "what to write").choices(FORMATS).default("markdown"))
    .option("--output <file>", "where to write it; default standard output")
    .action(async (stack: string, options: ReportOptions) => {
      const { reportStack } = await import("./policy-report");
      ends(await reportStack(context, stack, options));
    });
}
