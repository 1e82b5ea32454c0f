// Writes schema/maestro.schema.json from the schema in src. For development: needs a node that runs TypeScript.
import { writeFileSync } from 'node:fs';
import { jsonSchemaText } from '../src/config-schema.ts';

writeFileSync(new URL('../schema/maestro.schema.json', import.meta.url), jsonSchemaText());
