import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { type FakeHostOptions, fakeHost } from './support/fake-host.ts';

const ID = '20250127120000_add_priority_to_tasks';

async function run(words: string, options: FakeHostOptions = {}) {
  const { wiring } = await fakeFleet([{ slug: 'acme-corp' }]);
  const host = fakeHost(options);
  const exitCode = await runCli(words.split(' '), host, () => wiring);
  return { host, exitCode };
}

describe('migrate:resolve', () => {
  test('migrate:resolve without a flag shows the statements and the ways out, and exits with 1', async () => {
    const { host, exitCode } = await run('migrate:resolve acme-corp');
    expect(host.out).toBe(`\
acme-corp: ${ID} is half-applied.
      1  not known  alter table \`users\` add \`a\` int
   The journal ends with statement 1. Its file: ${ID}.ts
Possible next steps:
   Resume it. If it stopped because its file or its values changed, restore them first.
       fanfold migrate:tenant acme-corp
   Mark it as applied. Finish it by hand first: statement 1 (not known: look), all that the file does after statement 1. No later run looks at it again.
       fanfold migrate:resolve acme-corp --applied ${ID} --by-hand
   Start over. Undo by hand what it did first: statement 1 (not known: look). The next run begins with its statement 1.
       fanfold migrate:resolve acme-corp --retry ${ID} --by-hand
   Run its down. Its down is written for the whole migration: read whether it also fits a part of it. A statement that undoes what was never done fails, and it stays half-applied then.
       fanfold migrate:resolve acme-corp --revert ${ID}
`);
    expect(exitCode).toBe(1);
  });

  test('migrate:resolve --yes shows the statements and resolves the migration', async () => {
    const { host, exitCode } = await run(
      `migrate:resolve acme-corp --applied ${ID} --by-hand --yes`,
    );
    expect(host.out).toBe(`\
acme-corp: ${ID} is half-applied.
      1  not known  alter table \`users\` add \`a\` int
   The journal ends with statement 1. Its file: ${ID}.ts
✅ acme-corp: ${ID} is marked as applied
`);
    expect(host.err).toContain('fanfold migrate:tenant acme-corp');
    expect(exitCode).toBe(0);
  });

  test('migrate:resolve changes nothing if there is no terminal to ask on', async () => {
    const { host, exitCode } = await run(`migrate:resolve acme-corp --retry ${ID}`);
    expect(host.err).toContain('--yes');
    expect(exitCode).toBe(2);
  });

  test.each([
    [' --by-hand', '0 were given'],
    [` --applied ${ID} --retry ${ID}`, '2 were given'],
    [` --applied ${ID} --by-hand nothing`, 'It must be a list of statement numbers'],
  ])('migrate:resolve refuses%s', async (flags, why) => {
    const { host, exitCode } = await run(`migrate:resolve acme-corp${flags}`);
    expect(host.err).toContain(why);
    expect(exitCode).toBe(2);
  });
});
