import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const IMPORT = /^(?:import|export)(?! type)\s[^;]*?from '([^']+)'/gm;

/** The files and packages that a file loads before it does anything: without `import()`, and without types. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (name.startsWith('.')) loadedBy(join(dirname(file), name), seen);
    else seen.add(name);
  }
  return seen;
}

it('the migrator loads the client of S3 and the reading of shapes only when they are needed', () => {
  const loaded = loadedBy('lambdas/migrate-tenant.ts');
  expect(loaded).toContain('src/core/states/migrate-item.ts');
  const lazy = ['@aws-sdk/client-s3', '@aws-sdk/lib-storage', 'src/adapters/mysql/shape-source.ts'];
  expect(lazy.filter((name) => loaded.has(name))).toEqual([]);
  // Code that every tenant needs is there before the first event.
  for (const name of ['zod', '@aws-sdk/client-secrets-manager']) expect(loaded).toContain(name);
});
