import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, EXIT } from "../../cli/exit-codes";
import { secretsProviderProblem } from "../../cli/secrets-provider";
import { readStackFile, type StackFile } from "../../cli/stack-file";
import type { StackBackend } from "../../stacks/backends";

const row: StackBackend = {
  entry: {
    stack: "prod",
    system: "portfolio",
    site: "prod",
    blueprint: "portfolio-aws",
    clouds: ["aws"],
    region: "us-west-2",
    description: "",
  },
  backend: { cloud: "aws", region: "us-west-2", siteContract: "delivered" },
  prefix: "portfolio-prod",
};

const file = (of: Partial<StackFile>): StackFile => ({
  class: "production",
  accounts: [],
  secretsProvider: undefined,
  salted: false,
  ...of,
});
const problem = (of: Partial<StackFile>) => secretsProviderProblem(row, file(of));

describe("the key that a stack's file names", () => {
  const fitting: readonly [what: string, of: Partial<StackFile>][] = [
    ["none yet", {}],
    ["an alias in the state's region", { secretsProvider: "awskms:///alias/portfolio-prod/state?region=us-west-2" }],
    ["an alias with one slash less", { secretsProvider: "awskms://alias/portfolio-prod/state?region=us-west-2" }],
    [
      "an ARN of an account that is allowed",
      {
        accounts: ["111122223333"],
        secretsProvider: "awskms:///arn:aws:kms:us-west-2:111122223333:key/k?region=us-west-2",
      },
    ],
    ["a passphrase in development", { class: "development", salted: true }],
    ["a passphrase by name in staging", { class: "staging", secretsProvider: "passphrase", salted: true }],
  ];
  for (const [what, of] of fitting) {
    it(`may be ${what}`, () => {
      assert.equal(problem(of), undefined);
    });
  }

  const refused: readonly [what: string, of: Partial<StackFile>, message: string][] = [
    [
      "of another cloud",
      { secretsProvider: "gcpkms://projects/p/locations/us/keyRings/r/cryptoKeys/k" },
      "secretsprovider gcpkms://projects/p/locations/us/keyRings/r/cryptoKeys/k is a key of gcp, which the state's cloud cannot use",
    ],
    [
      "of another cloud, in development too",
      { class: "development", secretsProvider: "azurekeyvault://v.vault.azure.net/keys/k" },
      "secretsprovider azurekeyvault://v.vault.azure.net/keys/k is a key of azure, which the state's cloud cannot use",
    ],
    [
      "of another region",
      { secretsProvider: "awskms:///alias/a?region=us-east-1" },
      "secretsprovider awskms:///alias/a?region=us-east-1 is a key of us-east-1, another region than the state's",
    ],
    [
      "by an ARN of another region",
      { secretsProvider: "awskms:///arn:aws:kms:us-east-1:111122223333:key/k?region=us-west-2" },
      "secretsprovider awskms:///arn:aws:kms:us-east-1:111122223333:key/k?region=us-west-2 is a key of us-east-1, another region than the state's",
    ],
    [
      "without a region",
      { secretsProvider: "awskms://alias/a" },
      "secretsprovider awskms://alias/a names no region, so that each user's own settings choose the key",
    ],
    [
      "of an account that is none",
      { secretsProvider: "awskms:///arn:aws:kms:us-west-2:12345:key/k?region=us-west-2" },
      'secretsprovider awskms:///arn:aws:kms:us-west-2:12345:key/k?region=us-west-2 is a key of account "12345", which is not twelve digits',
    ],
    [
      "of an account that is not allowed",
      {
        accounts: ["444455556666"],
        secretsProvider: "awskms:///arn:aws:kms:us-west-2:111122223333:key/k?region=us-west-2",
      },
      "secretsprovider awskms:///arn:aws:kms:us-west-2:111122223333:key/k?region=us-west-2 is a key of account 111122223333, and platform:accounts has 444455556666 only",
    ],
    [
      "a passphrase in production",
      { salted: true },
      "encryptionsalt: secrets of a stack of class production are encrypted with a passphrase",
    ],
    [
      "a passphrase by name in recovery",
      { class: "recovery", secretsProvider: "passphrase", salted: true },
      "secretsprovider passphrase is no key of a cloud, and the stack is of class recovery",
    ],
  ];
  for (const [what, of, message] of refused) {
    it(`may not be ${what}`, () => {
      assert.equal(
        problem(of),
        [
          `Pulumi.prod.yaml: ${message}. The state of prod is in aws us-west-2 (docs/backends.md), so is its key. Run`,
          "  npx platform backend bootstrap prod",
          "  pulumi stack change-secrets-provider 'awskms:///alias/portfolio-prod/state?region=us-west-2' --stack prod",
        ].join("\n"),
      );
    });
  }
});

