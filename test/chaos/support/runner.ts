// A process of its own that migrates databases, to be killed. Waits for a message with their logins.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseAddress } from '../../../src/core/tenant.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle } from '../../support/migrations.ts';
import { CHAOS_MIGRATIONS } from './chaos-migrations.ts';

type Login = DatabaseAddress & { password: string };

/** What is retryable is tried again; the rest is what the process ends with. */
async function migrateUntilDone(login: Login): Promise<string> {
  for (let tries = 1; ; tries++) {
    const attempt = await migrate(login, bundle(...CHAOS_MIGRATIONS), { fenceWaitSeconds: 5 });
    if (attempt.status !== 'failed') return attempt.status;
    if (!attempt.failure.retryable || tries === 20) return JSON.stringify(attempt.failure);
    await sleep(20);
  }
}

process.on('message', async ({ logins, once }: { logins: Login[]; once?: boolean }) => {
  const outcomes: string[] = [];
  for (const login of logins) {
    outcomes.push(
      once
        ? (await migrate(login, bundle(...CHAOS_MIGRATIONS))).status
        : await migrateUntilDone(login),
    );
  }
  process.send?.({ outcomes }, () => process.exit());
});
process.send?.('ready');
