import { z } from "zod";
import { keyPurposes, type KeyPurpose } from "../../components/contracts/key-ring";
import { tiers, zoneLetters, type Zone } from "../../components/planning/address-plan";
import type { AddIssue } from "./data";
import { identifier, text } from "./values";

const vpcId = text(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, "the id of a VPC: vpc- and 8 or 17 hexadecimal digits");
const subnetId = text(
  /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/,
  "the id of a subnet: subnet- and 8 or 17 hexadecimal digits",
);

/** A VPC that exists already; `checkNetworkAdoption` belongs to it. */
export function networkAdoption() {
  const tier = (holds: string) =>
    z
      .partialRecord(z.enum(zoneLetters), subnetId)
      .default({})
      .meta({ description: `One existing subnet for each zone letter, for ${holds}` });
  return z
    .strictObject({
      vpcId: vpcId.meta({ description: "The existing VPC; its range stands in network.cidr" }),
      subnetIds: z
        .strictObject({
          public: tier("load balancers that face the internet"),
          private: tier("nodes and pods"),
          database: tier("databases and caches"),
        })
        .prefault({})
        .meta({ description: "Existing subnets" }),
    })
    .optional()
    .meta({ description: "A network that exists already, in place of a new one; nothing of it is changed" });
}

type NetworkAdoption = z.output<ReturnType<typeof networkAdoption>>;

/**
 * Whether an adopted network has a subnet of its own for every tier in every zone.
 *
 * @param network what stands under `network`: issues are reported below `adopt`
 */
export function checkNetworkAdoption(
  network: { readonly zones: readonly Zone[]; readonly adopt?: NetworkAdoption },
  context: AddIssue,
): void {
  const { zones, adopt } = network;
  if (adopt === undefined) return;
  const fault = (path: readonly string[], message: string) => {
    context.addIssue({ code: "custom", path: ["adopt", "subnetIds", ...path], message });
  };
  const places = new Map<string, string>();
  for (const tier of tiers) {
    const subnets: Readonly<Partial<Record<string, string>>> = adopt.subnetIds[tier];
    const missing = zones.filter((zone) => subnets[zone] === undefined);
    if (missing.length === zones.length) {
      fault(
        [tier],
        `${adopt.vpcId} has no ${tier} tier here: name one subnet for each of the zones ${zones.join(", ")}`,
      );
    } else {
      for (const zone of missing) {
        fault(
          [tier, zone],
          `the ${tier} tier has no subnet in zone ${zone}: name one, or take ${zone} out of network.zones`,
        );
      }
    }
    for (const [zone, id] of Object.entries(subnets)) {
      if (!zones.some((known) => known === zone)) {
        fault(
          [tier, zone],
          `zone ${zone} is not in network.zones (${zones.join(", ")}): add it there or take the subnet out`,
        );
      }
      if (id === undefined) continue;
      const other = places.get(id);
      if (other !== undefined) {
        fault([tier, zone], `${id} stands at ${other} too: give each tier and zone a subnet of its own`);
      }
      places.set(id, `${tier}.${zone}`);
    }
  }
}

/** Where a cluster comes from; its name, version and access are settings of every cluster. */
export function clusterAdoption(defaults: { readonly mode: "create" | "adopt" | "skip" }) {
  return {
    mode: z.enum(["create", "adopt", "skip"]).default(defaults.mode).meta({
      description:
        "`adopt`: the cluster `name` exists already, runs `version` in the site's network, and has nodes, pod networking, cluster DNS and the Pod Identity Agent",
    }),
  };
}

/** An adopted cluster answers where it does: what would open it is its owner's. */
export function checkClusterAdoption(
  cluster: {
    readonly mode: "create" | "adopt" | "skip";
    readonly admins: Readonly<Record<string, string>>;
  },
  context: AddIssue,
): void {
  const admins = Object.keys(cluster.admins);
  if (cluster.mode === "create" || admins.length === 0) return;
  context.addIssue({
    code: "custom",
    path: ["admins"],
    message: `names ${admins.join(", ")} while mode is ${cluster.mode}, so nobody lets them in: take them out, or let the cluster's owner add them`,
  });
}

interface RegistryDefaults {
  readonly mode: "create" | "adopt" | "skip";
  /** Names of images that have a new repository each. */
  readonly images: string[];
}

/** Repositories for container images on AWS; `mode` says where they come from. */
export function registryAdoption(defaults: RegistryDefaults) {
  return (
    z
      // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html, repositoryName
      .strictObject(
        registryFields(
          defaults,
          text(
            /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
            "the name of a repository: 2 to 256 small letters, digits and ._-/",
          ),
          "Names of existing repositories by the image, with mode adopt",
        ),
      )
      .superRefine(checkRegistry)
      .prefault({})
      .meta({ description: "Registry of container images" })
  );
}

