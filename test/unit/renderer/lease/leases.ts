import type { LeaseRow } from '../../../../shared/contract/index.ts';

/** When the tests take place, epoch ms. */
export const noon = Date.parse('2026-07-01T12:00:00.000Z');

/** A lease of 30 min, opened at noon. */
export function aLease(part: Partial<LeaseRow> = {}): LeaseRow {
  return {
    id: 'lse_01k9x2aaaaaaaaaaaaaaaaaaaa',
    state: 'open',
    label: null,
    runtime_id: 'rt_local',
    created_at: new Date(noon).toISOString(),
    expires_at: inMinutes(30),
    closed_at: null,
    receipt: null,
    result: null,
    ...part,
  };
}

/** A time after noon, as the host writes it. */
export function inMinutes(minutes: number): string {
  return new Date(noon + minutes * 60_000).toISOString();
}
