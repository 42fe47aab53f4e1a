import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { catalogue, type CatalogueEntry } from "../stacks/catalogue";

/** The project in `root` with the program taken out and another put in: a folder that the engine can run. */
function project(root: string, folder: string, stack: string, packageJson: object): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ["Pulumi.yaml", `Pulumi.${stack}.yaml`]) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify(packageJson));
}

/** The floor: a bare program that registers the recorded resources again. */
export function floorProject(root: string, folder: string, stack: string, resources: readonly unknown[]): void {
  project(root, folder, stack, { name: "floor", main: "floor.cjs" });
  cpSync(join(root, "bench", "floor.cjs"), join(folder, "floor.cjs"));
  writeFileSync(join(folder, "resources.json"), JSON.stringify(resources));
}

/**
 * The same program, set up as `pulumi new <cloud>-typescript` leaves it: the SDKs imported whole, and everything compiled and
 * type-checked by the runtime at every start.
 */
export function defaultProject(root: string, folder: string, stack: string): void {
  project(root, folder, stack, { name: "default", main: "main.ts" });
  for (const entry of ["index.ts", "config", "components", "functions", "stacks"]) {
    cpSync(join(root, entry), join(folder, entry), { recursive: true });
  }
  writeFileSync(join(folder, "main.ts"), templateEntry(sdks(stack)));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TEMPLATE_TSCONFIG));
  const file = join(folder, "Pulumi.yaml");
  const pulumi = parseDocument(readFileSync(file, "utf8"));
  pulumi.setIn(["runtime", "options"], {});
  writeFileSync(file, pulumi.toString());
}

/** SDKs of a cloud, each with a class that a program of the template uses. */
const SDKS = {
  aws: { aws: ["@pulumi/aws", "ec2"], eks: ["@pulumi/eks", "Cluster"] },
  gcp: { gcp: ["@pulumi/gcp", "compute"] },
  azure: { azure: ["@pulumi/azure-native", "network"] },
} as const satisfies Record<string, Readonly<Record<string, readonly [string, string]>>>;

/** What a stack imports: the SDKs of its clouds, and that of Kubernetes. */
function sdks(stack: string): Readonly<Record<string, readonly [string, string]>> {
  const entry = Object.values<CatalogueEntry>(catalogue).find((known) => known.stack === stack);
  if (entry === undefined)
    throw new Error(`stack "${stack}" is not in the catalogue: give one of ${Object.keys(catalogue).join(", ")}`);
  return Object.assign(
    { kubernetes: ["@pulumi/kubernetes", "core"] },
    ...entry.clouds.map((cloud) => SDKS[cloud]),
  ) as ReturnType<typeof sdks>;
}

/** The template imports an SDK by its root; the runtime calls a function that the program's main exports. */
function templateEntry(imported: ReturnType<typeof sdks>): string {
  const names = Object.entries(imported);
  return [
    ...names.map(([name, [sdk]]) => `import * as ${name} from "${sdk}";`),
    'import program from "./index";',
    "",
    `void [${names.map(([name, [, used]]) => `${name}.${used}`).join(", ")}];`,
    "export = program;",
    "",
  ].join("\n");
}

/** tsconfig.json of the template (https://github.com/pulumi/templates/blob/master/aws-typescript/tsconfig.json). */
const TEMPLATE_TSCONFIG = {
  compilerOptions: {
    strict: true,
    outDir: "bin",
    target: "es2020",
    // Ours use what the runtime has, not only what the target names.
    lib: ["es2023"],
    module: "commonjs",
    moduleResolution: "node",
    sourceMap: true,
    experimentalDecorators: true,
    pretty: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
    // Ours are written for a bundler; the template's interop default would refuse their default imports.
    esModuleInterop: true,
  },
  files: ["main.ts"],
} as const;
