/** A reference to an image, read as container runtimes read it. */
export interface ImageReference {
  /** Host of the registry: `docker.io` where the reference names none. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** Digest with its algorithm: `sha256:…`. */
  readonly digest?: string;
}

const DOCKER_HUB = "docker.io";

/** Grammar: https://github.com/distribution/reference/blob/main/reference.go */
export function imageReference(text: string): ImageReference {
  const [named = "", digest] = text.split("@");
  const slash = named.indexOf("/");
  const first = named.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === "localhost";
  const registry = isHost ? first.toLowerCase() : DOCKER_HUB;
  const rest = isHost ? named.slice(slash + 1) : named;
  const colon = rest.indexOf(":");
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? undefined : rest.slice(colon + 1);
  return {
    registry,
    repository: registry === DOCKER_HUB && !path.includes("/") ? `library/${path}` : path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Whether the digest is one that a registry can answer to. */
export function isPinned({ digest = "" }: ImageReference): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(digest);
}

/**
 * Whether an image lies in a place: a registry, or the beginning of a repository in one, `docker.io/apache/`. `*` in the name of
 * the registry stands for any text: `*.azurecr.io/`.
 */
export function liesIn({ registry, repository }: ImageReference, place: string): boolean {
  const slash = place.indexOf("/");
  const host = slash === -1 ? place : place.slice(0, slash);
  const path = slash === -1 ? "" : place.slice(slash + 1);
  return fits(registry, host) && repository.startsWith(path);
}

/** Whether a text is of a pattern in which `*` stands for any text. */
function fits(text: string, pattern: string): boolean {
  const [start = "", ...others] = pattern.split("*");
  const end = others.pop();
  if (end === undefined) return text === start;
  if (!text.startsWith(start) || text.length < start.length + end.length || !text.endsWith(end)) return false;
  let at = start.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - end.length;
}
