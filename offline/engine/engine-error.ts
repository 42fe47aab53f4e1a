/** The engine cannot be found, built or started; the message says what to do about it. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR"]);

/** Turns the failure to write below a folder of the Pulumi home into one that says what to do; leaves any other alone. */
export function explainWriteError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  if (error.code === "ENOSPC") {
    return new EngineError(`there is no space left for Pulumi in ${folder}: it needs about 120 MB`);
  }
  if (NOT_WRITABLE.has(error.code)) {
    return new EngineError(
      `cannot write to ${folder} (${error.code}): make it writable, or set PULUMI_HOME to a folder that is`,
    );
  }
  return error;
}
