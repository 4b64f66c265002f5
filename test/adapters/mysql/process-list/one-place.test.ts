import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../../..');

/** Tables of MySQL that fail because of what another session runs, and the only file that may name each. */
const FAILING = [
  ['information_schema.PROCESSLIST', 'src/adapters/mysql/connection/process-list.ts'],
  ['information_schema.INNODB_TRX', 'src/adapters/mysql/locks/innodb-transactions.ts'],
] as const;

it('a table that fails because of what others run is named in one file only', () => {
  const files = globSync('{src,test,bench,demo,scripts,lambdas,lib,examples}/**/*.ts', {
    cwd: ROOT,
    exclude: (name) => name.includes('node_modules'),
  });
  const named = FAILING.map(() => [] as string[]);
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), 'utf8').toLowerCase();
    for (const [at, [table]] of FAILING.entries()) {
      if (text.includes(table.toLowerCase())) named[at]?.push(file);
    }
  }
  const own = relative(ROOT, import.meta.filename);
  expect(named.map((each) => each.filter((file) => file !== own))).toEqual(
    FAILING.map(([, only]) => [only]),
  );
});
