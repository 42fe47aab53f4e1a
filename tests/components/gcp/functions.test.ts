import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Bucket } from "@pulumi/gcp/storage/bucket";
import type { StringAsset } from "@pulumi/pulumi/asset";
import { archiveEvents } from "../../../components/gcp/archive-events";
import { functionCode } from "../../../components/gcp/function-code";
import { FunctionRuntime } from "../../../components/gcp/functions";
import type { AgentService } from "../../../components/gcp/service-agents";
import { text } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground } from "./ground";
import { serviceKey } from "./service-key";

const apis = [
  "cloudbuild.googleapis.com",
  "cloudfunctions.googleapis.com",
  "eventarc.googleapis.com",
  "run.googleapis.com",
];
const users: readonly AgentService[] = ["cloudfunctions", "run", "artifactregistry", "storage", "eventarc"];
const codeFolder = join(process.cwd(), "functions");
const sizes = { memoryMiB: 256, timeoutSeconds: 60, concurrency: 5 };
const callers = { consumer: "group:consumers@example.com" };

function functions(ground: Ground, keyUsers = users) {
  const { project, prefix, protection, onGcp } = ground;
  const keyId = serviceKey(ground, "functions", keyUsers);
  const { name } = new Bucket(
    "lake",
    { location: "us-central1", name: "test-lake", project: project.id, uniformBucketLevelAccess: true },
    { provider: ground.gcp },
  );
  return new FunctionRuntime(
    "functions",
    {
      project,
      prefix,
      functions: { "archive-events": archiveEvents({ bucketName: name }, sizes, callers) },
      codeFolder,
      keyId,
      protection,
    },
    onGcp,
  );
}

