import { describe, expect, it } from 'vitest';
import { type IdKind, idPrefixes, isId, newId } from '../../../shared/ids.ts';

describe('ids', () => {
  it('carry the prefix of what they name and match the pattern', () => {
    for (const kind of Object.keys(idPrefixes) as IdKind[]) {
      expect(newId(kind)).toMatch(new RegExp(`^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{26}$`));
      expect(isId(kind, newId(kind))).toBe(true);
    }
  });

  it('sort by when they were made, also within a millisecond', () => {
    const ids = Array.from({ length: 5000 }, () => newId('lease'));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('sort on when the clock goes back', () => {
    const later = newId('run', Date.now() + 60_000);
    expect(newId('run', Date.now()) > later).toBe(true);
  });

  it('are not taken for ids of another kind', () => {
    expect(isId('lease', newId('backend'))).toBe(false);
    for (const text of [
      '',
      'lse_',
      'lse_01k9',
      `lse_${'u'.repeat(26)}`,
      `${newId('lease')} `,
      newId('lease').toUpperCase(),
    ])
      expect(isId('lease', text)).toBe(false);
  });
});
