import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Wiring } from '../../src/cli/wiring/create-wiring.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { countTenants, findTenants, tenantById } from '../../src/core/operator/find-tenants.ts';
import type { Operations } from '../../src/core/operator/operate.ts';
import {
  foreseeResolution,
  lookAtHalfApplied,
  resolveAsSeen,
} from '../../src/core/operator/resolve-operations.ts';
import { statusPage } from '../../src/core/operator/status-page.ts';
import type { TenantDirectory } from '../../src/core/ports.ts';
import { type FakeTenant, failed, fakeFleet } from './support/fake-fleet.ts';
import { type FakeHostOptions, fakeHost } from './support/fake-host.ts';
import { fakeOperator } from './support/fake-operator.ts';

/** A page takes one tenant, so that every fleet needs several. */
const limits = { bytes: 1 };

/** The operations of a stack's functions, over the same fleet. */
function operationsOn(wiring: Wiring): Operations {
  const options = {} as never;
  const onDirectory = <Result>(work: (directory: TenantDirectory) => Promise<Result>) =>
    wiring.usingCentral(options, ({ directory }) => work(directory));
  const resolving = async (tenantId: string) => ({
    tenant: await onDirectory((directory) => tenantById(tenantId, directory)),
    tools: {
      resolveTenant: await wiring.resolveTenant(options),
      bundle: await wiring.loadBundle(options),
    },
  });
  return {
    find: (request) => onDirectory((directory) => findTenants(request, directory)),
    count: (request) => onDirectory((directory) => countTenants(request, directory)),
    status: async (request) => {
      const bundle = await wiring.loadBundle(options);
      const readTenant = await wiring.readTenant(options);
      return onDirectory((directory) =>
        statusPage(request, { directory, readTenant, bundle, limits, now: () => 0 }),
      );
    },
    examine: async ({ ids }) => {
      const bundle = await wiring.loadBundle(options);
      const examineTenant = await wiring.examineTenant(options);
      return onDirectory(async (directory) => {
        const all = ids ?? (await directory.idsAfter({ status: 'ACTIVE' }, '', 100));
        const rows = await directory.findByIds(all);
        const inOrder = rows.toSorted((one, other) => all.indexOf(one.id) - all.indexOf(other.id));
        const examined = inOrder.map(async (tenant) => ({
          examination: await examineTenant(tenant, bundle),
          done: [],
        }));
        return { examined: await Promise.all(examined), gone: [] };
      });
    },
    'look-at-half-applied': async (request) => {
      const { tenant, tools } = await resolving(request.tenantId);
      return lookAtHalfApplied(request, tenant, tools);
    },
    'foresee-resolution': async (request) => {
      const { tenant, tools } = await resolving(request.tenantId);
      return foreseeResolution(request, tenant, tools);
    },
    resolve: async (request) => {
      const { tenant, tools } = await resolving(request.tenantId);
      return resolveAsSeen(request, tenant, tools);
    },
  };
}

/** Runs a command line on this machine, and the same with `--aws prod`. */
async function bothWays(
  argv: string,
  tenants: readonly FakeTenant[],
  hostOptions: FakeHostOptions = {},
) {
  const { wiring } = await fakeFleet(tenants);
  const operator = fakeOperator(operationsOn(wiring));
  const run = async (more: readonly string[], own: Wiring) => {
    const host = fakeHost(hostOptions);
    const exitCode = await runCli([...argv.split(' '), ...more], host, () => own);
    return { exitCode, out: host.out, err: host.err };
  };
  const here = await run([], wiring);
  // Neither the databases nor the migrations are on the machine of the operator.
  const nothing = () => Promise.reject(new Error('This machine reaches no database.'));
  const onAws = await run(['--aws', 'prod'], {
    ...wiring,
    usingCentral: nothing,
    loadBundle: nothing,
    readTenant: nothing,
    examineTenant: nothing,
    resolveTenant: nothing,
    remoteOperator: operator.remoteOperator,
  });
  return { here, onAws, asked: operator.asked };
}

/** The id of a fake tenant. */
function idOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

/** The migration that is half-applied in every fake tenant. */
const HALF_APPLIED = '20250127120000_add_priority_to_tasks';

