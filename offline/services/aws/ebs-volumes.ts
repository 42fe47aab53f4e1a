/** Sizes in GiB and IOPS by volume type: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html */
const VOLUMES: Readonly<
  Record<string, { readonly size: readonly [number, number]; readonly iops?: readonly [number, number] }>
> = {
  gp2: { size: [1, 16384] },
  gp3: { size: [1, 65536], iops: [3000, 80000] },
  io1: { size: [4, 16384], iops: [100, 64000] },
  io2: { size: [4, 65536], iops: [100, 256000] },
  st1: { size: [125, 16384] },
  sc1: { size: [125, 16384] },
  standard: { size: [1, 1024] },
};

/** A volume as block device mappings describe it; size in GiB, throughput in MiB/s. */
export interface Volume {
  readonly volumeType?: string | undefined;
  readonly volumeSize?: number | undefined;
  readonly iops?: number | undefined;
  readonly throughput?: number | undefined;
}

/** What EC2 would refuse in a volume, by property. */
export function volumeProblems(volume: Volume): readonly { readonly property: string; readonly reason: string }[] {
  const type = volume.volumeType ?? "gp2";
  const limits = VOLUMES[type];
  if (limits === undefined) {
    const types = Object.keys(VOLUMES).join(", ");
    const reason = `InvalidParameterValue: Invalid value '${type}' for VolumeType: one of ${types}`;
    return [{ property: "volumeType", reason }];
  }
  const problems: { property: string; reason: string }[] = [];
  if (volume.volumeSize !== undefined && !within(limits.size, volume.volumeSize)) {
    const range = `${String(limits.size[0])} to ${String(limits.size[1])} GiB`;
    const reason = `InvalidParameterValue: Volume of ${String(volume.volumeSize)}GiB is not ${range} for ${type}`;
    problems.push({ property: "volumeSize", reason });
  }
  if (volume.iops !== undefined && (limits.iops === undefined || !within(limits.iops, volume.iops))) {
    const reason = `InvalidParameterCombination: ${String(volume.iops)} iops is not supported for volume type ${type}`;
    problems.push({ property: "iops", reason });
  }
  if (volume.throughput !== undefined && type !== "gp3") {
    const reason = `InvalidParameterCombination: The parameter Throughput is not supported for ${type} volumes.`;
    problems.push({ property: "throughput", reason });
  }
  return problems;
}

function within([low, high]: readonly [number, number], value: number): boolean {
  return value >= low && value <= high;
}
