import { networkInterfaces } from 'node:os';
import { AppError } from '../../../shared/errors.ts';

/** Deployments' networks come out of this pool, each with room for 29 members: a gateway and the vertices. */
const pool = { base: [10, 213, 0, 0] as const, bits: 16, networkBits: 27 };
export const maxVertices = 28;

/**
 * The first free subnet of the pool, skipping those of `taken` (CIDRs) and the laptop's own addresses.
 * @throws AppError `no_nodes_available` when the pool is used up.
 */
export function pickSubnet(taken: readonly string[]): string {
  const used = [...taken, ...localSubnets()].map(parseCidr).filter(range => range !== undefined);
  const size = 2 ** (32 - pool.networkBits);
  const first = toNumber(pool.base);
  for (let start = first; start < first + 2 ** (32 - pool.bits); start += size) {
    if (used.every(range => start + size <= range.start || range.end <= start)) {
      return `${toText(start)}/${pool.networkBits}`;
    }
  }
  throw new AppError('no_nodes_available', `No network address is left in ${pool.base.join('.')}/${pool.bits}.`, {
    hint: 'Undeploy something: every live deployment has a network of its own.',
  });
}

function localSubnets(): string[] {
  return Object.values(networkInterfaces())
    .flat()
    .flatMap(address => (address?.family === 'IPv4' && address.cidr !== null ? [address.cidr] : []));
}

function parseCidr(text: string): { start: number; end: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (match === null) return undefined;
  const size = 2 ** (32 - Number(match[5]));
  const address = toNumber(match.slice(1, 5).map(Number) as [number, number, number, number]);
  const start = Math.floor(address / size) * size;
  return { start, end: start + size };
}

function toNumber([a, b, c, d]: readonly [number, number, number, number]): number {
  return ((a * 256 + b) * 256 + c) * 256 + d;
}

function toText(address: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.');
}
