import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { ObjectSchema, PropertySchema, ResourceSchema } from "../../../offline/schema/schema";
import { SchemaSource } from "../../../offline/schema/source";
import { classesOf, openSource, reachable, removeFolders, ROOT, temporaryFolder } from "./sdk";

const source = openSource();

function resource(token: string, from = source): ResourceSchema {
  const found = from.resource(token);
  assert.ok(found, token);
  return found;
}

function at(object: ObjectSchema, ...path: readonly string[]): PropertySchema {
  let schema: PropertySchema = { kind: "object", object };
  for (const name of path) {
    while (schema.kind === "list") schema = schema.items;
    assert.equal(schema.kind, "object", name);
    const property: { schema: PropertySchema } | undefined = schema.object.properties[name];
    assert.ok(property, `${schema.object.name} has no ${name}`);
    schema = property.schema;
  }
  return schema;
}

/** Names of the required and of the optional properties. */
function shape(object: ObjectSchema): { required: string[]; optional: string[] } {
  const entries = Object.entries(object.properties);
  const named = (wanted: boolean) =>
    entries.flatMap(([name, { required }]) => (required === wanted ? [name] : [])).sort();
  return { required: named(true), optional: named(false) };
}

describe("offline/schema/source", () => {
  after(removeFolders);

  it("finds the class of a token, however the generator spelled its file", () => {
    for (const token of [
      "aws:ec2/vpc:Vpc",
      "aws:guardduty/iPSet:IPSet",
      "aws:kendra/index:Index",
      "aws:lex/v2modelsBot:V2modelsBot",
      "aws:dms/s3Endpoint:S3Endpoint",
      "eks:index:Cluster",
      "kubernetes:apps/v1:Deployment",
      "kubernetes:helm.sh/v3:Release",
      "kubernetes:networking.k8s.io/v1:Ingress",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
      "kubernetes:storage.k8s.io/v1:CSIDriver",
      "pulumi:providers:aws",
      "random:index/randomPassword:RandomPassword",
    ]) {
      assert.equal(source.resource(token)?.token, token);
    }
  });

  it("knows nothing of a token that no SDK has: a custom resource, a look-alike group, another package, a path", () => {
    for (const token of [
      "aws:ec2/vpc:Vpx",
      "aws:ec2/subnet:Vpc",
      "aws:vpc/vpc:Vpc",
      "cert-manager:index:Certificate",
      "kubernetes:apps.example.com/v1:Deployment",
      "kubernetes:cert-manager.io/v1:Certificate",
      "kubernetes:helm.cattle.io/v1:HelmChart",
      "../aws:ec2/vpc:Vpc",
      "",
    ]) {
      assert.equal(source.resource(token), undefined, token);
    }
  });

  it("gives the version of the installed SDK, and an error that names a missing one", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "node_modules/@pulumi/aws/package.json"), "utf8")) as object;
    assert.equal(source.version("aws"), "version" in manifest ? manifest.version : undefined);
    assert.throws(() => source.version("nimbus"), { message: `@pulumi/nimbus is not installed under ${ROOT}` });
  });

  it("reads every form of type that the SDKs write", () => {
    const { inputs, outputs } = resource("aws:eks/cluster:Cluster");
    assert.deepEqual(at(inputs, "roleArn"), { kind: "string" });
    assert.deepEqual(at(inputs, "vpcConfig", "subnetIds"), { kind: "list", items: { kind: "string" } });
    assert.deepEqual(at(inputs, "vpcConfig", "endpointPublicAccess"), { kind: "boolean" });
    assert.deepEqual(at(inputs, "tags"), { kind: "map", values: { kind: "string" } });
    assert.deepEqual(at(outputs, "certificateAuthority", "data"), { kind: "string" });
    assert.deepEqual(at(resource("aws:rds/instance:Instance").inputs, "allocatedStorage"), { kind: "number" });
    assert.deepEqual(at(resource("aws:lambda/function:Function").inputs, "code"), { kind: "asset" });
    const policy = at(resource("aws:iam/role:Role").inputs, "assumeRolePolicy");
    assert.deepEqual(policy.kind === "union" ? policy.of.map(({ kind }) => kind) : policy, ["string", "object"]);
    const role = at(resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment").inputs, "role");
    assert.deepEqual(role, { kind: "union", of: [{ kind: "string" }, { kind: "map", values: { kind: "any" } }] });
    const type = at(resource("aws:ec2/instance:Instance").inputs, "instanceType");
    assert.ok(type.kind === "enum" && type.open && type.values.includes("m5.large"));
    const deployment = resource("kubernetes:apps/v1:Deployment").inputs;
    assert.deepEqual(at(deployment, "apiVersion"), { kind: "enum", values: ["apps/v1"], open: false });
    const port = at(resource("kubernetes:core/v1:Service").inputs, "spec", "ports", "targetPort");
    assert.deepEqual(port, { kind: "union", of: [{ kind: "number" }, { kind: "string" }] });
    const requests = at(deployment, "spec", "template", "spec", "containers", "resources", "requests");
    assert.deepEqual(requests, { kind: "map", values: { kind: "string" } });
    const values = at(resource("kubernetes:helm.sh/v3:Release").inputs, "values");
    assert.deepEqual(values, { kind: "map", values: { kind: "any" } });
  });

  it("says which outputs the SDK marks secret", () => {
    assert.deepEqual(resource("random:index/randomPassword:RandomPassword").secrets, ["bcryptHash", "result"]);
    assert.deepEqual(resource("kubernetes:core/v1:Secret").secrets, ["data", "stringData"]);
    assert.deepEqual(resource("aws:ec2/vpc:Vpc").secrets, []);
  });

  it("shares the types of a recursive schema by name", () => {
    const { inputs } = resource("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition");
    const props = at(inputs, "spec", "versions", "schema", "openAPIV3Schema");
    const below = props.kind === "object" ? at(props.object, "not") : props;
    assert.ok(props.kind === "object" && below.kind === "object");
    assert.equal(below.object, props.object);
    assert.ok(Object.hasOwn(props.object.properties, "$ref"));
  });

  it("names the type whose typings it cannot read", () => {
    const root = temporaryFolder();
    const folder = join(root, "node_modules/@pulumi/odd");
    mkdirSync(join(folder, "a"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"version": "1.2.3"}');
    writeFileSync(join(folder, "a/b.js"), "B.__pulumiType = 'odd:a/b:B';");
    writeFileSync(join(folder, "a/b.d.ts"), "class B {\n    readonly x: pulumi.Output<keyof Y>;\n}\n");
    assert.throws(() => new SchemaSource({ root, cache: temporaryFolder() }).resource("odd:a/b:B"), {
      message: '@pulumi/odd 1.2.3: the typings of odd:a/b:B cannot be read: type "keyof"',
    });
  });

  for (const name of ["aws", "kubernetes", "random"]) {
    it(`reads the whole type of 300 classes of ${name}`, function () {
      this.timeout(60_000);
      const classes = classesOf(name).filter(({ token }) => token !== "kubernetes:helm.sh/v3:Chart");
      const step = Math.max(1, Math.floor(classes.length / 300));
      const sample = classes.filter((_, index) => index % step === 0);
      assert.ok(sample.length >= Math.min(classes.length, 300), `${String(sample.length)} classes`);
      for (const { token } of sample) {
        const { inputs, outputs } = resource(token);
        for (const object of [...reachable(inputs), ...reachable(outputs)]) {
          assert.equal(typeof object.properties, "object", `${token} ${object.name}`);
        }
        assert.ok(Object.keys(outputs.properties).length > 0, token);
      }
    });
  }

  it("has the same properties and required flags as the TypeScript compiler sees", function () {
    this.timeout(60_000);
    const oracle = new Oracle();
    for (const [token, file] of ORACLE_SAMPLE) {
      const { inputs, outputs } = resource(token);
      const folder = join(ROOT, "node_modules/@pulumi", token.slice(0, token.indexOf(":")));
      const expected = oracle.classFile(join(folder, `${file}.d.ts`));
      assert.deepEqual(shape(inputs), expected.inputs, `inputs of ${token}`);
      assert.deepEqual(shape(outputs), expected.outputs, `outputs of ${token}`);
      for (const object of reachable(inputs)) {
        if (object === inputs) continue;
        const candidates = oracle.interfaces(join(folder, "types/input.d.ts")).get(object.name) ?? [];
        assert.ok(
          candidates.some((candidate) => JSON.stringify(candidate) === JSON.stringify(shape(object))),
          `${token}: ${object.name}`,
        );
      }
    }
  });
});

