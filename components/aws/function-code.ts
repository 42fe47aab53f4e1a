import { join } from "node:path";
import { AssetArchive, StringAsset } from "@pulumi/pulumi/asset";
import { functionModules } from "../code/function-modules";

/**
 * The modules of a function as they are packaged.
 *
 * @throws where there is no `index.mjs`
 */
export function functionCode(codeFolder: string, id: string): AssetArchive {
  const modules = functionModules(id, [join(codeFolder, id)]);
  return new AssetArchive(
    Object.fromEntries(Object.entries(modules).map(([file, content]) => [file, new StringAsset(content)])),
  );
}
