// node scripts/generate-reference.ts
//
// Writes the generated sections of docs/reference: commands, configuration, requests, events and error codes. A
// test compares them with the program.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './reference/generated-pages.ts';
import { repository } from './repository.mjs';

for (const { path, found, expected } of await generatedPages()) {
  if (found === expected) continue;
  writeFileSync(join(repository, path), expected);
  console.log(`${path} is up to date now.`);
}