describe("functions on Google Cloud", () => {
  it("[PF-SVC-03] are built by the cloud, encrypted, and answer callers of the network alone", async () => {
    const stack = await onSite((ground) => void functions(ground), { apis });
    const { inputs } = stack.named("functions-archive-events-function");
    assert.equal(inputs["name"], "test-archive-events");
    assert.match(text(inputs["kmsKeyName"]), /cryptoKeys\/functions$/);
    const { digest } = functionCode(codeFolder, "archive-events");
    const bucket = `${projectId}-test-functions`;
    assert.deepEqual(inputs["buildConfig"], {
      runtime: "nodejs24",
      entryPoint: "handler",
      source: { storageSource: { bucket, object: `archive-events-${digest}.zip` } },
      dockerRepository: stack.id("functions-build-images"),
      serviceAccount: `projects/${projectId}/serviceAccounts/test-build@${projectId}.iam.gserviceaccount.com`,
    });
    assert.deepEqual(inputs["serviceConfig"], {
      ingressSettings: "ALLOW_INTERNAL_ONLY",
      serviceAccountEmail: `test-archive-events@${projectId}.iam.gserviceaccount.com`,
      availableMemory: "256Mi",
      timeoutSeconds: 60,
      maxInstanceCount: 5,
      maxInstanceRequestConcurrency: 1,
      environmentVariables: { BUCKET: "test-lake" },
      allTrafficOnLatestRevision: true,
    });
    const code = stack.named("functions-build-code").inputs;
    assert.equal(code["publicAccessPrevention"], "enforced");
    assert.equal(code["uniformBucketLevelAccess"], true);
    // It holds nothing that is not made again from the code.
    assert.deepEqual(code["labels"], { criticality: "rebuildable" });
    assert.deepEqual(stack.input("functions-build-images", "labels"), { criticality: "rebuildable" });
    assert.deepEqual(code["versioning"], { enabled: true });
    assert.match(text(stack.input("functions-build-code", "encryption.defaultKmsKeyName")), /cryptoKeys\/functions$/);
    assert.match(text(stack.input("functions-build-images", "kmsKeyName")), /cryptoKeys\/functions$/);
  });

  it("keep code and images as long as the class protects what is kept", async () => {
    for (const [stackClass, isHeld] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await onSite((ground) => void functions(ground), { apis, class: stackClass });
      for (const name of ["functions-build-code", "functions-build-images"]) {
        assert.equal(stack.named(name).protect, isHeld, `${stackClass} ${name}`);
      }
      assert.equal(stack.input("functions-build-code", "forceDestroy"), !isHeld, stackClass);
    }
  });

  it("[PF-SVC-03] write to their folder of the lake, and have no other right", async () => {
    const stack = await onSite((ground) => void functions(ground), { apis });
    const own = `serviceAccount:test-archive-events@${projectId}.iam.gserviceaccount.com`;
    const rights = stack.run.resources.filter(({ inputs: { member } }) => member === own);
    assert.deepEqual(
      rights.map(({ name, inputs }) => [name, inputs["bucket"], inputs["role"], inputs["condition"]]),
      [
        [
          "functions-archive-events-events",
          "test-lake",
          "roles/storage.objectUser",
          {
            title: "Objects under events",
            expression: 'resource.name.startsWith("projects/_/buckets/test-lake/objects/events/")',
          },
        ],
      ],
    );
    assert.ok(stack.waitsFor("functions-archive-events-function").has("functions-archive-events-events"));
  });

  it("are called by whom they are told of, and by nobody else", async () => {
    let said = "";
    const stack = await onSite(
      (ground) => {
        functions(ground).urls["archive-events"]?.apply((url) => {
          said = url;
        });
      },
      { apis },
    );
    assert.match(said, /^https:\/\/test-archive-events-\d+\.us-central1\.run\.app$/);
    const invokers = stack.run.resources.filter(({ inputs: { role } }) => role === "roles/run.invoker");
    assert.deepEqual(
      invokers.map(({ inputs }) => [inputs["name"], inputs["location"], inputs["member"]]),
      [["test-archive-events", "us-central1", "group:consumers@example.com"]],
    );
    assert.deepEqual(
      stack.run.resources.filter(({ inputs }) => JSON.stringify(inputs).includes("allUsers")),
      [],
    );
  });

  it("are built by an account that reads code, pushes images and writes its log", async () => {
    const stack = await onSite((ground) => void functions(ground), { apis });
    const own = `serviceAccount:test-build@${projectId}.iam.gserviceaccount.com`;
    const rights = stack.run.resources
      .filter(({ inputs: { member } }) => member === own)
      .map(({ name, inputs }) => [name, text(inputs["role"])] as const);
    assert.deepEqual([...rights].sort(), [
      ["functions-build-log", "roles/logging.logWriter"],
      ["functions-build-push", "roles/artifactregistry.writer"],
      ["functions-build-read", "roles/storage.objectViewer"],
    ]);
    for (const [name] of rights) {
      assert.ok(stack.waitsFor("functions-archive-events-function").has(name), name);
    }
  });

  it("are refused where Cloud Functions may not use the key, or an API is off", async () => {
    const withoutRight = await attempt((ground) => void functions(ground, users.slice(1)), { apis });
    assert.match(withoutRight.run.errors.join("\n"), /archive-events-function: .*gcf-admin-robot/);
    const withoutBuild = await attempt((ground) => void functions(ground), { apis: apis.slice(1) });
    assert.match(withoutBuild.run.errors.join("\n"), /gcp\.projects\.Service enables cloudbuild\.googleapis\.com/);
  });
});

