import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { backendOf, backendSettings, backendStackName } from "../../stacks/backends";
import { catalogue } from "../../stacks/catalogue";
import { committed } from "../config/stack-files";

const REPOSITORY = resolve(__dirname, "../..");

/** Runs the program as Pulumi runs it, against a monitor that knows no value yet, and tells which files of SDKs it loaded. */
const SCRIPT = `
const stack = process.argv[1];
const { setMocks, runInPulumiStack } = require("@pulumi/pulumi/runtime");
const answers = {
  ...{ accountId: "111122223333", partition: "aws" },
  ...{ subscriptionId: "00000000-0000-4000-8000-000000000001", tenantId: "00000000-0000-4000-8000-000000000002" },
};
setMocks(
  { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: ({ inputs }) => ({ ...inputs, ...answers }) },
  "platform",
  stack,
  true,
);
const program = require("./boot/program.cjs");
runInPulumiStack(program).then(() => {
  const loaded = Object.keys(require.cache).flatMap((file) => /node_modules[/\\\\]@pulumi[/\\\\](.+)$/.exec(file)?.[1] ?? []);
  process.stdout.write(JSON.stringify(loaded.map((file) => file.replaceAll("\\\\", "/"))));
});
`;

/** The files of SDKs that a stack loads, from the folder of all SDKs on. */
function loadedBy(stack: string, values: Readonly<Record<string, string>>, secretKeys: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", SCRIPT, stack], {
    cwd: REPOSITORY,
    encoding: "utf8",
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(values),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
    },
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as string[];
}

const packages = (files: readonly string[]) => [...new Set(files.map((file) => file.split("/")[0]))].sort();

/** SDKs by cloud: those of Kubernetes and of random values belong to none. */
const SDKS = { aws: ["aws", "eks"], gcp: ["gcp"], azure: ["azure-native"] } as const;

/** SDKs of what keeps a state. */
const stateSdks = { aws: "aws", gcp: "gcp", azure: "azure-native" } as const;

/** Whom a state belongs to; the account of AWS is optional. */
const accounts = { aws: [], gcp: ["portfolio-123456"], azure: ["00000000-0000-4000-8000-000000000001"] } as const;

describe("SDKs that a stack loads", function () {
  this.timeout(60_000);

  for (const { stack, clouds } of Object.values(catalogue)) {
    let files: string[];
    before(() => {
      const { values, secretKeys } = committed(stack);
      files = loadedBy(stack, values, secretKeys);
    });

    it(`are those of the clouds of ${stack}, and none of another`, () => {
      assert.deepEqual(
        packages(files),
        [...clouds.flatMap((cloud) => SDKS[cloud]), "kubernetes", "pulumi", "random"].sort(),
      );
    });

    it(`are loaded in parts by ${stack}, never as a whole`, () => {
      assert.deepEqual(
        files.filter((file) => /^(aws|eks|gcp|azure-native|kubernetes|random)\/(bin\/)?index\.js$/.test(file)),
        [],
      );
    });
  }

  for (const cloud of ["aws", "gcp", "azure"] as const) {
    const stack = Object.keys(catalogue).find((each) => backendOf(each)?.backend.cloud === cloud);
    it(`are that of its cloud alone for the state of a stack on ${cloud}`, () => {
      const row = backendOf(stack ?? "");
      assert.ok(row, `no stack keeps its state on ${cloud}`);
      const settings = backendSettings(row, { class: "production", accounts: accounts[cloud] });
      const values = Object.entries(settings).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
      const files = loadedBy(
        backendStackName(row.entry.stack),
        Object.fromEntries(values) as Record<string, string>,
        [],
      );
      assert.deepEqual(packages(files), [stateSdks[cloud], "pulumi"].sort());
    });
  }
});
