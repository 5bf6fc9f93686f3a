import { describe, expect, it } from 'vitest';
import { pickSubnet } from '../../../../electron/runtime/deploy/subnet.ts';

describe("picking a deployment's network", () => {
  it('takes one of the pool', () => {
    expect(pickSubnet([])).toMatch(/^10\.213\.\d+\.(0|32|64|96|128|160|192|224)\/27$/);
  });

  it('gives each of many its own', () => {
    const taken: string[] = [];
    for (let count = 0; count < 300; count++) taken.push(pickSubnet(taken));
    expect(new Set(taken).size).toBe(300);
  });

  it('skips what lies in a larger network, in a smaller one, or around an address that begins inside', () => {
    expect(pickSubnet(['10.213.0.0/17'])).toMatch(/^10\.213\.(12[89]|1[3-9]\d|2\d\d)\./);
    const first = pickSubnet([]);
    const [a, b, c, d] = first.split(/[./]/).map(Number) as [number, number, number, number];
    for (const inside of [`${a}.${b}.${c}.${d + 31}/32`, `${a}.${b}.${c}.${d + 9}/30`, `${a}.${b}.${c}.${d + 5}/27`])
      expect(pickSubnet([inside]), inside).not.toBe(first);
  });

  it('takes no notice of networks elsewhere, of IPv6 and of what is no network', () => {
    expect(pickSubnet(['192.168.0.0/16', 'fd00::/8', '', 'nonsense', '10.212.255.0/24'])).toBe(pickSubnet([]));
  });

  it('says so when the pool is used up', () => {
    for (const all of ['10.213.0.0/16', '10.0.0.0/8', '0.0.0.0/0'])
      expect(() => pickSubnet([all])).toThrow(expect.objectContaining({ code: 'no_nodes_available' }));
  });
});
