import type { Bundle } from '../../bundle/bundle.ts';
import type { Attempt } from '../../migrate/attempt.ts';
import { migrateDatabase } from '../../migrate/migrate-database.ts';
import type { RecordedMigration } from '../recording.ts';
import type { AttemptTerms, RehearsalDatabase } from './rehearsal-ports.ts';
import { withoutKeeping } from './without-keeping.ts';

/** An attempt in a rehearsal: it applies pending migrations, or rolls back the newest one. */
export interface AttemptPlan extends AttemptTerms {
  readonly bundle: Bundle;
  readonly direction: 'up' | 'down';
  /** Attempts of one id are those of one run. */
  readonly runId: string;
  /** Migrations to roll back. Default: the newest one. */
  readonly steps?: number | undefined;
}

/** How an attempt has ended. */
export interface AttemptEnd {
  readonly attempt: Attempt;
  readonly statements: readonly RecordedMigration[];
}

/** Seconds that a statement on a scratch database waits for a lock, which only the migration itself can hold. */
const LOCK_WAIT_SECONDS = 5;

/** Attempts that may fail by chance, such as one that meets the session of a killed one. */
const MOST_TRIES = 5;

/** Makes one attempt, which nobody stops. */
export function makeAttempt(database: RehearsalDatabase, plan: AttemptPlan): Promise<AttemptEnd> {
  return database.attempting(plan, async ({ databases, within, recorded }) => {
    const attempt = await within(() =>
      migrateDatabase(database.login, contextOf(plan), { databases }),
    );
    return { attempt, statements: recorded() };
  });
}

/** Makes attempts until one ends without an error that may pass. */
export async function resumeAttempt(
  database: RehearsalDatabase,
  plan: AttemptPlan,
): Promise<AttemptEnd> {
  for (let tries = 1; ; tries++) {
    const end = await makeAttempt(database, plan);
    const { attempt } = end;
    if (attempt.status !== 'failed' || !attempt.failure.retryable || tries === MOST_TRIES)
      return end;
  }
}

/**
 * Makes an attempt that is killed at its stop, and passes it to `after` while its code stays where it is, as that of
 * a killed process does. `undefined` if the attempt ends before the stop.
 */
export function makeStoppedAttempt<Result>(
  database: RehearsalDatabase,
  plan: AttemptPlan,
  after: () => Promise<Result>,
): Promise<Result | undefined> {
  return database.attempting(plan, async ({ databases, within, killed, release }) => {
    const running = within(() => migrateDatabase(database.login, contextOf(plan), { databases }));
    const end = await Promise.race([running, killed.then(() => 'killed' as const)]);
    if (end !== 'killed') return undefined;
    try {
      return await after();
    } finally {
      release();
    }
  });
}

function contextOf({ bundle, direction, runId, steps = 1 }: AttemptPlan) {
  const common = { strict: false, allowMissing: true, lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS };
  const request =
    direction === 'up'
      ? { ...common, command: 'migrate' as const, phase: 'all' as const }
      : { ...common, command: 'rollback' as const, steps, allowEmpty: true };
  return { runId, bundle: withoutKeeping(bundle), request };
}
