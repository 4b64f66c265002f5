import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import type { RemoteRun } from '../../src/core/remote/remote-runs.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';

const ARN = 'arn:aws:states:eu-west-1:123456789012:execution:prod-provision-tenant:run-1';
const PROGRESS = {
  ...{ tenantId: '1', slug: 'acme', status: 'ACTIVE', applied: 2, paused: false },
  steps: [
    { step: 'claim', durationMs: 40, done: true },
    { step: 'account', durationMs: 60, done: false },
  ],
};

type Frame = Partial<RemoteRun> | FanfoldError;

/** Runs the command line over executions that look like this, one look after the other. */
async function run(argv: string, frames: readonly Frame[], interrupted = false) {
  const host = fakeHost();
  const { wiring } = await fakeFleet([]);
  const started: unknown[] = [];
  let look = 0;
  const exitCode = await runCli(argv.split(' '), host, () => ({
    ...wiring,
    remoteProvisioning: async () => ({
      stack: {
        ...{ name: 'prod', region: 'eu-west-1', stateMachineArn: 'a' },
        ...{ runBucket: 'b', settleFunction: 'c' },
      },
      clock: {
        now: () => look * 1_000,
        sleep: async () => {
          if (interrupted) host.signal('SIGINT');
        },
      },
      consoleUrl: () => undefined,
      start: async (...args) => {
        started.push(args);
        return ARN;
      },
      read: async () => {
        const frame = frames[Math.min(look, frames.length - 1)] ?? {};
        look += 1;
        if (frame instanceof FanfoldError) throw frame;
        return {
          ...{ id: 'run-1', arn: ARN, status: 'RUNNING', startedAt: new Date(0) },
          ...{ redriveCount: 0, ...frame },
        } as RemoteRun;
      },
    }),
  }));
  return { host, exitCode, started };
}

describe('tenant:provision --aws', () => {
  it('tenant:provision --aws starts an execution with the typed options, and reports its steps', async () => {
    const { host, exitCode, started } = await run(
      'tenant:provision acme --host db1 --port 3307 --name Acme --aws prod',
      [{}, { status: 'SUCCEEDED', output: JSON.stringify(PROGRESS) }],
    );
    expect(exitCode).toBe(0);
    expect(started).toEqual([['run-1', { slug: 'acme', name: 'Acme', host: 'db1', port: 3307 }]]);
    expect(host.out).toBe(
      '✅ acme is ACTIVE: 2 migrations in 0.1 s\n- claim: 0.04 s\n- account: 0.06 s (already done)\n',
    );
    expect(host.err).toContain(ARN);
  });

  it.each([
    ['TenantProvisioningFailed', '"acme" could not be provisioned: TableExists', 1],
    ['SlugTaken', 'There already is a tenant with the slug "acme".', 2],
    ['CentralDatabaseAccessDenied', 'The central database refused the login.', 3],
  ])('tenant:provision --aws reports a failure with %s', async (error, errorMessage, exit) => {
    const cause = JSON.stringify({ errorMessage });
    const frames = [{ status: 'FAILED', error, cause } as const];
    const { host, exitCode } = await run('tenant:provision acme --aws prod', frames);
    expect(exitCode).toBe(exit);
    expect(host.out.replaceAll(/\s+/g, ' ')).toContain(errorMessage);
    const json = await run('tenant:provision acme --aws prod --json', frames);
    expect(JSON.parse(json.host.out)).toMatchObject({ error, cause: errorMessage, slug: 'acme' });
  });

  it('a stopped provisioning on AWS names the command that resumes it', async () => {
    const { host, exitCode } = await run('tenant:provision acme --aws prod', [
      { status: 'ABORTED' },
    ]);
    expect(exitCode).toBe(1);
    expect(host.out).toContain('ABORTED; the same command resumes it');
  });

  it('Ctrl-C only detaches from a provisioning on AWS', async () => {
    const { host, exitCode } = await run('tenant:provision acme --aws prod', [{}], true);
    expect(exitCode).toBe(130);
    expect(host.err).toContain('Detached');
  });

  it('following a provisioning survives AWS being unreachable for a while', async () => {
    const away = new FanfoldError('AwsUnreachable', 'AWS cannot be reached.', {
      ...{ fault: 'configuration', nextStep: 'x', retryable: true },
    });
    const { host, exitCode } = await run('tenant:provision acme --aws prod', [
      away,
      { status: 'SUCCEEDED', output: JSON.stringify(PROGRESS) },
    ]);
    expect(exitCode).toBe(0);
    expect(host.err).toContain('Retrying.');
  });

  it('tenant:provision --aws refuses options that the deployment determines', async () => {
    for (const option of [
      ...['--collation utf8mb4_bin', '--undo --tls off', '--tls off', '--no-require-tls'],
      ...['--accounts-from 10.%', '--privileges SELECT', '--migration-privileges ALL'],
    ]) {
      const { host, exitCode, started } = await run(`tenant:provision a ${option} --aws prod`, []);
      expect({ option, exitCode, started }).toEqual({ option, exitCode: 2, started: [] });
      expect(host.err).toContain('has no meaning with --aws');
    }
  });
});
