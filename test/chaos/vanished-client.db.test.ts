import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle } from '../support/migrations.ts';
import { killSessions } from '../support/process-list.ts';
import { testServer } from '../support/server.ts';
import type { Contents } from './differential/contents.ts';
import { CHAOS_MIGRATIONS } from './support/chaos-migrations.ts';
import { contentsOfDatabase } from './support/contents-of-database.ts';
import { IN_FULL } from './support/form.ts';
import { CHAOS_RUN, runAgain } from './support/run-again.ts';
import { startRunner } from './support/runner-process.ts';

const BUNDLE = bundle(...CHAOS_MIGRATIONS);
/** Longer than the 120 s after which the server ends a session that says nothing. */
const LONGER_THAN_WAIT_TIMEOUT_MS = 130_000;

/** The server ends the sessions that say nothing: by its own clock in the full form, else at once. */
async function serverLosesPatience({ user }: TestDatabase): Promise<void> {
  if (IN_FULL) return sleep(LONGER_THAN_WAIT_TIMEOUT_MS);
  const root = await testServer().rootConnection();
  await killSessions(root, { where: 'USER = ?', values: [user] });
  await root.end();
}

async function expectedSnapshot(): Promise<Contents> {
  const clean = await createDatabase('clean');
  await migrate(clean, BUNDLE);
  return contentsOfDatabase(clean);
}

describe('a client that says nothing any more', () => {
  it('a client whose process was stopped finds out when it continues, and harms nothing', async () => {
    const expected = await expectedSnapshot();
    const database = await createDatabase('stopped');
    const proxy = await startCuttingProxy(testServer());
    const runner = await startRunner();
    const stopped = new Promise<ChildProcess>((resolve) => {
      proxy.strikeAt({ query: /ADD COLUMN at DATETIME/, moment: 'before' }, () => {
        runner.child.kill('SIGSTOP');
        resolve(runner.child);
      });
    });
    const running = runner.run([{ ...database, host: '127.0.0.1', port: proxy.port }], {
      once: true,
    });
    const child = await stopped;
    expect(await migrate(database, BUNDLE, { fenceWaitSeconds: 0 })).toMatchObject({
      failure: {
        code: 'TenantBusy',
        retryable: true,
        message: expect.stringContaining('connection'),
      },
    });
    await serverLosesPatience(database);
    expect(await runAgain(database, BUNDLE)).toMatchObject({ status: 'migrated' });
    child.kill('SIGCONT');
    await proxy.close();
    expect(await running).toEqual(['failed']);
    expect(await contentsOfDatabase(database)).toEqual(expected);
  }, 400_000);

  it('a client whose host vanished silently keeps the fence no longer than the server waits', async () => {
    const expected = await expectedSnapshot();
    const database = await createDatabase('vanished');
    const proxy = await startCuttingProxy(testServer());
    const silent = new Promise<void>((resolve) => {
      proxy.strikeAt({ query: /rename table/i, moment: 'before' }, () => {
        proxy.goSilent();
        resolve();
      });
    });
    const running = migrate({ ...database, host: '127.0.0.1', port: proxy.port }, BUNDLE, {
      runId: CHAOS_RUN,
    });
    await silent;
    expect(await migrate(database, BUNDLE, { fenceWaitSeconds: 0 })).toMatchObject({
      failure: { code: 'TenantBusy', retryable: true },
    });
    await serverLosesPatience(database);
    expect(await runAgain(database, BUNDLE)).toMatchObject({ status: 'migrated' });
    expect(await contentsOfDatabase(database)).toEqual(expected);
    await proxy.close();
    expect(await running).toMatchObject({ status: 'failed', failure: { code: 'FenceLost' } });
  }, 400_000);
});