describe("the key that the file of a stack on another cloud names", () => {
  const SUBSCRIPTION = "0a1b2c3d-0000-4000-8000-00000000d001";
  const onGcp: StackBackend = {
    entry: { ...row.entry, stack: "prod-gcp", clouds: ["gcp"], region: "us-central1" },
    backend: { cloud: "gcp", region: "us-central1", siteContract: "delivered" },
    prefix: "portfolio-prod-gcp",
  };
  const onAzure: StackBackend = {
    entry: { ...row.entry, stack: "dr", clouds: ["azure"], region: "eastus" },
    backend: { cloud: "azure", region: "eastus", siteContract: "delivered" },
    prefix: "portfolio-dr",
  };
  const gcpKey = (project: string, location: string) =>
    `gcpkms://projects/${project}/locations/${location}/keyRings/r/cryptoKeys/k`;
  const vaultKey = "azurekeyvault://some-vault.vault.azure.net/keys/k";

  const fitting: readonly [what: string, row: StackBackend, of: Partial<StackFile>][] = [
    [
      "one of Google Cloud in the region and the project",
      onGcp,
      { accounts: ["p-one-1"], secretsProvider: gcpKey("p-one-1", "us-central1") },
    ],
    [
      "one of Google Cloud in the region, where no project is named",
      onGcp,
      { secretsProvider: gcpKey("p-one-1", "us-central1") },
    ],
    ["one of a vault", onAzure, { accounts: [SUBSCRIPTION], secretsProvider: vaultKey }],
    ["a version of one of a vault", onAzure, { secretsProvider: `${vaultKey}/${"0123456789abcdef".repeat(2)}` }],
  ];
  for (const [what, of, given] of fitting) {
    it(`may be ${what}`, () => {
      assert.equal(secretsProviderProblem(of, file(given)), undefined);
    });
  }

  const refused: readonly [what: string, row: StackBackend, of: Partial<StackFile>, message: string][] = [
    [
      "of another cloud",
      onGcp,
      { secretsProvider: vaultKey },
      "is a key of azure, which the state's cloud cannot use. The state of prod-gcp is in gcp us-central1",
    ],
    [
      "in another region",
      onGcp,
      { secretsProvider: gcpKey("p-one-1", "global") },
      "is a key of global, another region than the state's. The state of prod-gcp is in gcp us-central1",
    ],
    [
      "of another project",
      onGcp,
      { accounts: ["p-two-2"], secretsProvider: gcpKey("p-one-1", "us-central1") },
      "is a key of project p-one-1, and platform:project is p-two-2. The state of prod-gcp is in gcp us-central1",
    ],
    [
      "without its ring",
      onGcp,
      { secretsProvider: "gcpkms://projects/p/cryptoKeys/k" },
      "is no key: projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>. The state of prod-gcp is in gcp us-central1",
    ],
    [
      "outside a vault",
      onAzure,
      { secretsProvider: "azurekeyvault://some-vault/keys/k" },
      "is no key: <vault>.vault.azure.net/keys/<key>. The state of dr is in azure eastus",
    ],
  ];
  for (const [what, of, given, message] of refused) {
    it(`may not be one ${what}`, () => {
      const [first = ""] = (secretsProviderProblem(of, file(given)) ?? "").split("\n");
      assert.equal(
        first,
        `Pulumi.${of.entry.stack}.yaml: secretsprovider ${String(given.secretsProvider)} ${message} (docs/backends.md), so is its key. Run`,
      );
    });
  }

  it("is replaced by that of the project that the file names", () => {
    const wanted = (accounts: readonly string[]) =>
      secretsProviderProblem(onGcp, file({ accounts, secretsProvider: vaultKey }))?.split("\n")[2];
    const ring = (project: string) =>
      `gcpkms://projects/${project}/locations/us-central1/keyRings/portfolio-prod-gcp-state/cryptoKeys/state`;
    assert.equal(wanted(["p-one-1"]), `  pulumi stack change-secrets-provider '${ring("p-one-1")}' --stack prod-gcp`);
    assert.equal(wanted([]), `  pulumi stack change-secrets-provider '${ring("<project>")}' --stack prod-gcp`);
  });
});

