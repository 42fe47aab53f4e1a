import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Asset, Unknown } from "../../../offline/cloud/value";
import { credentialIn, credentialsIn, decodedText, type CredentialKind } from "../../../policies/checks/credentials";
import { Undecided, viewOf } from "../../../policies/model/view";
import { fixtures } from "../fixtures";

const STACKS = ["dev", "dr", "durga-puja", "prod", "prod-gcp"];

/** Characters that look random and are the same in every run. */
function random(length: number, alphabet: "base64" | "base62" | "hex" | "upper", seed = "a"): string {
  let text = "";
  for (let block = 0; text.length < length; block += 1) {
    const digest = createHash("sha256").update(`${seed} ${String(block)}`);
    if (alphabet === "hex") text += digest.digest("hex");
    else text += digest.digest("base64").replaceAll(alphabet === "base64" ? "=" : /[^A-Za-z0-9]/g, "");
  }
  return alphabet === "upper" ? text.toUpperCase().slice(0, length) : text.slice(0, length);
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const pem = (title: string) =>
  `-----BEGIN ${title}-----\n${random(64, "base64")}\n${random(64, "base64", "b")}\n-----END ${title}-----\n`;
const privateKey = pem("RSA PRIVATE " + "KEY");
const webToken = [base64url({ alg: "RS256", typ: "JWT" }), base64url({ sub: "backend" }), random(86, "base62")].join(
  ".",
);

interface Case {
  readonly what: string;
  readonly text: string;
  readonly name?: string;
  readonly kind?: CredentialKind;
}

const CREDENTIALS: readonly (Case & { readonly kind: CredentialKind })[] = [
  { what: "a long-lived key of AWS", text: "AKIA" + random(16, "upper"), kind: "an AWS access key" },
  { what: "a temporary one, in a script", text: `export ID='ASIA${random(16, "upper")}'`, kind: "an AWS access key" },
  {
    what: "after a quoted line break",
    text: String.raw`{"script":"#!/bin/sh\nAKIA${random(16, "upper")}"}`,
    kind: "an AWS access key",
  },
  {
    what: "the secret part of a key of AWS",
    text: `aws_secret_access_key = ${random(40, "base64")}`,
    kind: "a key or token",
  },
  { what: "the same as a variable", text: random(40, "base64"), name: "AWS_SECRET_ACCESS_KEY", kind: "a key or token" },
  { what: "the same without a name", text: `echo ${random(40, "base64")} > file`, kind: "text as random as a key" },
  { what: "a key of a Google API", text: `key=AIza${random(35, "base62")}`, kind: "a Google API key" },
  { what: "an access token of Google", text: `ya29.${random(120, "base62")}`, kind: "a Google access token" },
  { what: "a client secret of Google", text: `GOCSPX-${random(28, "base62")}`, kind: "a Google access token" },
  {
    what: "a service account of Google",
    text: JSON.stringify({ type: "service_account", private_key: privateKey }),
    kind: "a Google service account key",
  },
  {
    what: "a connection string of a storage account",
    text: `DefaultEndpointsProtocol=https;AccountName=lake;AccountKey=${random(86, "base64")}==;EndpointSuffix=core.windows.net`,
    kind: "an Azure account key",
  },
  {
    what: "a connection string of a message bus",
    text: `Endpoint=sb://bus.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=${random(43, "base64")}=`,
    kind: "an Azure account key",
  },
  {
    what: "a shared access signature",
    text: `https://lake.blob.core.windows.net/c?sv=2024-11-04&se=2030-01-01&sr=c&sp=rl&sig=${random(43, "base62")}%3D`,
    kind: "an Azure shared access signature",
  },
  { what: "a secret of an application", text: `abc8Q~${random(34, "base62")}`, kind: "an Azure client secret" },
  { what: "a personal token of GitHub", text: "ghp_" + random(36, "base62"), kind: "a GitHub token" },
  { what: "a token of a workflow", text: `url = https://x/?t=ghs_${random(36, "base62")}`, kind: "a GitHub token" },
  { what: "a narrow token of GitHub", text: "github_pat_" + random(82, "base62"), kind: "a GitHub token" },
  { what: "a personal token of GitLab", text: "glpat-" + random(20, "base62"), kind: "a GitLab token" },
  { what: "a token of a runner", text: `--registration glrt-${random(20, "base62")}`, kind: "a GitLab token" },
  { what: "a token of a bot", text: "xoxb-" + "123456789012-" + random(24, "base62"), kind: "a Slack token" },
  {
    what: "the address of a channel",
    text: "https://hooks.slack.com/services/T" + "0123ABCD/B0123ABCD/" + random(24, "base62"),
    kind: "a Slack token",
  },
  { what: "a live key", text: "sk_" + "live_" + random(24, "base62"), kind: "a Stripe key" },
  { what: "a restricted key in JSON", text: `{"k":"rk_${"live_" + random(24, "base62")}"}`, kind: "a Stripe key" },
  { what: "a token of npm", text: `//registry/:_auth=npm_${random(36, "base62")}`, kind: "a package registry token" },
  { what: "a token of PyPI", text: "pypi-" + random(90, "base62"), kind: "a package registry token" },
  { what: "a token of Docker Hub", text: "dckr_pat_" + random(27, "base62"), kind: "a package registry token" },
  { what: "a token of Vault", text: "hvs." + random(90, "base62"), kind: "an API token" },
  { what: "a token of Pulumi", text: "pul-" + random(40, "hex"), kind: "an API token" },
  { what: "a token of Databricks", text: "dapi" + random(32, "hex"), kind: "an API token" },
  { what: "a key of SendGrid", text: `SG.${random(22, "base62")}.${random(43, "base62")}`, kind: "an API token" },
  { what: "a private key", text: privateKey, kind: "a private key" },
  {
    what: "one of the newer form",
    text: `cert\n${pem("CERTIFICATE")}${pem("PRIVATE " + "KEY")}`,
    kind: "a private key",
  },
  { what: "one of OpenSSH in a heredoc", text: `cat <<E\n${pem("OPENSSH PRIVATE " + "KEY")}E`, kind: "a private key" },
  { what: "one of PGP", text: pem("PGP PRIVATE " + "KEY BLOCK"), kind: "a private key" },
  { what: "one of PuTTY", text: "PuTTY-User-Key-File-3: ssh-ed25519", kind: "a private key" },
  { what: "a token of a service account", text: webToken, kind: "a JSON web token" },
  { what: "the same in a header", text: `-H "Authorization: Bearer ${webToken}"`, kind: "a JSON web token" },
  {
    what: "an opaque token in a header",
    text: `Authorization: Bearer ${random(40, "base62")}`,
    kind: "an HTTP credential",
  },
  {
    what: "a name and password in a header",
    text: `authorization: basic ${base64("me:hunter2")}`,
    kind: "an HTTP credential",
  },
  { what: "the address of a database", text: "postgres://app:hunter2@db:5432/app", kind: "a password in an address" },
  { what: "one with an at sign in it", text: "url: amqps://u:p@ssw0rd@broker:5671", kind: "a password in an address" },
  { what: "one without a user", text: "redis://:hunter2@cache:6379/0", kind: "a password in an address" },
  { what: "the second of two", text: "http://a/ https://me:hunter2@b", kind: "a password in an address" },
  { what: "a variable", text: "hunter2", name: "DB_PASSWORD", kind: "a password" },
  { what: "a default", text: "changeme", name: "adminPassword", kind: "a password" },
  { what: "the worst of all", text: "password", name: "password", kind: "a password" },
  { what: "several words", text: "correct horse battery staple", name: "passphrase", kind: "a password" },
  { what: "a short name", text: "hunter2", name: "DB_PASS", kind: "a password" },
  { what: "a short name in camel case", text: "hunter2", name: "dbPass", kind: "a password" },
  { what: "a line of a script", text: "#!/bin/sh\nexport PGPASSWORD=hunter2\n", kind: "a password" },
  { what: "an option with a sign", text: "mysqldump --password=hunter2 all", kind: "a password" },
  { what: "an option with a space", text: "tool --password hunter2 run", kind: "a password" },
  { what: "a connection string of SQL Server", text: "Server=db;User Id=sa;Password=Pa55w0rd;", kind: "a password" },
  { what: "a log-in module of Java", text: 'required username="u" password="hunter2";', kind: "a password" },
  { what: "JSON", text: '{"user": "u", "password": "hunter2"}', kind: "a password" },
  { what: "JSON within JSON", text: String.raw`{"x":"{\"password\":\"hunter2\"}"}`, kind: "a password" },
  { what: "YAML", text: "user: u\npassword: hunter2 # of the test\n", kind: "a password" },
  { what: "YAML with quotes", text: "password: 'hunter2'", kind: "a password" },
  { what: "a program", text: 'const password = "hunter2";', kind: "a password" },
  { what: "a list of variables", text: "A=1,REDIS_PASSWD=hunter2", kind: "a password" },
  { what: "a key of hexadecimal digits", text: random(32, "hex"), name: "API_KEY", kind: "a key or token" },
  { what: "the same in JSON", text: `{"encryptionKey":"${random(64, "hex")}"}`, kind: "a key or token" },
  { what: "a token of an address", text: `https://x/hook?token=${random(24, "base62")}`, kind: "a key or token" },
  { what: "a key of lower case", text: random(32, "base62").toLowerCase(), name: "secret", kind: "a key or token" },
  { what: "a binary key in base64", text: `x ${random(44, "base64")}`, kind: "text as random as a key" },
];

const certificate = `MIID${base64("\x01\x02")}`;

const OTHERS: readonly Case[] = [
  { what: "nothing", text: "" },
  { what: "a documented example", text: "AKIAIOSFODNN7EXAMPLE" },
  { what: "a mask of a token", text: "ghp_" + "x".repeat(36) },
  { what: "an id of a role", text: `AROA${random(17, "upper")}` },
  { what: "a longer word that begins as a key does", text: `AKIA${random(30, "upper")}` },
  { what: "the prefixes of tokens", text: "tokens begin with ghp_, glpat-, xoxb- or AKIA" },
  { what: "a variable of a shell", text: "$DB_PASSWORD", name: "DB_PASSWORD" },
  { what: "one in braces", text: "${DB_PASSWORD}", name: "DB_PASSWORD" },
  { what: "one with a default", text: "${DB_PASSWORD:-}", name: "DB_PASSWORD" },
  { what: "what a command says", text: "PGPASSWORD=$(cat /run/secrets/db) psql" },
  { what: "the same in backticks", text: "PASSWORD=`cat /run/secrets/db`" },
  { what: "a template", text: "password: {{ .Values.password }}" },
  { what: "a reference to a vault", text: "@Microsoft.KeyVault(SecretUri=https://v/s)", name: "DB_PASSWORD" },
  { what: "a reference of CloudFormation", text: "{{resolve:secretsmanager:db}}", name: "password" },
  { what: "a variable of Windows", text: "%PASSWORD%", name: "password" },
  { what: "a mask", text: "********", name: "password" },
  { what: "what the state says of a secret", text: "[secret]", name: "password" },
  { what: "a gap in angle brackets", text: "password=<your password>" },
  { what: "an empty one", text: 'password=""' },
  { what: "a switch", text: "--require-password=true" },
  { what: "a choice", text: "required", name: "clientPassword" },
  { what: "an option that reads", text: "docker login --username AWS --password-stdin 111122223333.dkr.ecr.x" },
  { what: "a file", text: "/var/run/secrets/db/password", name: "DB_PASSWORD" },
  { what: "a name of a file", text: "PASSWORD_FILE=hunter2.txt" },
  { what: "an ARN", text: "arn:aws:secretsmanager:us-west-2:111122223333:secret:db-AbCdEf", name: "DB_PASSWORD" },
  { what: "an ARN in a policy", text: '"arn:aws:secretsmanager:us-west-2:111122223333:secret:portfolio-prod/db-*"' },
  { what: "the name of a secret", text: "portfolio-dev/postgres-shard-0", name: "DB_SECRET" },
  { what: "a name that was generated", text: "database-credentials-6f15825", name: "secret" },
  { what: "the name of a key in it", text: "database-password", name: "password" },
  { what: "a reference of Kubernetes", text: "secretKeyRef:\n  name: database\n  key: password\n" },
  { what: "an existing secret of a chart", text: "existingSecret: broker-credentials" },
  { what: "a sentence", text: "password: the one that the vault has, see the runbook" },
  { what: "another", text: "Passwords are rotated; the token is short-lived." },
  { what: "a comparison", text: 'if password == "hunter2"' },
  { what: "an expression", text: "password = var.database_password" },
  { what: "a call", text: "password = read_secret()" },
  { what: "a schema", text: '{"password": {"type": "string"}}' },
  { what: "length and age of passwords", text: "minimum_password_length=14 password_reuse_prevention=24" },
  { what: "bypass", text: "AzureServices", name: "bypass" },
  { what: "the working directory", text: "PWD=/home/app" },
  { what: "an address", text: "https://oidc.eks.us-west-2.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9" },
  { what: "an address with a user alone", text: "ssh://git@github.com/o/r.git" },
  { what: "an address with a variable", text: "postgres://app:${PASSWORD}@db/app" },
  { what: "an address of mail", text: "https://x/?mail=a:b@c.de mailto:ops@x" },
  { what: "Basic as a word", text: "Basic SKU, Bearer token" },
  { what: "a scheme and a variable", text: "Authorization: Bearer $TOKEN" },
  { what: "the digest of an image", text: `nginx@sha256:${random(64, "hex")}` },
  { what: "a digest in base64", text: `sha512-${random(86, "base64")}==` },
  { what: "a fingerprint", text: `SHA256:${random(43, "base64")}` },
  { what: "a digest by its name", text: random(43, "base64") + "=", name: "sourceCodeHash" },
  { what: "a digest by its name in JSON", text: `{"checksum":"${random(43, "base64")}="}` },
  { what: "a commit", text: random(40, "hex") },
  { what: "a UUID", text: "token: 2f8b11aa-9cf0-4a52-9b6f-0a3a7c2d51ee" },
  { what: "a UUID in a path", text: "Authorization/roleDefinitions/c088a766-074b-43ba-90d4-1fb21feae531" },
  { what: "a certificate", text: pem("CERTIFICATE") },
  { what: "a public key", text: `-----BEGIN PUBLIC KEY-----${random(200, "base64")}-----END PUBLIC KEY-----` },
  { what: "a certificate in base64", text: base64(pem("CERTIFICATE")), name: "certificate-authority-data" },
  {
    what: "a certificate without its frame",
    text: `x ${Buffer.concat([Buffer.from([0x30, 0x82, 3, 0x39, 0x30, 0x82]), Buffer.from(random(90, "base64"))]).toString("base64")}`,
    name: certificate.slice(0, 1),
  },
  {
    what: "a public key of SSH",
    text: `ssh-rsa ${Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from(`ssh-rsa${random(90, "base64")}`)]).toString("base64")}`,
  },
  { what: "readable text in base64", text: base64("offline: no certificate of this cluster, Version 1.33") },
  { what: "a managed policy", text: "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly", name: "policyArn" },
  { what: "a long name", text: "AzureFunctionsJobHost__extensions__kafka__subscriberIntervalInSeconds" },
  { what: "an action", text: "secretsmanager:GetSecretValue" },
  { what: "an account", text: "111122223333", name: "ACCOUNT" },
  { what: "a version", text: "v1.33.4-eks-1a2b3c4", name: "version" },
  { what: "a time", text: "2026-01-01T00:00:00Z" },
];

describe("credentials in texts", () => {
  for (const { what, text, name, kind } of CREDENTIALS) {
    it(`[PR-05] finds ${kind}: ${what}`, () => {
      assert.equal(credentialIn(text, name), kind);
    });
  }
  for (const { what, text, name } of OTHERS) {
    it(`[PR-05] finds none in ${what}`, () => {
      assert.equal(credentialIn(text, name), undefined);
    });
  }
  it("[PR-05] finds at least 95 of 100 random keys of each length, and no digest", () => {
    for (const length of [32, 40, 44, 64, 88]) {
      const keys = Array.from({ length: 200 }, (_, index) => random(length, "base64", String(index)));
      const found = keys.filter((key) => credentialIn(`x ${key} y`) !== undefined);
      assert.ok(found.length >= 190, `${String(found.length)} of 200 of length ${String(length)}`);
    }
    const digests = Array.from({ length: 200 }, (_, index) => random(64, "hex", String(index)));
    assert.deepEqual(
      digests.filter((digest) => credentialIn(`x ${digest} y`) !== undefined),
      [],
    );
  });
  for (const stack of STACKS) {
    it(`[PR-05] finds none in the inputs of ${stack}`, () => {
      const found = fixtures(stack).flatMap(({ urn, inputs }) =>
        [...credentialsIn(inputs, "")].map(({ path, kind }) => `${urn} ${path} holds ${kind}`),
      );
      assert.deepEqual(found, []);
    });
  }
  it("[PR-05] reads 250,000 characters of anything in one pass", function () {
    // Anything that is not proportional takes minutes for so many characters.
    this.timeout(20_000);
    const pieces = [
      "password=",
      "password: ",
      '\\"password\\": ',
      "secret ",
      "--token ",
      "://",
      "a://b@",
      "a://b:",
      "sig=",
    ];
    const tokens = [
      "eyJ.",
      "-----BEGIN ",
      "Bearer ",
      "Basic a",
      "sk_live_",
      "aA0+",
      "/",
      "=",
      "'",
      "\\",
      " ",
      "\n",
      "A1b",
    ];
    const headers = [`Bearer ${"a".repeat(4000)} `, `Basic ${base64(`${":".repeat(3000)}\n`)} `, "=x"];
    for (const piece of [...pieces, ...tokens, ...headers]) {
      for (const name of ["x", "token"]) {
        credentialIn(piece.repeat(Math.ceil(250_000 / piece.length)), name);
      }
    }
  });
});

describe("credentials in values", () => {
  it("[PR-05] names the path of each, and nothing of what it found", () => {
    const value = {
      env: [
        { name: "LOG_LEVEL", value: "info" },
        { name: "DB_PASSWORD", value: "hunter2" },
      ],
      data: { "app.conf": "password=hunter2", password: "hunter2", size: 3, on: true, none: null },
      list: ["a", "redis://:hunter2@cache"],
    };
    assert.deepEqual(
      [...credentialsIn(viewOf(value), "spec")],
      [
        { path: "spec.env[1].value", kind: "a password" },
        { path: 'spec.data["app.conf"]', kind: "a password" },
        { path: "spec.data.password", kind: "a password" },
        { path: "spec.list[1]", kind: "a password in an address" },
      ],
    );
  });
  it("[PR-05] takes the name of a text from its path, or as given", () => {
    assert.deepEqual([...credentialsIn("hunter2", 'variables["DB_PASSWORD"]')].length, 1);
    assert.deepEqual([...credentialsIn("hunter2", "adminPassword[0]")].length, 1);
    assert.deepEqual([...credentialsIn("hunter2", "variables.LEVEL")].length, 0);
    assert.deepEqual([...credentialsIn("hunter2", "value", { name: "DB_PASSWORD" })].length, 1);
  });
  it("[PR-05] decodes base64 where it is told to", () => {
    const userData = base64("#!/bin/sh\nexport PGPASSWORD=hunter2\n");
    assert.deepEqual([...credentialsIn(userData, "userData")], []);
    assert.deepEqual(
      [...credentialsIn(userData, "userData", { encoding: "base64" })],
      [{ path: "userData", kind: "a password" }],
    );
    const found: string[] = [];
    // What is no base64 is looked at as it is, and is not taken for harmless.
    assert.throws(() => {
      for (const { kind } of credentialsIn("PGPASSWORD=hunter2", "userData", { encoding: "base64" })) found.push(kind);
    }, Undecided);
    assert.deepEqual(found, ["a password"]);
  });
  it("[PR-05] finds what can be read, then says what could not", () => {
    const view = viewOf({ a: Unknown.value, list: [Unknown.value], b: { password: "hunter2" } });
    const found: string[] = [];
    assert.throws(
      () => {
        for (const { path } of credentialsIn(view, "")) found.push(path);
      },
      (error) => error instanceof Undecided && error.path === "a",
    );
    assert.deepEqual(found, ["b.password"]);
  });
  it("[PR-05] passes over what is no text", () => {
    assert.deepEqual([...credentialsIn(viewOf({ code: new Asset("archive", random(64, "hex")) }), "")], []);
    for (const value of [undefined, null, 0, true]) assert.deepEqual([...credentialsIn(value, "password")], []);
  });
  it("decodes text alone", () => {
    assert.equal(decodedText(base64("a: b\n")), "a: b\n");
    assert.equal(decodedText(`${base64("a: bc")}\n`), "a: bc");
    assert.equal(decodedText(""), "");
    assert.equal(decodedText(gzipSync("a: b\n").toString("base64")), "a: b\n");
    for (const text of ["a", "not base64", "AAAA", "/////w=="]) assert.equal(decodedText(text), undefined);
  });
});
