import { Provider as GcpProvider } from "@pulumi/gcp/provider";
import { Network } from "../../../components/gcp/network";
import { currentProject, EnabledApis, siteApis } from "../../../components/gcp/project";
import { SiteKeys } from "../../../components/gcp/site-keys";
import type { Zone } from "../../../components/planning/address-plan";
import { protectionOf, type StackClass } from "../../../components/planning/protection";
import { siteRanges } from "../../../components/planning/site-plan";
import type { Cloud } from "../../../offline/cloud/cloud";
import { Deployed } from "../../stacks/deployed";
import { runInProcess } from "../../support/in-process";

export const projectId = "platform-test-1";
export const region = "us-central1";
export const ranges = siteRanges("prod-gcp");

export interface GroundOptions {
  /** Default: `a`, `b` and `c`. */
  readonly zones?: Zone[];
  /** Default: `staging`. */
  readonly class?: StackClass;
  /** APIs besides those of every site. Default: none. */
  readonly apis?: readonly string[];
  /** What exists already. Default: nothing. */
  readonly cloud?: Cloud;
  /** Default: `test`. */
  readonly stack?: string;
}

/** What components stand on: enabled APIs, a network, keys, a provider. */
export type Ground = ReturnType<typeof ground>;

/** Deploys components on a small site; `errors` of the run say what was refused. */
export async function attempt(make: (made: Ground) => void, options: GroundOptions = {}): Promise<Deployed> {
  const { cloud, stack } = options;
  const program = () => {
    make(ground(options));
  };
  const run = await runInProcess(program, {
    ...(cloud === undefined ? {} : { cloud }),
    ...(stack === undefined ? {} : { stack }),
  });
  return new Deployed(run);
}

/** The same for components that must come up. */
export async function onSite(...args: Parameters<typeof attempt>): Promise<Deployed> {
  const stack = await attempt(...args);
  if (stack.run.errors.length > 0) throw new Error(stack.run.errors.join("\n"));
  return stack;
}

function ground({ zones = ["a", "b", "c"], class: stackClass = "staging", apis = [], stack }: GroundOptions) {
  const prefix = stack ?? "test";
  const gcp = new GcpProvider("gcp", { project: projectId, region });
  const enabled = new EnabledApis("apis", { projectId, apis: [...siteApis, ...apis] }, { providers: { gcp } });
  const project = currentProject(enabled, region, { provider: gcp });
  const onGcp = { providers: { gcp } };
  const protection = protectionOf(stackClass);
  const network = new Network("network", { project, prefix, ranges, zones, natAddresses: 2 }, onGcp);
  const keys = new SiteKeys("keys", { project, prefix, protection }, onGcp);
  return { enabled, gcp, keys, network, onGcp, prefix, project, protection };
}