/**
 * The settings of a registry on any cloud; `checkRegistry` belongs to them.
 *
 * @param repository how the cloud names an existing repository
 * @param description what the settings of existing repositories say of themselves
 */
export function registryFields<Repository extends z.ZodType>(
  defaults: RegistryDefaults,
  repository: Repository,
  description: string,
) {
  return {
    mode: z
      .enum(["create", "adopt", "skip"])
      .default(defaults.mode)
      .meta({ description: "`adopt`: the repositories exist already, and nothing of them is changed" }),
    images: z
      .array(identifier)
      .default(defaults.images)
      .meta({ description: "Images that get a repository of their own, with mode create" }),
    repositories: z.record(identifier, repository).default({}).meta({ description }),
  };
}

/** Whether images and repositories are as the mode wants them. */
export function checkRegistry(
  registry: {
    readonly mode: RegistryDefaults["mode"];
    readonly images: readonly string[];
    readonly repositories: Readonly<Record<string, unknown>>;
  },
  context: AddIssue,
): void {
  const { mode, images, repositories } = registry;
  const named = Object.keys(repositories);
  const fault = (path: string, message: string) => {
    context.addIssue({ code: "custom", path: [path], message });
  };
  if (mode === "adopt" && named.length === 0) {
    fault("repositories", "is empty while mode is adopt: name an existing repository for each image");
  }
  if (mode !== "adopt" && named.length > 0) {
    fault("repositories", `names ${named.join(", ")} while mode is ${mode}: set mode to adopt, or take them out`);
  }
  if (mode === "create" && images.length === 0) {
    fault("images", "is empty while mode is create: name an image, or set mode to skip");
  }
}

/** The name of a zone of the DNS. */
export const zoneName = text(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  "the name of a zone in small letters, without a dot at its end: example.com",
);

/** A public zone of the DNS. */
export function zoneSettings(defaults: { readonly mode: "create" | "adopt" | "skip" }) {
  return z
    .strictObject({
      mode: z
        .enum(["create", "adopt", "skip"])
        .default(defaults.mode)
        .meta({ description: "`adopt`: the account has the zone already, and nothing of it is changed" }),
      name: zoneName.optional().meta({ description: "Name of the zone" }),
      zoneId: text(/^Z[A-Z0-9]{5,31}$/, "the id of a hosted zone: Z and capital letters and digits")
        .optional()
        .meta({ description: "Id of the zone to adopt, needed only where the account has several of the name" }),
    })
    .superRefine(({ mode, name, zoneId }, context: AddIssue) => {
      if (mode !== "skip" && name === undefined) {
        const message = `is missing while mode is ${mode}: give the zone's name, or set mode to skip`;
        context.addIssue({ code: "custom", path: ["name"], message });
      }
      if (mode !== "adopt" && zoneId !== undefined) {
        const message = `is given while mode is ${mode}: set mode to adopt, or take it out`;
        context.addIssue({ code: "custom", path: ["zoneId"], message });
      }
    })
    .prefault({})
    .meta({ description: "Public DNS zone" });
}

/** Keys that exist already; `checkKeyAdoption` belongs to them. */
export function keyAdoption() {
  return z
    .partialRecord(
      z.enum(keyPurposes),
      text(
        /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
        "the ARN of a key, not of an alias: arn:aws:kms:<region>:<account>:key/<id>",
      ),
    )
    .default({})
    .meta({
      description:
        "ARNs of existing keys by what they are for; the others are new. An existing key's policy lets in who uses it: for `logs` CloudWatch Logs",
    });
}

/** A service encrypts with keys of its own region and one key has one purpose. */
export function checkKeyAdoption(
  stack: { readonly region: string; readonly keys: Readonly<Partial<Record<KeyPurpose, string>>> },
  context: AddIssue,
): void {
  const fault = (purpose: string, message: string) => {
    context.addIssue({ code: "custom", path: ["keys", purpose], message });
  };
  const purposes = new Map<string, string>();
  for (const [purpose, keyArn] of Object.entries(stack.keys)) {
    const region = /\/locations\/([^/]+)\//.exec(keyArn)?.[1] ?? keyArn.split(":")[3];
    if (region !== undefined && region !== stack.region) {
      fault(
        purpose,
        `is a key of ${region}, and services of ${stack.region} cannot use it: name a key of ${stack.region}`,
      );
    }
    const other = purposes.get(keyArn);
    if (other !== undefined) {
      fault(purpose, `is the key for ${other} too, so that a right to one opens both: name a key of its own`);
    }
    purposes.set(keyArn, purpose);
  }
}
