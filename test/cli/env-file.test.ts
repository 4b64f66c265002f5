import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { runCliProcess } from './support/spawn-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Nobody listens there; the error names it if the file was read as meant. */
const URL = 'mysql://root:hunter2@127.0.0.1:1/central';
const READ = '127.0.0.1:1';

async function listTenants(env: Buffer | string): Promise<string> {
  const folder = await fixtureFolder();
  await writeFile(join(folder, '.env'), env);
  const { stdout, stderr, exitCode } = await runCliProcess(['tenant:list'], { cwd: folder });
  expect(exitCode).toBe(3);
  return (stdout + stderr).replaceAll(/\s+/g, ' ');
}

describe('.env', () => {
  test.each<[string, Buffer | string]>([
    ['a byte order mark', `\uFEFFCENTRAL_DATABASE_URL=${URL}\n`],
    ['line breaks of Windows', `A=1\r\nCENTRAL_DATABASE_URL=${URL}\r\nB=2\r\n`],
    ['a byte order mark and export', `\uFEFFexport CENTRAL_DATABASE_URL="${URL}"\r\n`],
    ['UTF-16 of PowerShell', Buffer.from(`\uFEFFCENTRAL_DATABASE_URL=${URL}\r\n`, 'utf16le')],
    ['single quotes', `CENTRAL_DATABASE_URL='${URL}'\n`],
    ['blanks and a comment', `  CENTRAL_DATABASE_URL = ${URL} # the central database\n`],
    ['a quoted #', `CENTRAL_DATABASE_URL="${URL.replace('hunter2', 'p%23q')}"\n`],
  ])('.env with %s is read', async (_what, text) => {
    expect(await listTenants(text)).toContain(READ);
  });

  test.each([
    [
      'CENTRAL_DATABASE_URL=mysql://root:hunt#er2@127.0.0.1/c',
      'Line 1 of .env',
      'CENTRAL_DATABASE_URL',
    ],
    ['\n\nexport DB_ENCRYPTION_KEY=hunt#er2', 'Line 3 of .env', 'DB_ENCRYPTION_KEY'],
    ['FANFOLD_ADMIN_URL=mysql://root:hunt#er2@127.0.0.1', 'Line 1 of .env', 'FANFOLD_ADMIN_URL'],
    ['CENTRAL_DATABASE_URL="mysql://root:hunt#er2@127.0.0.1/c"', '%23', 'CENTRAL_DATABASE_URL'],
    ['CENTRAL_DATABASE_URL=\'"mysql://root:hunter2@127.0.0.1/c"\'', 'begins with a quote', 'URL'],
  ])('.env with a value that would be misread is refused: %s', async (text, ...said) => {
    const output = await listTenants(text);
    for (const each of said) expect(output).toContain(each);
    expect(output).not.toMatch(/hunt|er2@/);
  });

  test('no piece of a random password in .env is ever printed', async () => {
    // None of the usual letters: every piece of four is a password's, and no word's.
    const unit = fc.constantFrom(...'QXZ789@/?#:%&=+[]{}|^~`!$*;,<>"\'\\ ');
    const passwords = fc.sample(fc.string({ unit, minLength: 8, maxLength: 16 }), {
      numRuns: 24,
      seed: 11,
    });
    for (const password of passwords) {
      for (const written of [password, encodeURIComponent(password)]) {
        const folder = await fixtureFolder();
        const { stdout, stderr } = await runCliProcess(['tenant:list'], {
          cwd: folder,
          env: {
            CENTRAL_DATABASE_URL: `mysql://root:${written}@127.0.0.1:1/central`,
            FANFOLD_DEBUG: '1',
          },
        });
        for (let at = 0; at + 4 <= password.length; at++) {
          expect(stdout + stderr).not.toContain(password.slice(at, at + 4));
        }
      }
    }
  });
});
