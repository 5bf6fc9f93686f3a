import { z } from 'zod';
import { manifestSchema } from './manifest.ts';

/** The manifest's grammar for editors: `resources/schema/manifest.schema.json` is this, as text. */
export function manifestJsonSchema(): object {
  return {
    ...z.toJSONSchema(manifestSchema, { io: 'input', unrepresentable: 'any' }),
    title: 'Proofbench manifest',
  };
}
