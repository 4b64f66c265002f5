import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';

async function run(words: string) {
  const { wiring } = await fakeFleet([{ slug: 'acme-corp' }, { slug: 'beta' }]);
  const host = fakeHost();
  const exitCode = await runCli(words.split(' '), host, () => wiring);
  return { host, exitCode };
}

describe('migrate:baseline', () => {
  test('migrate:baseline prints the result of each tenant', async () => {
    const { host, exitCode } = await run('migrate:baseline all --concurrency 1');
    expect(host.out).toBe(`\
✅ acme-corp: 2 checksums recorded
✅ beta: 2 checksums recorded
Recorded: 2 tenants; nothing to record: 0; failed: 0
`);
    expect(exitCode).toBe(0);
  });

  test('migrate:baseline --json prints the same for programs', async () => {
    const { host } = await run('migrate:baseline beta --json');
    const events = host.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'tenant-baselined', tenant: { slug: 'beta' }, status: 'recorded', recorded: 2 },
      { type: 'fleet-baselined', recorded: 1, unchanged: 0, failed: 0 },
    ]);
  });
});
