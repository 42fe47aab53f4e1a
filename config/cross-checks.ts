import type { KeyPurpose } from "../components/contracts/key-ring";
import type { Zone } from "../components/planning/address-plan";
import { contains, overlaps, parseRange, range } from "../components/planning/cidr";
import { protectionOf, type StackClass } from "../components/planning/protection";
import { siteOf, siteRanges, type SiteName } from "../components/planning/site-plan";
import type { Problem } from "./problems";
import { checkKeyAdoption } from "./schema/adoption";

interface Part {
  readonly mode: "create" | "skip";
}

/** The settings that checks across groups look at; a group that is wrong by itself is absent. */
interface Settings {
  readonly class?: StackClass;
  readonly region?: string;
  readonly backupRegion?: string;
  readonly site?: SiteName;
  readonly network?: {
    /** Absent where the address plan alone gives it. */
    readonly cidr?: string;
    readonly zones: readonly Zone[];
    readonly adopt?: AdoptedNetwork | undefined;
  };
  readonly gateway?: Part["mode"];
  readonly nodePools?: Readonly<Record<string, unknown>>;
  readonly standbyNodes?: Readonly<Record<string, unknown>>;
  readonly keys?: Readonly<Partial<Record<KeyPurpose, unknown>>>;
  readonly database?: {
    readonly replicaZone?: Zone | "none";
    readonly replicas?: Readonly<Record<string, Zone>>;
    readonly backupCopy?: boolean;
  };
  readonly keyValues?: Part & { readonly replicaRegions: readonly string[] };
  readonly events?: Part & { readonly topics: Readonly<Record<string, unknown>> };
  readonly lake?: Part;
  readonly functions?: Part & { readonly topic: string };
  readonly machineLearning?: Part;
  readonly governance?: { readonly backups: Part };
  readonly certificateArn?: string | undefined;
}

/** What is wrong between groups of settings that are each right by themselves. */
export function crossChecks(settings: Settings): readonly Problem[] {
  return [
    ...otherRegion(settings),
    ...certificate(settings),
    ...addresses(settings),
    ...replicaZones(settings),
    ...replicaRegions(settings),
    ...adoptions(settings),
    ...needs(settings),
    ...poolsInStandby(settings),
  ];
}

/** How a network that exists already is named: an id on AWS, a name on Azure. On Google Cloud a gateway attaches to any. */
interface AdoptedNetwork {
  readonly vpcId?: string;
  readonly name?: string;
}

/** What an adopted network or key cannot do. */
function adoptions({ region, network, gateway, keys }: Settings): readonly Problem[] {
  const problems: Problem[] = [];
  const adopted = network?.adopt?.vpcId ?? network?.adopt?.name;
  if (adopted !== undefined && gateway === "create") {
    problems.push({
      path: "platform:gateway",
      message: `is create while network.adopt names ${adopted}, whose subnets and routes nothing here changes: set it to skip and let the network's owner attach it`,
    });
  }
  if (region !== undefined && keys !== undefined) {
    checkKeyAdoption(
      { region, keys: Object.fromEntries(Object.entries(keys).filter(([, id]) => typeof id === "string")) },
      { addIssue: ({ path, message }) => problems.push({ path: `platform:${path.join(".")}`, message }) },
    );
  }
  return problems;
}

/** Copies that survive an outage of the stack's region lie in another one. */
function otherRegion(settings: Settings): readonly Problem[] {
  const { region, backupRegion, database, governance, site } = settings;
  if (region === undefined || region !== backupRegion) return [];
  const what = (lost: string, remedy: string) => ({
    path: "platform:backupRegion",
    message: `is ${backupRegion}, the stack's own region, so that one outage takes ${lost}: name another region${remedy}`,
  });
  const problems: Problem[] = [];
  if (database?.backupCopy === true) {
    problems.push(what("the database and its backups", ", or set database.backupCopy to false"));
  }
  if (governance?.backups.mode === "create") {
    problems.push(what("both vaults of recovery points", ", or set governance.backups.mode to skip"));
  }
  if (site !== undefined && settings.class !== undefined && protectionOf(settings.class).crossRegion) {
    problems.push(what(`the credentials and the copy that class ${settings.class} keeps of them`, ""));
  }
  return problems;
}

/** Form of the ARN: `arn:<partition>:acm:<region>:<account>:certificate/<id>`. */
function certificate({ region, certificateArn }: Settings): readonly Problem[] {
  if (region === undefined || certificateArn === undefined || certificateArn.split(":")[3] === region) return [];
  return [
    {
      path: "platform:certificateArn",
      message: `is ${certificateArn}, of another region than ${region}, where no load balancer can use it: give one of ${region}`,
    },
  ];
}

