import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { AnalyzerClient, AnalyzerService, type IAnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { z } from "zod";
import { graphRule, resourceRule, type Rule } from "../../../policies/model/rule";
import { policyReport } from "../../../policies/report/report";
import { analyzerService } from "../../../policies/server/service";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const DATABASE = "aws:rds/instance:Instance";
const SUBNETS = "aws:rds/subnetGroup:SubnetGroup";

const TODAY = new Date("2026-11-21");

const facts = {
  controls: { soc2: ["CC6.6"], cis: ["AWS 3.0 2.3.3"] },
  why: "It matters.",
  remedy: { text: "Mend it.", example: "x" },
  source: "https://example.org",
} as const;

const RULES: readonly Rule[] = [
  resourceRule({
    ...facts,
    id: "not-public",
    title: "Databases are private",
    severity: "critical",
    settings: z.object({ leastDays: z.int().min(1).default(7).describe("Days.") }),
    on: {
      [DATABASE]: (db, expect, { settings, resource }) => {
        expect("publiclyAccessible", "is public", () => db.publiclyAccessible !== true);
        expect("backupRetentionPeriod", "is short", () => (db.backupRetentionPeriod ?? 0) >= settings.leastDays);
        expect("password", "is in clear", () => db.password === undefined || resource.secrets.has("password"));
      },
    },
    fix: { [DATABASE]: { publiclyAccessible: false } },
  }),
  graphRule({
    ...facts,
    id: "own-subnets",
    title: "Databases have subnets of the stack",
    severity: "low",
    types: [DATABASE],
    check: (graph, judge) => {
      judge.each(graph.all(DATABASE), (db, expect) => {
        expect(
          "dbSubnetGroupName",
          "is not of this stack",
          () => graph.references(db, "dbSubnetGroupName", SUBNETS).nodes.length > 0,
        );
      });
    },
  }),
];

const struct = (properties: object) => Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);

function request(properties: object, name = "db"): analyzer.AnalyzeRequest {
  return new analyzer.AnalyzeRequest()
    .setType(DATABASE)
    .setName(name)
    .setUrn(`urn:pulumi:prod::platform::${DATABASE}::${name}`)
    .setProperties(struct(properties))
    .setOptions(new analyzer.AnalyzerResourceOptions());
}

/** The pack's server on the wire, in this process. */
class Wire {
  private constructor(
    private readonly server: grpc.Server,
    private readonly client: AnalyzerClient,
  ) {}

