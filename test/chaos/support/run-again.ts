import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle } from '../../../src/core/bundle/bundle.ts';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import type { DatabaseAddress } from '../../../src/core/tenant.ts';
import { migrate } from '../../support/migrating.ts';

/** All attempts are of one run, as the attempts of a command are. */
export const CHAOS_RUN = 'chaos-run';

/** Runs again as an operator would: what may pass by itself is tried again, anything else is the end. */
export async function runAgain(
  database: DatabaseAddress & { password: string },
  bundle: Bundle,
): Promise<Attempt> {
  for (let tries = 1; ; tries++) {
    const attempt = await migrate(database, bundle, { fenceWaitSeconds: 10, runId: CHAOS_RUN });
    if (attempt.status !== 'failed' || !attempt.failure.retryable || tries === 10) return attempt;
    await sleep(50);
  }
}
