import { createHash } from "node:crypto";
import { join } from "node:path";
import { AssetArchive, StringAsset } from "@pulumi/pulumi/asset";
import { functionModules } from "../code/function-modules";

/** Folder of what functions have besides on Cloud Run, in the folder of all functions. */
const ownFolder = "cloud-run";

/** The code of a function as Cloud Build takes it, and a digest that changes with it. */
export interface FunctionCode {
  readonly archive: AssetArchive;
  /** Sixteen hexadecimal digits. */
  readonly digest: string;
}

/**
 * The modules of a function: those of all clouds, and over them those of Cloud Run.
 *
 * @throws where there is no `index.mjs`
 */
export function functionCode(codeFolder: string, id: string): FunctionCode {
  const folders = [join(codeFolder, id), join(codeFolder, ownFolder, id)] as const;
  const files = functionModules(id, folders, [".mjs", ".json"]);
  return {
    archive: new AssetArchive(
      Object.fromEntries(Object.entries(files).map(([file, content]) => [file, new StringAsset(content)])),
    ),
    digest: createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16),
  };
}