/** A network lies in its site's block of the address plan, beside what the block has besides; an adopted one at least in nobody else's. */
function addresses({ site, network }: Settings): readonly Problem[] {
  const cidr = network?.cidr;
  if (site === undefined || cidr === undefined || typeof parseRange(cidr) === "string") return [];
  const planned = siteRanges(site);
  const given = range(cidr);
  const path = "platform:network.cidr";
  if (!contains(range(planned.block), given)) {
    const owner = siteOf(cidr);
    if (owner === undefined && network?.adopt !== undefined) return [];
    const whose =
      owner === undefined
        ? `which is outside ${planned.block}, the block of site ${site}`
        : `which overlaps the ranges of site ${owner} (${siteRanges(owner).block})`;
    const other = owner === undefined ? "" : `, or set site to ${owner}`;
    return [
      {
        path,
        message: `is ${cidr}, ${whose}: give a range of site ${site}, as ${planned.network} in the address plan${other}`,
      },
    ];
  }
  const taken = { services: planned.services, pods: planned.pods, "private services": planned.privateServices };
  return Object.entries(taken)
    .filter(([, other]) => overlaps(range(other), given))
    .map(([holds, other]) => ({
      path,
      message: `is ${cidr}, which overlaps ${other}, the range of site ${site} for ${holds}: give another one, as ${planned.network} in the address plan`,
    }));
}

/** Replicas lie in zones of the network. */
function replicaZones({ network, database }: Settings): readonly Problem[] {
  if (network === undefined || database === undefined) return [];
  const { zones } = network;
  const listed = zones.join(", ");
  const { replicaZone = "none", replicas = {} } = database;
  const problems: Problem[] = Object.entries(replicas)
    .filter(([, zone]) => !zones.includes(zone))
    .map(([replica, zone]) => ({
      path: `platform:database.replicas.${replica}`,
      message: `is "${zone}", which is not in network.zones (${listed}): add it there or choose one of them`,
    }));
  if (replicaZone === "none") return problems;
  if (!zones.includes(replicaZone)) {
    problems.push({
      path: "platform:database.replicaZone",
      message: `is "${replicaZone}", which is not in network.zones (${listed}): add it there or choose one of them`,
    });
  } else if (zones.length < 3) {
    problems.push({
      path: "platform:database.replicaZone",
      message: `is "${replicaZone}", which leaves one of network.zones (${listed}) to the instance, and RDS requires two: add a zone to network.zones, or set replicaZone to "none"`,
    });
  }
  return problems;
}

function replicaRegions({ region, keyValues }: Settings): readonly Problem[] {
  const index = region === undefined || keyValues?.mode !== "create" ? -1 : keyValues.replicaRegions.indexOf(region);
  if (index < 0) return [];
  return [
    {
      path: `platform:keyValues.replicaRegions[${String(index)}]`,
      message: `is ${String(region)}, the stack's own region, which has the tables already: take it out or name another`,
    },
  ];
}

/** What a part of the site works on has to be there. */
function needs({ events, lake, functions, machineLearning }: Settings): readonly Problem[] {
  const lakeIsMissing = lake?.mode === "skip";
  const missing = (part: string, other: string, does: string) => ({
    path: `platform:${part}.mode`,
    message: `is create while ${other}.mode is skip, and ${does}: set ${other}.mode to create, or ${part}.mode to skip`,
  });
  const problems: Problem[] = [];
  if (functions?.mode === "create") {
    const { topic } = functions;
    if (lakeIsMissing) problems.push(missing("functions", "lake", "functions write the events to the lake"));
    if (events?.mode === "skip") {
      problems.push(missing("functions", "events", "functions run on the event stream"));
    } else if (events !== undefined && !Object.hasOwn(events.topics, topic)) {
      const topics = Object.keys(events.topics).join(", ");
      problems.push({
        path: "platform:functions.topic",
        message: `is "${topic}", which is not in events.topics (${topics}): add it there or choose one of them`,
      });
    }
  }
  if (machineLearning?.mode === "create" && lakeIsMissing) {
    problems.push(missing("machineLearning", "lake", "training reads its data there"));
  }
  return problems;
}

/** What has other bounds in standby has to be a pool. */
function poolsInStandby({ nodePools, standbyNodes }: Settings): readonly Problem[] {
  if (nodePools === undefined || standbyNodes === undefined) return [];
  return Object.keys(standbyNodes)
    .filter((name) => !Object.hasOwn(nodePools, name))
    .map((name) => ({
      path: `platform:standbyNodes.${name}`,
      message: `is no pool of nodePools (${Object.keys(nodePools).join(", ")}): correct the name, or take it out`,
    }));
}
