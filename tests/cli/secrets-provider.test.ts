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

  const refused: readonly [what: string, text: string, message: RegExp][] = [
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
