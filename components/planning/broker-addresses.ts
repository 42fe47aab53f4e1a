import { format, part, range, sizeOf } from "./cidr";

/** Addresses that the brokers of a cluster have for ever. */
export interface BrokerAddresses {
  readonly events: { readonly bootstrap: string; readonly brokers: readonly [string, string, string] };
  readonly queue: string;
}

/**
 * The first of the last sixteen addresses of a subnet. Clouds give addresses from the start, and keep the last two for themselves:
 * https://docs.cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet
 *
 * @param subnet the subnet of private load balancers, /24 or larger
 * @throws RangeError when it is smaller.
 */
export function brokerAddresses(subnet: string): BrokerAddresses {
  const whole = range(subnet);
  if (whole.prefix > 24) throw new RangeError(`${subnet} has no room for brokers: give the subnet a /24 or more`);
  const address = (index: number) => format(part(whole, 32, sizeOf(whole) - 16 + index)).replace("/32", "");
  return {
    events: { bootstrap: address(0), brokers: [address(1), address(2), address(3)] },
    queue: address(4),
  };
}
