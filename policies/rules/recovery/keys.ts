import { isIn, region, regionOf } from "../../checks/regions";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";
import type { ResourceType } from "../../types";
import { destinationRegions, serves } from "./copies";
import { isSite } from "./independence";

const AWS_KEYS = ["aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"] as const;
const GOOGLE_KEYS = ["gcp:kms/cryptoKey:CryptoKey"] as const;

/** Copies whose key is named at one path, and that are in one region: their own. */
const KEYED = [
  ["aws:rds/instance:Instance", "kmsKeyId", AWS_KEYS],
  ["aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "kmsKeyId", AWS_KEYS],
  ["aws:backup/vault:Vault", "kmsKeyArn", AWS_KEYS],
  ["aws:dynamodb/tableReplica:TableReplica", "kmsKeyArn", AWS_KEYS],
  ["gcp:sql/databaseInstance:DatabaseInstance", "encryptionKeyName", GOOGLE_KEYS],
  ["gcp:storage/bucket:Bucket", "encryption.defaultKmsKeyName", GOOGLE_KEYS],
  ["gcp:firestore/database:Database", "cmekConfig.kmsKeyName", GOOGLE_KEYS],
  ["gcp:backupdisasterrecovery/backupVault:BackupVault", "encryptionConfig.kmsKeyName", GOOGLE_KEYS],
  ["gcp:gkebackup/backupPlan:BackupPlan", "backupConfig.encryptionKey.gcpKmsEncryptionKey", GOOGLE_KEYS],
] as const satisfies readonly (readonly [ResourceType, string, readonly ResourceType[]])[];

/** Workloads' own secrets, by the type of the store that has them. */
const SECRETS = [
  ["aws:secretsmanager/secret:Secret", "name"],
  ["gcp:secretmanager/secret:Secret", "secretId"],
  ["azure-native:keyvault:Secret", "secretName"],
] as const satisfies readonly (readonly [ResourceType, string])[];

/**
 * Regions of Azure without a pair, whose vaults are copied nowhere.
 * https://learn.microsoft.com/azure/reliability/regions-list
 */
const UNPAIRED: ReadonlySet<string> = new Set([
  "austriaeast",
  "belgiumcentral",
  "chilecentral",
  "indonesiacentral",
  "israelcentral",
  "italynorth",
  "malaysiawest",
  "mexicocentral",
  "newzealandnorth",
  "polandcentral",
  "qatarcentral",
  "spaincentral",
]);

export const keyRules: readonly Rule[] = [
  graphRule({
    id: "dr-keys-usable-in-dr",
    title: "Every copy is encrypted with a key of its own region",
    severity: "critical",
    controls: { iso27001: ["A.8.24"], hipaa: ["164.308(a)(7)(ii)(C)"] },
    why: "A copy whose key is in the lost region cannot be read while that is lost, which is the only time it is for.",
    remedy: {
      text: "Name a key of the region of the copy: a replica of a multi-region key, or one of its own.",
      example:
        'new dynamodb.Table("sessions", { replicas: [{ regionName: "us-east-2", kmsKeyArn: keyOfUsEast2.arn }], … })',
    },
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
    starred: true,
    types: [
      ...KEYED.map(([type]) => type),
      "aws:dynamodb/table:Table",
      "aws:secretsmanager/secret:Secret",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      "aws:kms/replicaKey:ReplicaKey",
      "gcp:secretmanager/secret:Secret",
      "azure-native:dbforpostgresql:Server",
    ],
    check: (graph, judge) => {
      const isKeyOf = (node: Node, path: string, place: string, types: readonly ResourceType[]) =>
        isIn(graph, node, path, region(place), ...types);
      for (const [type, path, keys] of KEYED) {
        judge.each(graph.all(type), (copy, expect) => {
          expect(path, "names a key of another region", () => {
            const own = regionOf(copy);
            // In several regions at once it takes a key of the same name: https://docs.cloud.google.com/storage/docs/encryption/customer-managed-keys
            return own === undefined || isKeyOf(copy, path, own, keys);
          });
        });
      }
      judge.each(graph.all("aws:dynamodb/table:Table"), (table, expect) => {
        for (const [index, { regionName = "" }] of (table.props.replicas ?? []).entries()) {
          const path = `replicas[${String(index)}].kmsKeyArn`;
          expect(path, `is a key of another region than ${regionName}`, () =>
            isKeyOf(table, path, regionName, AWS_KEYS),
          );
        }
      });
      judge.each(graph.all("aws:secretsmanager/secret:Secret"), (secret, expect) => {
        for (const [index, replica] of (secret.props.replicas ?? []).entries()) {
          const path = `replicas[${String(index)}].kmsKeyId`;
          const place = replica.region ?? "";
          expect(path, `is a key of another region than ${place}`, () => isKeyOf(secret, path, place, AWS_KEYS));
        }
      });
      judge.each(graph.all("aws:s3/bucketReplicationConfig:BucketReplicationConfig"), (config, expect) => {
        for (const index of (config.props.rules ?? []).keys()) {
          const to = `rules[${String(index)}].destination`;
          const path = `${to}.encryptionConfiguration.replicaKmsKeyId`;
          expect(path, "is a key of another region than the copy's", () => {
            const [place, ...others] = destinationRegions(graph, config, `${to}.bucket`);
            if (place === undefined || others.length > 0)
              undecided(`${to}.bucket`, "is a bucket whose region is not known");
            return isKeyOf(config, path, place, AWS_KEYS);
          });
        }
      });
      judge.each(graph.all("aws:kms/replicaKey:ReplicaKey"), (key, expect) => {
        expect("primaryKeyArn", "is a key of the same region, so the two are lost together", () => {
          return !isKeyOf(key, "primaryKeyArn", regionOf(key) ?? "", AWS_KEYS);
        });
      });
      judge.each(graph.all("gcp:secretmanager/secret:Secret"), (secret, expect) => {
        for (const [index, { location = "" }] of (secret.props.replication?.userManaged?.replicas ?? []).entries()) {
          const path = `replication.userManaged.replicas[${String(index)}].customerManagedEncryption.kmsKeyName`;
          expect(path, `is a key of another region than ${location}`, () =>
            isKeyOf(secret, path, location, GOOGLE_KEYS),
          );
        }
      });
      judge.each(graph.all("azure-native:dbforpostgresql:Server"), (db, expect) => {
        expect(
          "dataEncryption.geoBackupKeyURI",
          "is missing: the backups in the other region have no key there",
          () => {
            const isCopied = db.props.backup?.geoRedundantBackup === "Enabled";
            const isOwn = db.props.dataEncryption?.type === "AzureKeyVault";
            return !isCopied || !isOwn || db.props.dataEncryption.geoBackupKeyURI !== undefined;
          },
        );
      });
    },
  }),
  graphRule({
    id: "dr-secrets-replicated",
    title: "Secrets are there where they are needed when a region is lost",
    severity: "critical",
    controls: { hipaa: ["164.308(a)(7)(ii)(C)"] },
    why: "A workload that starts at the other place without its credentials does not start.",
    remedy: {
      text: "Keep each secret in a second region, and have what reads secrets read those of the site's own store.",
      example: 'new secretsmanager.Secret("db", { replicas: [{ region: "us-east-2", kmsKeyId: copy.arn }], … })',
    },
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html",
    starred: true,
    types: [
      ...SECRETS.map(([type]) => type),
      "azure-native:keyvault:Vault",
      "kubernetes:external-secrets.io/v1:ExternalSecret",
    ],
    check: (graph, judge, { stack }) => {
      if (serves(stack)) {
        judge.each(graph.all("aws:secretsmanager/secret:Secret"), (secret, expect) => {
          expect("replicas", "has no region but the secret's own", () =>
            anyOf(secret.props.replicas ?? [], (replica) => replica.region !== regionOf(secret)),
          );
        });
        judge.each(graph.all("gcp:secretmanager/secret:Secret"), (secret, expect) => {
          expect("replication", "has one region alone", () => {
            const { auto, userManaged } = secret.props.replication ?? {};
            const places = (userManaged?.replicas ?? []).map(({ location = "" }) => region(location));
            return auto !== undefined || new Set(places).size >= 2;
          });
        });
      }
      // A vault is copied to the pair of its region by the service: https://learn.microsoft.com/azure/reliability/reliability-key-vault
      judge.each(graph.all("azure-native:keyvault:Vault"), (vault, expect) => {
        expect("location", "is a region without a pair: the vault is copied nowhere", () => {
          return stack.class === "development" || !UNPAIRED.has(regionOf(vault) ?? "");
        });
      });
      if (!isSite(stack)) return;
      judge.each(graph.all("kubernetes:external-secrets.io/v1:ExternalSecret"), (wanted, expect) => {
        for (const { path, key } of remoteKeys(wanted)) {
          expect(path, "", () => isHere(graph, key()) || undecided(path, "names a secret that is not in this stack"));
        }
      });
    },
  }),
];

interface RemoteRef {
  readonly remoteRef?: { readonly key?: string };
  readonly extract?: { readonly key?: string };
}

/** What an ExternalSecret asks its store for. */
function remoteKeys({ props }: Node<"kubernetes:external-secrets.io/v1:ExternalSecret">) {
  const each = (list: "data" | "dataFrom", step: keyof RemoteRef) => {
    const found = props.spec?.[list] as readonly RemoteRef[] | undefined;
    return [...(found ?? []).keys()].flatMap((index) =>
      found?.[index]?.[step] === undefined
        ? []
        : [{ path: `spec.${list}[${String(index)}].${step}.key`, key: () => found[index]?.[step]?.key ?? "" }],
    );
  };
  return [...each("data", "remoteRef"), ...each("dataFrom", "extract")];
}

function isHere(graph: Graph, key: string): boolean {
  return SECRETS.some(([type, name]) =>
    anyOf(graph.all(type), (secret) => (secret.props as Readonly<Record<string, unknown>>)[name] === key),
  );
}
