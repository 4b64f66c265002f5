import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { fakeHost } from '../support/fake-host.ts';

/** A fleet whose configuration file turns every switch on. */
async function configuredFleet() {
  const { wiring } = await fakeFleet([{ slug: 'acme' }]);
  const project = await wiring.loadProject(undefined);
  const migrations: unknown[] = [];
  const configured = {
    ...wiring,
    loadProject: async () => ({
      ...project,
      section: {
        request: { strict: true, allowMissing: true },
        migrations: { allowDuplicateTimestamps: true, disableTransactions: true },
      },
      origin: (path: string) => `fanfold.config.ts: ${path}`,
    }),
    loadBundle: (options: Parameters<typeof wiring.loadBundle>[0]) => {
      migrations.push(options);
      return wiring.loadBundle(options);
    },
  };
  return {
    migrations,
    async run(line: string) {
      const host = fakeHost();
      const exitCode = await runCli(line.split(' '), host, () => configured);
      return { host, exitCode };
    },
    async requestOf(runId: string): Promise<RunRequest> {
      return (await (await wiring.runStore({ runStore: '' })).readRun(runId)).request;
    },
  };
}

describe('a switch of the configuration file', () => {
  test('a switch of the configuration file is on without a flag', async () => {
    const { run, requestOf, migrations } = await configuredFleet();
    await run('migrate:all-tenants');
    expect(await requestOf('run-1')).toMatchObject({ strict: true, allowMissing: true });
    expect(migrations).toEqual([
      expect.objectContaining({ allowDuplicateTimestamps: true, disableTransactions: true }),
    ]);
  });

  test('a switch of the configuration file is turned off for one command by its --no- flag', async () => {
    const { run, requestOf, migrations } = await configuredFleet();
    const flags =
      '--no-strict --no-allow-missing --no-allow-duplicate-timestamps --no-disable-transactions';
    expect((await run(`migrate:all-tenants ${flags}`)).exitCode).toBe(0);
    expect(await requestOf('run-1')).toMatchObject({ strict: false, allowMissing: false });
    expect(migrations).toEqual([
      expect.objectContaining({ allowDuplicateTimestamps: false, disableTransactions: false }),
    ]);
  });

  test('fanfold config shows a switch once, with the flag that turned it off', async () => {
    const { run } = await configuredFleet();
    const { host } = await run('config --no-strict');
    const lines = host.out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
    expect(lines.filter((line) => /strict|allowMissing/.test(line))).toEqual([
      'request.strict | false | flag --no-strict',
      'request.allowMissing | true | fanfold.config.ts: request.allowMissing',
    ]);
  });

  test('--aws refuses the --no- flag of a switch for this machine', async () => {
    const { run } = await configuredFleet();
    const { host, exitCode } = await run(
      'migrate:all-tenants --aws prod --no-disable-transactions',
    );
    expect(host.err).toMatch(/^Error: --no-disable-transactions has no meaning with --aws/);
    expect(exitCode).toBe(2);
  });
});