describe("offline/schema/definition-cache", () => {
  after(removeFolders);

  const token = "kubernetes:apps/v1:Deployment";
  const names = (from: SchemaSource) => [...reachable(resource(token, from).inputs)].map(shape);

  it("gives the same from the cache as from the typings, and without the typings", () => {
    const cache = temporaryFolder();
    const first = names(openSource(cache));
    const root = temporaryFolder();
    const folder = join(root, "node_modules/@pulumi/kubernetes");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ version: source.version("kubernetes") }));
    assert.deepEqual(names(new SchemaSource({ root, cache })), first);
    assert.throws(() => names(new SchemaSource({ root, cache: temporaryFolder() })));
  });

  it("reads again what a torn line, a damaged line or a damaged index hold", () => {
    const cache = temporaryFolder();
    const first = names(openSource(cache));
    for (const damage of [
      (text: string) => text.slice(0, -40),
      (text: string) => text.replaceAll('"required":', '"requ'),
      () => "\u0000\u0001 not a cache",
      () => "",
    ]) {
      for (const file of readdirSync(cache))
        writeFileSync(join(cache, file), damage(readFileSync(join(cache, file), "utf8")));
      assert.deepEqual(names(openSource(cache)), first);
      assert.deepEqual(names(openSource(cache)), first);
    }
  });

  it("reads again an index that points elsewhere", () => {
    const cache = temporaryFolder();
    const first = names(openSource(cache));
    for (const file of readdirSync(cache)) {
      const text = readFileSync(join(cache, file), "utf8");
      writeFileSync(join(cache, file), file.endsWith(".json") ? text.replace(/\[(\d+),/g, "[1$1,") : "");
    }
    assert.deepEqual(names(openSource(cache)), first);
  });

  it("serves two sources that write one folder", () => {
    const cache = temporaryFolder();
    const [one, two] = [openSource(cache), openSource(cache)];
    assert.deepEqual(names(one), names(two));
    appendFileSync(join(cache, readdirSync(cache).find((file) => file.endsWith(".ndjson")) ?? ""), "\nhalf a li");
    resource("kubernetes:core/v1:Service", one);
    assert.deepEqual(names(openSource(cache)), names(two));
  });

  it("works without a folder that it can write", () => {
    const cache = join(temporaryFolder(), "file");
    writeFileSync(cache, "");
    assert.deepEqual(names(openSource(cache)), names(source));
  });
});

