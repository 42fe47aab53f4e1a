import { at, text, type Deployed } from "../deployed";
import { each, faults, is, isOpen, list, strings, type CloudFacts, type Holds } from "./facts";
import { gcpStores } from "./gcp.stores";

const EVERYBODY = ["allUsers", "allAuthenticatedUsers"];

const privateNodes: Holds = ({ inputs }, stack) => {
  const own = at(inputs, "networkConfig.enablePrivateNodes");
  const cluster = stack.ofType("gcp:container/cluster:Cluster").find(({ id }) => id === inputs["cluster"]);
  return own === true || (own === undefined && at(cluster?.inputs, "privateClusterConfig.enablePrivateNodes") === true);
};

/** What the invariants mean on Google Cloud. */
export const gcp: CloudFacts = {
  package: "gcp",
  providerRegion: "region",
  region:
    /\b(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)\d+\b/gi,
  stores: gcpStores,
  keepNothing: [
    "gcp:cloudasset/",
    "gcp:monitoring/",
    "gcp:projects/",
    "gcp:serviceaccount/",
    "gcp:servicenetworking/",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
    "gcp:backupdisasterrecovery/backupPlan:BackupPlan",
    "gcp:backupdisasterrecovery/backupPlanAssociation:BackupPlanAssociation",
    "gcp:compute/address:Address",
    "gcp:compute/firewall:Firewall",
    "gcp:compute/globalAddress:GlobalAddress",
    "gcp:compute/haVpnGateway:HaVpnGateway",
    "gcp:compute/network:Network",
    "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:firestore/backupSchedule:BackupSchedule",
    "gcp:firestore/field:Field",
    "gcp:firestore/index:Index",
    "gcp:firestore/userCreds:UserCreds",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "gcp:logging/projectSink:ProjectSink",
    "gcp:pubsub/topicIAMMember:TopicIAMMember",
    "gcp:secretmanager/secretIamMember:SecretIamMember",
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:securitycenter/v2ProjectNotificationConfig:V2ProjectNotificationConfig",
    "gcp:sql/user:User",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:storage/bucketObject:BucketObject",
  ],
  volumes: (parameters) => is(at(parameters, "disk-encryption-kms-key")),
  privateBalancer: ["networking.gke.io/load-balancer-type", "Internal"],
  keys: {
    // 90 days at most.
    "gcp:kms/cryptoKey:CryptoKey": ({ inputs }) =>
      /^\d+s$/.test(text(inputs["rotationPeriod"])) && parseInt(text(inputs["rotationPeriod"]), 10) <= 90 * 24 * 3600,
  },
  noAddress: {
    "gcp:container/nodePool:NodePool": privateNodes,
    // Addresses of the internet are the NAT gateways' own.
    "gcp:compute/address:Address": ({ inputs, outputs }, stack) =>
      inputs["addressType"] === "INTERNAL" ||
      stack
        .ofType("gcp:compute/routerNat:RouterNat")
        .some((nat) => strings(nat.inputs["natIps"]).includes(text(outputs["selfLink"]))),
    "gcp:compute/globalAddress:GlobalAddress": ({ inputs }) => inputs["addressType"] === "INTERNAL",
  },
  // Load balancers of the cluster are opened by GKE, to the ranges that each Service names.
  openings: (stack) => [
    ...faults(
      stack,
      "gcp:compute/firewall:Firewall",
      (inputs) =>
        inputs["direction"] !== "INGRESS" ||
        inputs["allows"] === undefined ||
        (list(inputs["sourceRanges"]).length > 0 && each(inputs["sourceRanges"], (range) => !isOpen(range))),
    ),
    ...faults(
      stack,
      "gcp:container/cluster:Cluster",
      (inputs) =>
        is(inputs["masterAuthorizedNetworksConfig"]) &&
        at(inputs, "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled") === false &&
        each(at(inputs, "masterAuthorizedNetworksConfig.cidrBlocks"), (block) => !isOpen(at(block, "cidrBlock"))),
    ),
  ],
  // Databases are in networks of Google's own, which ours is joined to: the NAT gateway serves none of them, and no route of
  // ours may lead there from the internet.
  waysOut: (stack) => [
    ...faults(stack, "gcp:compute/route:Route", (inputs) => !isOpen(inputs["destRange"])),
    ...faults(stack, "gcp:sql/databaseInstance:DatabaseInstance", (inputs) =>
      each(at(inputs, "settings.ipConfiguration.authorizedNetworks"), () => false),
    ),
  ],
  tooWide,
};

/** Rights that everybody has, basic roles, and roles that administer the whole project. */
function tooWide(stack: Deployed): readonly string[] {
  return stack.run.resources
    .filter(({ type }) => /^gcp:.*(iAM|Iam|IAM)(Member|Binding|Policy):/.test(type))
    .filter(({ type, inputs }) => {
      const members = [...strings(inputs["member"]), ...strings(inputs["members"])];
      const role = inputs["role"];
      const project = type.startsWith("gcp:projects/");
      const administers = typeof role !== "string" || (project && /(admin|Admin)$/.test(role));
      return (
        members.length === 0 ||
        members.some((member) => EVERYBODY.includes(member)) ||
        administers ||
        ["roles/owner", "roles/editor", "roles/viewer"].includes(role)
      );
    })
    .map(({ urn }) => urn);
}