describe("a stack's file, as the command reads it", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "platform-stack-file-"));
  });
  after(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const read = (text: string) => {
    writeFileSync(join(root, "Pulumi.s.yaml"), text);
    return readStackFile(root, "s");
  };

  it("is absent, empty or has all", async () => {
    assert.equal(await readStackFile(root, "nobody"), undefined);
    assert.deepEqual(await read(""), { class: "production", accounts: [], secretsProvider: undefined, salted: false });
    const text = [
      "secretsprovider: awskms://alias/a",
      "encryptionsalt: v1:abc",
      "config:",
      "  platform:blueprint: portfolio-aws",
      "  platform:class: staging",
      '  platform:accounts: ["111122223333"]',
    ].join("\n");
    assert.deepEqual(await read(text), {
      class: "staging",
      accounts: ["111122223333"],
      secretsProvider: "awskms://alias/a",
      salted: true,
    });
  });

  it("has its blueprint's class where it names none", async () => {
    assert.equal((await read("config:\n  platform:blueprint: portfolio-aws\n"))?.class, "development");
    assert.equal((await read("config:\n  platform:blueprint: durga-puja\n"))?.class, "production");
  });

  it("names a project or a subscription in place of accounts", async () => {
    assert.deepEqual((await read("config:\n  platform:project: portfolio-prod\n"))?.accounts, ["portfolio-prod"]);
    const subscription = "0a1b2c3d-0000-4000-8000-00000000d001";
    assert.deepEqual((await read(`config:\n  platform:subscription: ${subscription}\n`))?.accounts, [subscription]);
  });

  const refused: readonly [what: string, text: string, message: RegExp][] = [
    [
      "a project that is none",
      'config:\n  platform:project: "123456789012"\n',
      /^platform:project in Pulumi\.s\.yaml: "123456789012" is no project: give its id, 6 to 30 small letters, digits and hyphens$/,
    ],
    [
      "a subscription that is none",
      "config:\n  platform:subscription: ours\n",
      /^platform:subscription in Pulumi\.s\.yaml: "ours" is no subscription: give its GUID in small letters$/,
    ],
    [
      "an account that is none",
      'config:\n  platform:accounts: ["1234"]\n',
      /^platform:accounts in Pulumi\.s\.yaml: "1234" is no account: give its twelve digits$/,
    ],
    [
      "a secrets provider that is no text",
      "secretsprovider: [a]\n",
      /^Pulumi\.s\.yaml is not the file of a stack: secretsprovider: /,
    ],
  ];
  for (const [what, text, message] of refused) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(
        () => read(text),
        (error) =>
          error instanceof CommandError && error.exitCode === EXIT.configuration && message.test(error.message),
      );
    });
  }
});
