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
  test('shows the statements and does what was said with --yes', async () => {
    const { host, exitCode } = await run(`migrate:resolve acme-corp --applied ${ID} --yes`);
    expect(host.out).toBe(`\
acme-corp: ${ID} stands half-way.
     1  not known    alter table \`users\` add \`a\` int
✅ acme-corp: ${ID} is recorded as applied
`);
    expect(host.err).toContain('npm run migrate:tenant acme-corp');
    expect(exitCode).toBe(0);
  });

  test('changes nothing where nobody can be asked', async () => {
    const { host, exitCode } = await run(`migrate:resolve acme-corp --retry ${ID}`);
    expect(host.err).toContain('--yes');
    expect(exitCode).toBe(2);
  });

  test.each(['', ` --applied ${ID} --retry ${ID}`])('wants one answer:%s', async (flags) => {
    const { host, exitCode } = await run(`migrate:resolve acme-corp${flags}`);
    expect(host.err).toContain('One of --applied, --retry and --revert');
    expect(exitCode).toBe(2);
  });
});
