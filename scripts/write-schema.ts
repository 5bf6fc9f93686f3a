// Writes the manifest's JSON Schema; a unit test keeps it in step.
import { writeFileSync } from 'node:fs';
import { manifestJsonSchema } from '../electron/runtime/proof/manifest-json-schema.ts';

writeFileSync(
  new URL('../resources/schema/manifest.schema.json', import.meta.url),
  `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`,
);
