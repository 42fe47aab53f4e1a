import assert from "node:assert/strict";
import type { Capability, Cloud, Feature } from "../../components/contracts/capabilities";
import { features } from "../../components/contracts/capabilities";
import { capabilityMatrix } from "../../components/planning/capability-matrix";
import { attemptStack, type Deployed } from "./deployed";

/** Whether a deployment has what a cell says. */
export type Holds = (stack: Deployed) => boolean;

/** What proves a cell: something of a deployment, or settings that are refused. */
export type Proof<Stage extends string> = readonly [stage: Stage, holds: Holds] | RefusedSettings;

export interface RefusedSettings {
  /** Groups of settings that ask for the feature. */
  readonly asks: Readonly<Record<string, unknown>>;
  /** The setting that is refused. */
  readonly path: string;
  /** Its value, as JSON. */
  readonly value: string;
}

/** The proofs of one cloud. */
export interface CloudProofs<Stage extends string = string> {
  /** What messages call the cloud. */
  readonly title: string;
  /** The committed stack of production, to which refused settings are added. */
  readonly production: string;
  /** Deployments that cells are proved on; each is made once, when its first cell is. */
  readonly stages: Readonly<Record<Stage, () => Promise<Deployed>>>;
  readonly cells: Readonly<Record<Feature, Proof<Stage>>>;
}

/** Proves every cell of a cloud, one test for each row of the capability matrix. */
export function walkCells<Stage extends string>(cloud: Cloud, proofs: CloudProofs<Stage>): void {
  const deployments = new Map<Stage, Promise<Deployed>>();
  const on = (stage: Stage): Promise<Deployed> => {
    const known = deployments.get(stage) ?? proofs.stages[stage]();
    deployments.set(stage, known);
    return known;
  };
  for (const feature of Object.keys(features) as Feature[]) {
    const capability: Capability = capabilityMatrix[cloud][feature];
    const proof: Proof<Stage> = proofs.cells[feature];
    if ("asks" in proof) {
      it(`${feature} is refused, before anything is registered`, async () => {
        assert.ok(capability.level === "refused", `${feature} is ${capability.level}, and its proof is a refusal`);
        const message = `  ${proof.path}: is ${proof.value}, which cannot be had on ${proofs.title}: ${capability.reason}; ${capability.instead}`;
        const { run } = await attemptStack(proofs.production, proof.asks);
        const [head, ...problems] = run.errors.join("\n").split("\n");
        assert.match(head ?? "", / has a problem:$/);
        assert.deepEqual(problems, [message]);
        assert.deepEqual(
          run.resources.map(({ type }) => type),
          ["pulumi:pulumi:Stack"],
        );
      });
      continue;
    }
    it(`${feature} is ${capability.level}: ${capability.reason}`, async () => {
      assert.notEqual(capability.level, "refused", `${feature} is refused, and its proof is a deployment`);
      const [stage, holds] = proof;
      assert.ok(holds(await on(stage)), `${feature} is not there on ${stage}`);
    });
  }
}