const ORACLE_SAMPLE: readonly (readonly [token: string, file: string])[] = [
  ["aws:ec2/subnet:Subnet", "ec2/subnet"],
  ["aws:ec2/instance:Instance", "ec2/instance"],
  ["aws:eks/cluster:Cluster", "eks/cluster"],
  ["aws:rds/instance:Instance", "rds/instance"],
  ["aws:s3/bucket:Bucket", "s3/bucket"],
  ["aws:lambda/function:Function", "lambda/function"],
  ["aws:cloudfront/distribution:Distribution", "cloudfront/distribution"],
  ["aws:iam/role:Role", "iam/role"],
  ["aws:dynamodb/table:Table", "dynamodb/table"],
  ["kubernetes:apps/v1:Deployment", "apps/v1/deployment"],
  ["kubernetes:networking.k8s.io/v1:Ingress", "networking/v1/ingress"],
  ["kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "apiextensions/v1/customResourceDefinition"],
  ["kubernetes:helm.sh/v3:Release", "helm/v3/release"],
  ["random:index/randomPassword:RandomPassword", "randomPassword"],
];

interface Shape {
  required: string[];
  optional: string[];
}

/** The same facts, taken from the compiler's syntax tree. */
class Oracle {
  private readonly files = new Map<string, ReadonlyMap<string, Shape[]>>();

  classFile(file: string): { inputs: Shape; outputs: Shape } {
    const tree = parse(file);
    const declared = tree.statements.find(ts.isClassDeclaration);
    assert.ok(declared, file);
    const constructor = declared.members.find(ts.isConstructorDeclaration);
    const args = constructor?.parameters[1]?.type?.getText(tree) ?? "";
    const inputs = tree.statements.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === args);
    const outputs = declared.members.filter(ts.isPropertyDeclaration);
    return {
      inputs: shapeOf(inputs?.members.filter(ts.isPropertySignature) ?? [], tree),
      outputs: shapeOf(
        outputs.filter((one) => one.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) !== true),
        tree,
      ),
    };
  }

  /** Every interface of a file by its own name: namespaces repeat names. */
  interfaces(file: string): ReadonlyMap<string, readonly Shape[]> {
    const known = this.files.get(file);
    if (known !== undefined) return known;
    const tree = parse(file);
    const found = new Map<string, Shape[]>();
    const visitNode = (node: ts.Node): void => {
      if (ts.isInterfaceDeclaration(node)) {
        const list = found.get(node.name.text) ?? [];
        list.push(shapeOf(node.members.filter(ts.isPropertySignature), tree));
        found.set(node.name.text, list);
      } else ts.forEachChild(node, visitNode);
    };
    visitNode(tree);
    this.files.set(file, found);
    return found;
  }
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

function shapeOf(members: readonly (ts.PropertySignature | ts.PropertyDeclaration)[], tree: ts.SourceFile): Shape {
  const found: Shape = { required: [], optional: [] };
  for (const member of members) {
    const name =
      ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : member.name.getText(tree);
    const optional = member.questionToken !== undefined || includesUndefined(member.type);
    (optional ? found.optional : found.required).push(name);
  }
  found.required.sort();
  found.optional.sort();
  return found;
}

function includesUndefined(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (type.kind === ts.SyntaxKind.UndefinedKeyword) return true;
  if (ts.isUnionTypeNode(type)) return type.types.some(includesUndefined);
  return ts.isTypeReferenceNode(type) && (type.typeArguments?.some(includesUndefined) ?? false);
}