const TENANTS: readonly FakeTenant[] = [
  { slug: 'acme', attempt: () => ({ status: 'planned', pending: [], notes: [] }) },
  { slug: 'beta' },
  { slug: 'gamma', attempt: () => failed('Access denied') },
  { slug: 'delta', status: 'SUSPENDED' },
];

describe('a command with --aws', () => {
  test.each<[string, number]>([
    ['migrate:status', 0],
    ['migrate:status --check', 1],
    ['migrate:status --verbose --concurrency 1', 0],
    ['migrate:status --check --json --concurrency 1', 1],
    ['migrate:doctor all --concurrency 1', 0],
    ['migrate:doctor all --json --concurrency 1', 0],
    ['migrate:doctor beta acme --verbose', 0],
    ['migrate:doctor nobody', 2],
    ['migrate:doctor beta --hosts db1', 2],
    ['migrate:doctor', 2],
    ['migrate:resolve beta', 1],
    ['migrate:resolve nobody', 2],
    [`migrate:resolve beta --revert ${HALF_APPLIED} --yes`, 0],
    [`migrate:resolve beta --retry ${HALF_APPLIED}`, 2],
    [`migrate:resolve beta --retry ${HALF_APPLIED} --applied ${HALF_APPLIED}`, 2],
  ])('%s prints what it prints on one machine', async (argv, exitCode) => {
    const { here, onAws, asked } = await bothWays(argv, TENANTS);
    expect(onAws.out.replaceAll(' --aws prod', '')).toBe(here.out);
    // A command that a function of the stack carries out, instead of one that reads the central database from here.
    const typedHere = onAws.err.replace('migrate:status --verbose --aws prod', 'tenant:list');
    expect(typedHere.replaceAll(' --aws prod', '')).toBe(here.err);
    expect(onAws.exitCode).toBe(exitCode);
    expect(here.exitCode).toBe(exitCode);
    if (exitCode !== 2) expect(asked.length).toBeGreaterThan(1);
  });

  test('migrate:status of a fleet without tenants is the same on AWS', async () => {
    const { here, onAws } = await bothWays('migrate:status', []);
    expect(onAws).toEqual(here);
  });

  test.each([
    'migrate:status --migrations db',
    'migrate:status --tls off',
    'migrate:status --table-name x',
    'migrate:doctor all --tls off',
    'migrate:resolve beta --migrations db',
    'tenant:password beta --ca x.pem',
    'tenant:rotate-password beta --connect-timeout 3',
    'tenant:provision beta --undo --accounts-from %',
  ])('%s is refused, since the deployment has decided it', async (argv) => {
    const { onAws, asked } = await bothWays(argv, []);
    expect(onAws.exitCode).toBe(2);
    expect(onAws.err).toContain('has no meaning with --aws');
    expect(asked).toEqual([]);
  });

  test('an error of a function has its own exit code and next step', async () => {
    const { wiring } = await fakeFleet([]);
    const error = new FanfoldError('CentralDatabaseMissing', 'There is no database "x".', {
      fault: 'configuration',
      nextStep: 'Correct the secret.',
    });
    const { remoteOperator } = fakeOperator({ status: () => Promise.reject(error) });
    const host = fakeHost();
    const argv = ['migrate:status', '--aws', 'prod'];
    expect(await runCli(argv, host, () => ({ ...wiring, remoteOperator }))).toBe(3);
    expect(host.err).toContain('There is no database "x".');
    expect(host.err).toContain('Correct the secret.');
  });

  test('tenant:password --aws hands a typed password to the function, and prints it nowhere', async () => {
    const { wiring } = await fakeFleet(TENANTS);
    const refusal = new FanfoldError('AccessDenied', 'The server refuses it.', {
      fault: 'tenant',
      nextStep: 'Type the right one: `fanfold tenant:password <tenant>`',
    });
    const { remoteOperator, asked } = fakeOperator({
      ...operationsOn(wiring),
      'store-password': async ({ tenantId }) => {
        if (tenantId === idOf(2)) throw refusal;
        return {};
      },
    });
    const run = async (argv: string) => {
      const host = fakeHost({ stdin: 'hunter2-hunter2\n' });
      const exitCode = await runCli(argv.split(' '), host, () => ({ ...wiring, remoteOperator }));
      expect(host.out + host.err).not.toContain('hunter2');
      return { exitCode, host };
    };
    const stored = await run('tenant:password beta --aws prod');
    expect(stored.exitCode).toBe(0);
    expect(stored.host.out).toBe('✅ beta has a new stored password, which its database accepts\n');
    expect(asked.at(-1)).toMatchObject({
      operation: 'store-password',
      request: { tenantId: idOf(1), owner: 'application', password: 'hunter2-hunter2' },
    });
    const refused = await run('tenant:password gamma --migration-user --aws prod');
    expect(refused.exitCode).toBe(1);
    expect(refused.host.err).toContain('fanfold tenant:password gamma');
    const both = await run('tenant:password beta gamma --json --aws prod');
    expect(both.exitCode).toBe(1);
    expect(JSON.parse(both.host.out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      ...{ type: 'lot-finished', done: 1, failed: 1 },
    });
  });

  test('tenant:password --generate and tenant:rotate-password with --aws send no password at all', async () => {
    const { wiring } = await fakeFleet(TENANTS);
    const { remoteOperator, asked } = fakeOperator({
      ...operationsOn(wiring),
      'make-password': async () => ({ made: 'set' }),
      'rotate-password': async ({ keepOld }) => ({ oldIsValid: keepOld }),
    });
    const run = async (argv: string) => {
      const host = fakeHost();
      await runCli(argv.split(' '), host, () => ({ ...wiring, remoteOperator }));
      return host.out;
    };
    expect(await run('tenant:password beta --generate --accounts-from 10.% --aws prod')).toBe(
      '✅ beta has a new password, which its database accepts\n',
    );
    expect(await run('tenant:rotate-password beta --keep-old --aws prod')).toBe(
      '✅ beta has a new password; the old one is still valid\n',
    );
    expect(asked.filter(({ operation }) => operation !== 'find')).toMatchObject([
      { request: { tenantId: idOf(1), owner: 'application', accountsFrom: '10.%' } },
      { request: { tenantId: idOf(1), keepOld: true } },
    ]);
  });

  test('tenant:provision --undo --aws shows what is dropped, and drops nothing without a confirmation', async () => {
    const { wiring } = await fakeFleet([]);
    const { remoteOperator, asked } = fakeOperator({
      'look-at-provisioning': async () => ({
        ...{ id: '7', mark: 'database', migrationUser: 'acme_m' },
        address: { host: 'db1', port: 3306, database: 'acme_db', user: 'acme' },
      }),
      'undo-provisioning': async () => ({}),
    });
    const run = async (argv: string) => {
      const host = fakeHost();
      const exitCode = await runCli(argv.split(' '), host, () => ({ ...wiring, remoteOperator }));
      return { exitCode, host };
    };
    const unconfirmed = await run('tenant:provision acme --undo --aws prod');
    expect(unconfirmed.exitCode).toBe(2);
    expect(unconfirmed.host.err.replaceAll(/\s+/g, ' ')).toContain(
      'The users "acme" and "acme_m" and the database "acme_db" at db1:3306 will be dropped.',
    );
    expect(asked.map(({ operation }) => operation)).toEqual(['look-at-provisioning']);
    const undone = await run('tenant:provision acme --undo --yes --aws prod');
    expect(undone.host.out).toBe('✅ Removed acme: user, database and row.\n');
    expect(asked.at(-1)).toMatchObject({ request: { tenantId: '7' } });
  });

  test('a Ctrl-C ends the status after the page under way', async () => {
    const { wiring } = await fakeFleet(TENANTS);
    const host = fakeHost();
    const { status } = operationsOn(wiring);
    const { remoteOperator, asked } = fakeOperator({
      status: async (request) => {
        host.signal('SIGINT');
        return (await status?.(request)) ?? { readings: [] };
      },
    });
    const argv = ['migrate:status', '--concurrency', '1', '--aws', 'prod'];
    expect(await runCli(argv, host, () => ({ ...wiring, remoteOperator }))).toBe(130);
    expect(asked).toHaveLength(1);
    expect(host.err).toContain('Interrupted after 1 tenant.');
  });
});
