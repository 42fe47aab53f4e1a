import type { Session } from "../cloud/package";

/** Old connections are forgotten beyond this many: a command opens a handful, and the server may live for days. */
const KEPT = 4096;

interface Configured {
  readonly stack: string;
  readonly session: Session;
}

/**
 * The provider instances of one package. A request does not name its instance, but each instance has a connection of its own,
 * so the peer's address tells them apart
 * (https://github.com/pulumi/pulumi/blob/v3.245.0/pkg/resource/deploy/providers/registry.go).
 */
export class Sessions {
  private readonly byPeer = new Map<string, Configured>();

  /** The same instance may be configured again, on the same connection or on another. */
  configured(peer: string, providerUrn: string, session: Session): void {
    this.byPeer.delete(peer);
    this.byPeer.set(peer, { stack: stackOf(providerUrn), session });
    for (const oldest of this.byPeer.keys()) {
      if (this.byPeer.size <= KEPT) break;
      this.byPeer.delete(oldest);
    }
  }

  /**
   * The instance behind a request. A client that was idle comes back from another port: then the latest instance of the same
   * stack answers, one in the resource's own region if there is such.
   */
  of(peer: string, urn = "", region?: string): Session | undefined {
    const known = this.byPeer.get(peer);
    if (known !== undefined) return known.session;
    const latestFirst = [...this.byPeer.values()].reverse();
    const candidates = latestFirst.filter(({ stack }) => urn === "" || stack === stackOf(urn));
    return (candidates.find(({ session }) => session.scope.region === region) ?? candidates[0])?.session;
  }
}

/** `urn:pulumi:<stack>::<project>` of a URN. */
function stackOf(urn: string): string {
  return urn.split("::").slice(0, 2).join("::");
}
