// In one process with the program, the EKS component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import program from "../../index";
import { committed, withSettings } from "../config/stack-files";
import { runInProcess } from "../support/in-process";
import { Deployed } from "./deployed";

/** Deploys a second stack beside its owner's, in the same cloud, that takes what it can from it. Its errors are its own. */
export async function beside(
  owner: Deployed,
  base: string,
  settings: Record<string, unknown>,
  stack = "guest",
): Promise<Deployed> {
  const { values } = withSettings(committed(base), settings);
  return new Deployed(await runInProcess(program, { stack, config: values, cloud: owner.run.cloud }));
}
