import { findEngine } from "./find";

/** Makes sure that there is an engine, so that no later command has to build one. */
export async function setUpEngine(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  await findEngine({ root, env, report: (line) => process.stderr.write(`${line}\n`) });
}
