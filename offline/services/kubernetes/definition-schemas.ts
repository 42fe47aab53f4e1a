import type { Properties } from "../../cloud/value";

/*
 * What the definitions of cert-manager 1.21 and External Secrets 2.9 say of the resources that a platform writes itself: required
 * fields, names of fields, enumerations. Parts that are left open are marked so. Read from the API packages:
 * https://github.com/cert-manager/cert-manager/tree/master/pkg/apis, https://github.com/external-secrets/external-secrets/tree/main/apis
 */

export const OPEN: Properties = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
export const TEXT: Properties = { type: "string" };
export const FLAG: Properties = { type: "boolean" };
export const NUMBER: Properties = { type: "integer" };

export function listOf(items: Properties): Properties {
  return { type: "array", items };
}

export function oneOf(...values: readonly string[]): Properties {
  return { type: "string", enum: [...values] };
}

export function fields(properties: Readonly<Record<string, Properties>>, ...required: readonly string[]): Properties {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required: [...required] }) };
}

export function spec(schema: Properties): Properties {
  return { type: "object", properties: { spec: schema }, required: ["spec"] };
}

const issuerReference = fields({ name: TEXT, kind: TEXT, group: TEXT }, "name");

export const ISSUER_SCHEMA = spec(
  fields({
    acme: OPEN,
    ca: fields(
      {
        secretName: { type: "string" },
        crlDistributionPoints: listOf(TEXT),
        issuingCertificateURLs: listOf(TEXT),
        ocspServers: listOf(TEXT),
      },
      "secretName",
    ),
    selfSigned: fields({ crlDistributionPoints: listOf(TEXT) }),
    vault: OPEN,
    venafi: OPEN,
  }),
);

export const CERTIFICATE_SCHEMA = spec(
  fields(
    {
      additionalOutputFormats: listOf(OPEN),
      commonName: TEXT,
      dnsNames: listOf(TEXT),
      duration: TEXT,
      emailAddresses: listOf(TEXT),
      encodeUsagesInRequest: FLAG,
      ipAddresses: listOf(TEXT),
      isCA: FLAG,
      issuerRef: issuerReference,
      keystores: OPEN,
      literalSubject: TEXT,
      nameConstraints: OPEN,
      otherNames: listOf(OPEN),
      privateKey: fields({
        algorithm: oneOf("RSA", "ECDSA", "Ed25519"),
        encoding: oneOf("PKCS1", "PKCS8"),
        rotationPolicy: oneOf("Never", "Always"),
        size: NUMBER,
      }),
      renewBefore: TEXT,
      renewBeforePercentage: NUMBER,
      revisionHistoryLimit: { type: "integer", minimum: 1 },
      secretName: TEXT,
      secretTemplate: OPEN,
      signatureAlgorithm: TEXT,
      subject: OPEN,
      uris: listOf(TEXT),
      usages: listOf(
        oneOf(
          "signing",
          "digital signature",
          "content commitment",
          "key encipherment",
          "key agreement",
          "data encipherment",
          "cert sign",
          "crl sign",
          "encipher only",
          "decipher only",
          "any",
          "server auth",
          "client auth",
          "code signing",
          "email protection",
          "s/mime",
          "ipsec end system",
          "ipsec tunnel",
          "ipsec user",
          "timestamping",
          "ocsp signing",
          "microsoft sgc",
          "netscape sgc",
        ),
      ),
    },
    "issuerRef",
    "secretName",
  ),
);

/** Stores of the other clouds and products, whose fields are not kept here. */
const OTHER_STORES = [
  ...["akeyless", "alibaba", "azurekv", "beyondtrust", "bitwardensecretsmanager", "chef", "cloudrusm", "conjur"],
  ...["delinea", "device42", "doppler", "fake", "fortanix", "gcpsm", "github", "gitlab", "ibm", "infisical"],
  ...["keepersecurity", "kubernetes", "onboardbase", "onepassword", "oracle", "passbolt", "passworddepot"],
  ...["previder", "pulumi", "scaleway", "secretserver", "senhasegura", "vault", "webhook"],
  ...["yandexcertificatemanager", "yandexlockbox"],
];

export const STORE_SCHEMA = spec(
  fields(
    {
      conditions: listOf(fields({ namespaces: listOf(TEXT), namespaceRegexes: listOf(TEXT), namespaceSelector: OPEN })),
      controller: TEXT,
      provider: {
        ...fields({
          aws: fields(
            {
              additionalRoles: listOf(TEXT),
              auth: OPEN,
              externalID: TEXT,
              prefix: TEXT,
              region: TEXT,
              role: TEXT,
              secretsManager: OPEN,
              service: oneOf("SecretsManager", "ParameterStore"),
              sessionTags: listOf(OPEN),
              transitiveTagKeys: listOf(TEXT),
            },
            "region",
            "service",
          ),
          ...Object.fromEntries(OTHER_STORES.map((store) => [store, OPEN])),
        }),
        minProperties: 1,
        maxProperties: 1,
      },
      refreshInterval: NUMBER,
      retrySettings: OPEN,
    },
    "provider",
  ),
);

export const EXTERNAL_SECRET_SCHEMA = spec(
  fields({
    data: listOf(fields({ secretKey: TEXT, remoteRef: OPEN, sourceRef: OPEN }, "secretKey", "remoteRef")),
    dataFrom: listOf(OPEN),
    refreshInterval: TEXT,
    refreshPolicy: oneOf("CreatedOnce", "Periodic", "OnChange"),
    secretStoreRef: fields({ name: TEXT, kind: oneOf("SecretStore", "ClusterSecretStore") }),
    target: OPEN,
  }),
);
