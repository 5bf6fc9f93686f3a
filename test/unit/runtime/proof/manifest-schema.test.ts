import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manifestJsonSchema } from '../../../../electron/runtime/proof/manifest-json-schema.ts';

it('ships the JSON Schema that the manifest is checked by (after a change: npm run schema)', () => {
  const shipped = readFileSync(join(import.meta.dirname, '../../../../resources/schema/manifest.schema.json'), 'utf8');
  expect(JSON.parse(shipped)).toEqual(manifestJsonSchema());
});