  static start(options: { reportFile?: string; reportOnly?: boolean; exemptions?: string } = {}): Promise<Wire> {
    const server = new grpc.Server();
    const { reportFile, reportOnly = false, exemptions = "[]" } = options;
    server.addService(
      AnalyzerService,
      analyzerService({ rules: RULES, version: "1.2.3", exemptions, today: TODAY, reportFile, reportOnly }),
    );
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error !== null) reject(error);
        else
          resolve(new Wire(server, new AnalyzerClient(`127.0.0.1:${String(port)}`, grpc.credentials.createInsecure())));
      });
    });
  }

  call<Response>(method: keyof IAnalyzerClient, message: object): Promise<Response> {
    const send = Reflect.get(this.client, method) as unknown as (
      request: object,
      done: (error: grpc.ServiceError | null, response: Response) => void,
    ) => void;
    return new Promise((resolve, reject) => {
      send.call(this.client, message, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  }

  async stack({ stackClass = "production", dryRun = true, secret = false } = {}): Promise<void> {
    const message = new analyzer.AnalyzerStackConfigureRequest()
      .setStack("prod")
      .setProject("platform")
      .setDryRun(dryRun);
    message.getConfigMap().set("platform:class", stackClass);
    if (secret) message.setConfigSecretKeysList(["platform:class"]);
    await this.call("configureStack", message);
  }

  async configure(entries: Record<string, { level?: analyzer.EnforcementLevel; properties?: object }>): Promise<void> {
    const message = new analyzer.ConfigureAnalyzerRequest();
    for (const [id, { level = analyzer.EnforcementLevel.MANDATORY, properties = {} }] of Object.entries(entries)) {
      const entry = new analyzer.PolicyConfig().setEnforcementlevel(level).setProperties(struct(properties));
      message.getPolicyconfigMap().set(id, entry);
    }
    await this.call("configure", message);
  }

  async analyze(properties: object, name?: string): Promise<readonly string[]> {
    const response = await this.call<analyzer.AnalyzeResponse>("analyze", request(properties, name));
    return response.getDiagnosticsList().map(told);
  }

  stop(): void {
    this.client.close();
    this.server.forceShutdown();
  }
}

function told(found: analyzer.AnalyzeDiagnostic): string {
  const level = found.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY ? "mandatory" : "advisory";
  return `${found.getPolicyname()} ${level} ${found.getMessage().split("\nRule:")[0] ?? ""}`;
}

const sound = { publiclyAccessible: false, backupRetentionPeriod: 7, dbSubnetGroupName: "subnets" };

describe("the pack on the wire", () => {
  const started: Wire[] = [];
  const start = async (options?: Parameters<typeof Wire.start>[0]) => {
    const wire = await Wire.start(options);
    started.push(wire);
    return wire;
  };
  afterEach(() => {
    for (const wire of started.splice(0)) wire.stop();
  });

  it("[PR-05] tells the engine its rules: level of the class, severity, settings, remedy, source, controls", async () => {
    const wire = await start();
    await wire.stack({ stackClass: "development" });
    const info = await wire.call<analyzer.AnalyzerInfo>("getAnalyzerInfo", new Empty());
    assert.equal(`${info.getName()} ${info.getVersion()}`, "platform 1.2.3");
    const [first, second] = info.getPoliciesList();
    assert.equal(first?.getEnforcementlevel(), analyzer.EnforcementLevel.MANDATORY);
    assert.equal(second?.getEnforcementlevel(), analyzer.EnforcementLevel.ADVISORY);
    assert.equal(first.getSeverity(), analyzer.PolicySeverity.POLICY_SEVERITY_CRITICAL);
    assert.deepEqual(first.getTagsList(), ["soc2:CC6.6", "cis:AWS 3.0 2.3.3"]);
    assert.equal(first.getUrl(), "https://example.org");
    assert.equal(first.getRemediationSteps(), "Mend it.\n\nx");
    assert.deepEqual(first.getConfigschema()?.getProperties()?.toJavaScript()["leastDays"], {
      type: "integer",
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 7,
      description: "Days.",
    });
  });

  it("[PR-05] judges by what the program asks for, secrets in clear and unknown values as unknown", async () => {
    const wire = await start();
    await wire.stack();
    assert.deepEqual(await wire.analyze(sound), []);
    assert.deepEqual(await wire.analyze({ ...sound, publiclyAccessible: true }), [
      "not-public mandatory publiclyAccessible is public",
    ]);
    assert.deepEqual(await wire.analyze({ ...sound, password: { [SIGNATURE]: SECRET, value: "x" } }, "secret"), []);
    assert.deepEqual(await wire.analyze({ ...sound, publiclyAccessible: UNKNOWN }, "unknown"), []);
  });

  it("[PR-05] a setting that is configured counts", async () => {
    const wire = await start();
    await wire.stack();
    await wire.configure({ all: {}, "not-public": { properties: { leastDays: 8 } } });
    assert.deepEqual(await wire.analyze(sound), ["not-public mandatory backupRetentionPeriod is short"]);
  });

  it("[PR-05] a wrong configuration is refused with all that is wrong", async () => {
    const wire = await start();
    await wire.stack();
    await assert.rejects(
      wire.configure({ "not-publik": {}, "own-subnets": { properties: { deep: true } } }),
      (error: grpc.ServiceError) =>
        error.code === grpc.status.INVALID_ARGUMENT &&
        error.details ===
          'The configuration of the policy pack is wrong:\n- there is no rule "not-publik": did you mean "not-public"?\n- own-subnets: it has no setting "deep": it has no settings\nThe rules are: not-public, own-subnets',
    );
  });

  it("[PR-05] a class that is secret or that there is not counts as production", async () => {
    for (const options of [{ stackClass: "development", secret: true }, { stackClass: "playground" }]) {
      const wire = await start();
      await wire.stack(options);
      const info = await wire.call<analyzer.AnalyzerInfo>("getAnalyzerInfo", new Empty());
      assert.equal(info.getPoliciesList()[0]?.getEnforcementlevel(), analyzer.EnforcementLevel.MANDATORY);
    }
  });

  const stackRequest = (...resources: readonly { name: string; outputs: object; from?: readonly string[] }[]) =>
    new analyzer.AnalyzeStackRequest().setResourcesList(
      resources.map(({ name, outputs, from = [] }) => {
        const type = name === "subnets" ? SUBNETS : DATABASE;
        const one = new analyzer.AnalyzerResource()
          .setType(type)
          .setName(name)
          .setUrn(`urn:pulumi:prod::platform::${type}::${name}`)
          .setProperties(struct(outputs))
          .setOptions(new analyzer.AnalyzerResourceOptions());
        const urns = new analyzer.AnalyzerPropertyDependencies().setUrnsList([...from]);
        one.getPropertydependenciesMap().set("dbSubnetGroupName", urns);
        return one;
      }),
    );

  it("[PR-05] judges the stack by the inputs it was shown, joined by what the cloud made of them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "platform-policies-"));
    const file = join(folder, "report.json");
    try {
      const wire = await start({ reportFile: file });
      await wire.stack({ dryRun: false });
      await wire.analyze(sound);
      const response = await wire.call<analyzer.AnalyzeResponse>(
        "analyzeStack",
        stackRequest(
          { name: "subnets", outputs: { id: "subnets" } },
          // The cloud does not give back every input.
          { name: "db", outputs: { id: "db-1" } },
          { name: "other", outputs: { id: "db-2", dbSubnetGroupName: "elsewhere" } },
        ),
      );
      assert.deepEqual(response.getDiagnosticsList().map(told), [
        "own-subnets advisory dbSubnetGroupName is not of this stack",
      ]);
      assert.match(response.getDiagnosticsList()[0]?.getUrn() ?? "", /::other$/);
      assert.deepEqual(
        response.getNotApplicableList().map((one) => `${one.getPolicyName()}: ${one.getReason()}`),
        ["own-subnets: violated"],
      );
      const report = policyReport.parse(JSON.parse(readFileSync(file, "utf8")));
      assert.deepEqual(
        [report.stack, report.class, report.isPreview, report.resources, report.violations.length],
        ["prod", "production", false, 3, 1],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("[PR-05] asked for a report alone, it objects to nothing", async () => {
    const wire = await start({ reportOnly: true });
    await wire.stack({ dryRun: false });
    assert.deepEqual(await wire.analyze({ publiclyAccessible: true }), []);
  });

  it("[PR-05] begins anew with each pass over the stack", async () => {
    const wire = await start();
    await wire.stack();
    for (let pass = 0; pass < 2; pass += 1) {
      assert.equal((await wire.analyze({ ...sound, publiclyAccessible: true })).length, 1);
      const response = await wire.call<analyzer.AnalyzeResponse>("analyzeStack", stackRequest());
      assert.deepEqual(response.getDiagnosticsList(), []);
    }
  });

  const remediate = async (wire: Wire, properties: object) => {
    const response = await wire.call<analyzer.RemediateResponse>("remediate", request(properties));
    return response.getRemediationsList().map((one) => ({
      rule: one.getPolicyname(),
      says: one.getDescription(),
      properties: one.getProperties()?.toJavaScript(),
    }));
  };

  it("[PR-05] mends nothing unless it is told to", async () => {
    const wire = await start();
    await wire.stack();
    assert.deepEqual(await remediate(wire, { publiclyAccessible: true }), []);
  });

  it("[PR-05] told to, it sets what is safe, says what, and leaves secrets and unknown values as they are", async () => {
    const wire = await start();
    await wire.stack();
    await wire.configure({ "not-public": { level: analyzer.EnforcementLevel.REMEDIATE } });
    const password = { [SIGNATURE]: SECRET, value: "x" };
    const inputs = { publiclyAccessible: true, password, kmsKeyId: UNKNOWN, backupRetentionPeriod: 1 };
    assert.deepEqual(await remediate(wire, inputs), [
      {
        rule: "not-public",
        says: "Databases are private: set publiclyAccessible to false",
        properties: { ...inputs, publiclyAccessible: false },
      },
    ]);
    assert.deepEqual(await remediate(wire, { ...inputs, publiclyAccessible: UNKNOWN }), []);
    // What it cannot mend still stops the resource.
    assert.deepEqual(await wire.analyze({ ...inputs, publiclyAccessible: false }), [
      "not-public mandatory backupRetentionPeriod is short",
    ]);
  });
});
