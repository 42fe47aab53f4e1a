/** Tokens of the types that rules of other types name. */
export const PROJECT_SERVICE = "gcp:projects/service:Service";
export const SERVICE_IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity";
export const PROJECT_IAM_MEMBER = "gcp:projects/iAMMember:IAMMember";
export const PROJECT_IAM_BINDING = "gcp:projects/iAMBinding:IAMBinding";
export const CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";
export const SERVICE_ACCOUNT = "gcp:serviceaccount/account:Account";
export const IDENTITY_POOL = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool";
export const NETWORK = "gcp:compute/network:Network";
export const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
export const ROUTER = "gcp:compute/router:Router";
export const ROUTER_NAT = "gcp:compute/routerNat:RouterNat";
export const FIREWALL = "gcp:compute/firewall:Firewall";
export const ADDRESS = "gcp:compute/address:Address";
export const GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
export const FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule";
export const INSTANCE = "gcp:compute/instance:Instance";
export const HA_VPN_GATEWAY = "gcp:compute/haVpnGateway:HaVpnGateway";
export const PEERING_ROUTES = "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig";
export const SERVICE_NETWORKING_CONNECTION = "gcp:servicenetworking/connection:Connection";
export const MANAGED_ZONE = "gcp:dns/managedZone:ManagedZone";
export const RECORD_SET = "gcp:dns/recordSet:RecordSet";
export const KEY_RING = "gcp:kms/keyRing:KeyRing";
export const CRYPTO_KEY = "gcp:kms/cryptoKey:CryptoKey";
export const CRYPTO_KEY_IAM_MEMBER = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember";
export const CRYPTO_KEY_IAM_BINDING = "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding";
export const KEY_RING_IAM_MEMBER = "gcp:kms/keyRingIAMMember:KeyRingIAMMember";
export const KEY_RING_IAM_BINDING = "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding";
export const CLUSTER = "gcp:container/cluster:Cluster";
export const NODE_POOL = "gcp:container/nodePool:NodePool";
export const SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
export const REDIS_INSTANCE = "gcp:redis/instance:Instance";
export const MEMCACHE_INSTANCE = "gcp:memcache/instance:Instance";
export const BUCKET = "gcp:storage/bucket:Bucket";
export const BUCKET_OBJECT = "gcp:storage/bucketObject:BucketObject";
export const TOPIC = "gcp:pubsub/topic:Topic";
export const SECRET = "gcp:secretmanager/secret:Secret";
export const REPOSITORY = "gcp:artifactregistry/repository:Repository";
export const DATASET = "gcp:bigquery/dataset:Dataset";
export const KAFKA_CLUSTER = "gcp:managedkafka/cluster:Cluster";
export const FIRESTORE_DATABASE = "gcp:firestore/database:Database";
export const RUN_SERVICE = "gcp:cloudrunv2/service:Service";
export const VPC_CONNECTOR = "gcp:vpcaccess/connector:Connector";
export const BACKUP_VAULT = "gcp:backupdisasterrecovery/backupVault:BackupVault";

/**
 * What stays in a project when the resource that made it is gone: no resource of any program, and never deleted. An emptied
 * project holds nothing else.
 */
export const ENABLED_API = "gcp:projects/enabledApi:EnabledApi";
export const USED_KMS_NAME = "gcp:kms/usedName:UsedName";
/** The name of a deleted instance cannot be used again for up to a week. */
export const USED_SQL_NAME = "gcp:sql/usedName:UsedName";
