// A separate process that migrates databases, to be killed. Waits for a message with their logins.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle } from '../../../src/core/bundle/bundle.ts';
import type { DatabaseAddress } from '../../../src/core/tenant.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle } from '../../support/migrations.ts';
import { ALL_CASES } from '../differential/all-cases.ts';
import { namesOf } from '../differential/chaos-case.ts';
import { CHAOS_MIGRATIONS } from './chaos-migrations.ts';
import { countingBackfill, NO_REST } from './counting-backfill.ts';
import { GIVING_WAY, QUEUE_MS } from './giving-way-migrations.ts';
import { CHAOS_RUN } from './run-again.ts';

type Login = DatabaseAddress & { password: string };

/** Migrations whose statements give way to others, instead of those of a case. */
const GIVES_WAY = { safety: { queueMs: QUEUE_MS }, lockWaitTimeoutSeconds: 30 };

/** The migrations of a case of the harness, or those that all tests of processes take. */
function bundleFor(caseName: string | undefined, { database }: Login): Bundle {
  const of = ALL_CASES.find(({ name }) => name === caseName);
  return of === undefined ? bundle(...CHAOS_MIGRATIONS) : of.bundleOf(namesOf(database));
}

/** Retryable failures are retried; any other is the result of the process. */
async function migrateUntilDone(login: Login, theirs: Bundle): Promise<string> {
  for (let tries = 1; ; tries++) {
    const attempt = await migrate(login, theirs, { fenceWaitSeconds: 5, runId: CHAOS_RUN });
    if (attempt.status !== 'failed') return attempt.status;
    if (!attempt.failure.retryable || tries === 20) return JSON.stringify(attempt.failure);
    await sleep(20);
  }
}

interface Order {
  readonly logins: readonly Login[];
  readonly once?: boolean;
  readonly caseName?: string;
  readonly givesWay?: boolean;
  /** The number of a walk, which runs instead of migrations. */
  readonly backfill?: number;
}

process.on('message', async ({ logins, once, caseName, givesWay, backfill }: Order) => {
  const outcomes: string[] = [];
  for (const login of logins) {
    if (backfill !== undefined) {
      const walks = { phase: 'all', fenceWaitSeconds: 10, allowMissing: true } as const;
      const of = { ...walks, backfills: NO_REST, runId: CHAOS_RUN };
      outcomes.push((await migrate(login, countingBackfill(backfill), of)).status);
      continue;
    }
    const theirs = givesWay ? bundle(...GIVING_WAY) : bundleFor(caseName, login);
    const limits = givesWay ? GIVES_WAY : {};
    outcomes.push(
      once
        ? (await migrate(login, theirs, { ...limits, runId: CHAOS_RUN })).status
        : await migrateUntilDone(login, theirs),
    );
  }
  process.send?.({ outcomes }, () => process.exit());
});
process.send?.('ready');
