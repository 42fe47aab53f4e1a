/** A preference to put pods with these labels on different nodes and, among nodes, in different zones. */
export function spreadOverNodes(labels: Record<string, string>) {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    // A preference: with one node left, the second replica of an add-on still starts.
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  }));
}