describe("code of a function on Cloud Run", () => {
  const files = () => functionCode(codeFolder, "archive-events").archive.assets;

  it("is that of all clouds with its own entry, and needs no package", async () => {
    const assets = await files();
    assert.deepEqual(Object.keys(assets), ["archive.mjs", "bucket.mjs", "index.mjs", "package.json"]);
    const description = JSON.parse(await content("package.json")) as Record<string, unknown>;
    assert.equal(description["type"], "module");
    assert.equal(description["main"], "index.mjs");
    assert.equal(description["dependencies"], undefined);
    assert.doesNotMatch(await content("index.mjs"), /aws/);
  });

  it("has a digest that is the same on every machine", () => {
    assert.equal(functionCode(codeFolder, "archive-events").digest, functionCode("functions", "archive-events").digest);
    assert.match(functionCode(codeFolder, "archive-events").digest, /^[0-9a-f]{16}$/);
  });

  it("that is missing is named with its place", () => {
    assert.throws(() => functionCode(codeFolder, "no-such"), /function "no-such" has no code: .*index\.mjs is missing/);
  });

  it("[PF-SVC-03] writes batches to the bucket with a token of its account, and says so", async () => {
    const sent: { url: string; token: string; body: string }[] = [];
    const answered = await call({ records: { "orders-0": [record] } }, (url, init) => {
      sent.push({ url, token: new Headers(init?.headers).get("authorization") ?? "", body: init?.body as string });
      return new Response("{}");
    });
    assert.deepEqual(answered, { status: 200, body: { objects: 1 } });
    assert.deepEqual(sent, [
      {
        url: "https://storage.googleapis.com/upload/storage/v1/b/test-lake/o?uploadType=media&name=events%2Ftopic%3Dorders%2Fdate%3D2026-01-02%2F0-00000000000000000041.jsonl",
        token: "Bearer token-1",
        body: `${JSON.stringify({ ...record, timestamp: "2026-01-02T00:00:00.000Z", key: "a", value: { total: 1 } })}\n`,
      },
    ]);
  });

  it("answers with 500 when the bucket does not take a batch, and with 400 to what is none", async () => {
    const refused = await call({ records: { "orders-0": [record] } }, () => new Response("no", { status: 403 }));
    assert.equal(refused.status, 500);
    assert.match(refused.body["error"] as string, /Cloud Storage answered 403: no/);
    assert.equal((await call({}, () => assert.fail("nothing is sent"))).status, 400);
  });

  const record = {
    topic: "orders",
    partition: 0,
    offset: 41,
    timestamp: Date.UTC(2026, 0, 2),
    key: Buffer.from("a").toString("base64"),
    value: Buffer.from('{"total":1}').toString("base64"),
  };

  async function content(file: string): Promise<string> {
    const asset = (await files())[file] as StringAsset;
    return asset.text;
  }

  interface Answer {
    status: number;
    body: Record<string, unknown>;
  }

  /** Runs the package as it is built, with this instead of the network. */
  async function call(body: object, storage: (url: string, init?: RequestInit) => Response): Promise<Answer> {
    const folder = mkdtempSync(join(tmpdir(), "function-"));
    for (const file of Object.keys(await files())) writeFileSync(join(folder, file), await content(file));
    const before = { fetch: globalThis.fetch, bucket: process.env["BUCKET"], error: console.error };
    const answer: Answer = { status: 0, body: {} };
    const response = {
      status: (status: number) => {
        answer.status = status;
        return response;
      },
      json: (said: Record<string, unknown>) => {
        answer.body = said;
      },
    };
    process.env["BUCKET"] = "test-lake";
    console.error = () => undefined;
    globalThis.fetch = (asked, init) => {
      const url = asked as string;
      return Promise.resolve(
        url.startsWith("http://metadata.google.internal/")
          ? Response.json({ access_token: "token-1", expires_in: 3600 })
          : storage(url, init),
      );
    };
    try {
      const module = (await import(pathToFileURL(join(folder, "index.mjs")).href)) as {
        handler(request: object, response: object): Promise<void>;
      };
      await module.handler({ method: "POST", body }, response);
    } finally {
      globalThis.fetch = before.fetch;
      console.error = before.error;
      if (before.bucket === undefined) delete process.env["BUCKET"];
      else process.env["BUCKET"] = before.bucket;
    }
    return answer;
  }
});
