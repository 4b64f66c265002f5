import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { findTenants } from '../../src/core/operator/find-tenants.ts';
import type { Operations } from '../../src/core/operator/operate.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';
import { fakeOperator } from './support/fake-operator.ts';

const TYPED = 'hunter2-hunter2';
const FROM = { host: 'db1', port: 3306, database: 'beta_db', user: 'beta' };

type MoveTenant = NonNullable<Operations['move-tenant']>;

const moves: MoveTenant = async ({ host = 'db1', user = 'beta' }) => ({
  from: FROM,
  to: { ...FROM, host, user },
});

/** Runs `tenant:move … --aws prod` on a machine that reaches no database. */
async function move(argv: string, move: MoveTenant = moves, stdin = `${TYPED}\n`) {
  const { wiring } = await fakeFleet([{ slug: 'acme' }, { slug: 'beta' }]);
  const { remoteOperator, asked } = fakeOperator({
    find: (request) =>
      wiring.usingCentral({} as never, ({ directory }) => findTenants(request, directory)),
    'move-tenant': move,
  });
  const nothing = () => Promise.reject(new Error('This machine reaches no database.'));
  const host = fakeHost({ stdin });
  const exitCode = await runCli(['tenant:move', ...argv.split(' '), '--aws', 'prod'], host, () => ({
    ...wiring,
    ...{ usingCentral: nothing, credentials: nothing, remoteOperator },
  }));
  expect(host.out + host.err).not.toContain(TYPED);
  return { exitCode, host, asked };
}

describe('tenant:move --aws', () => {
  test('tenant:move --aws shows the address before and after, and sends only what was typed', async () => {
    const { exitCode, host, asked } = await move('beta --host db2');
    expect(host.out).toBe(
      '✅ beta is at beta@db2:3306/beta_db now, and was at beta@db1:3306/beta_db\n',
    );
    expect(exitCode).toBe(0);
    expect(asked.map(({ operation }) => operation)).toEqual(['find', 'move-tenant']);
    expect(asked.at(-1)?.request).toEqual({
      tenantId: '00000000-0000-4000-8000-000000000001',
      host: 'db2',
    });
  });

  test('tenant:move --aws --password-stdin hands the password to the function, and prints it nowhere', async () => {
    const { exitCode, asked } = await move('beta --user beta2 --password-stdin');
    expect(exitCode).toBe(0);
    expect(asked.at(-1)?.request).toMatchObject({ user: 'beta2', password: TYPED });
  });

  test('tenant:move --aws refuses an empty password before a function is asked to move', async () => {
    const { exitCode, host, asked } = await move('beta --user b --password-stdin', moves, '\n');
    expect(exitCode).toBe(2);
    expect(host.err).toContain('No password was given.');
    expect(asked.map(({ operation }) => operation)).toEqual(['find']);
  });

  test('tenant:move --aws shows the refusal of the function as its own', async () => {
    const refusal = new FanfoldError('AccessDenied', 'db2 refused the login.', {
      fault: 'tenant',
      nextStep: 'Store the right one: `fanfold tenant:password <tenant>`',
    });
    const { exitCode, host } = await move('beta --host db2 --password-stdin', () =>
      Promise.reject(refusal),
    );
    expect(exitCode).toBe(1);
    expect(host.err).toContain('refused the login');
    expect(host.err).toContain('fanfold tenant:password beta');
  });

  test.each([
    ['beta', 'No new address was given.'],
    ['beta --host db2 --tls off', '--tls has no meaning with --aws'],
    ['beta --host db2 --connect-timeout 3', '--connect-timeout has no meaning with --aws'],
    ['--host db2', 'No tenant was named.'],
    ['nobody --host db2', 'No tenant has the slug or id "nobody".'],
  ])('tenant:move %s --aws is refused, and nothing is moved', async (argv, message) => {
    const { exitCode, host, asked } = await move(argv);
    expect(exitCode).toBe(2);
    expect(host.err).toContain(message);
    expect(asked.map(({ operation }) => operation)).not.toContain('move-tenant');
  });
});
