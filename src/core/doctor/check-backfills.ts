import { type HostLoad, strainOf, strainWords } from '../backfill/host-strain.ts';
import { planPhase } from '../backfill/plan-phase.ts';
import { type Bundle, splitMigrationName } from '../bundle/bundle.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { type PlannedMigration, planTenant } from '../migrate/plan-tenant.ts';
import type { SchemaState } from '../schema-state.ts';
import { commandSpan } from '../wording/command-span.ts';
import { countOf } from '../wording/count-of.ts';
import { fewOf } from '../wording/few-of.ts';
import { formatCount } from '../wording/format-count.ts';
import { formatDuration } from '../wording/format-duration.ts';
import type { BegunBackfill, PendingBackfill } from './backfill-facts.ts';
import { type Check, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';
import { LATE_REPLICA } from './late-replica.ts';

/** A run that holds the tenant for that long without a batch is not at its usual work: rests and lock waits are shorter. */
const STUCK_SECONDS = 300;
/** Batches follow each other sooner than that while a backfill runs. */
const RUNNING_SECONDS = 60;

const NAME = 'backfills';

type Facts = Pick<DatabaseFacts, 'backfills' | 'state' | 'fenceHolder'>;

/** The circumstances in which backfills are judged. */
export interface BackfillsContext {
  readonly bundle: Bundle;
  readonly slug: string;
  /** Whether somebody has paused a run; absent if the runs cannot be read here. */
  readonly isPaused?: ((runId: string) => Promise<boolean>) | undefined;
}

/** The backfills of a bundle that a database has not completed. Throws what the loading of a file throws. */
export async function pendingBackfills(
  bundle: Bundle,
  state: SchemaState,
): Promise<readonly PendingBackfill[]> {
  const found: PendingBackfill[] = [];
  for (const { migration } of pendingOf(bundle, state)) {
    const { backfill } = await migration.load();
    if (backfill !== undefined) {
      found.push({ id: migration.id, checksum: migration.checksum, backfill });
    }
  }
  return found;
}

/** Judges the backfills of a database; no check if it has none that is pending or has begun. */
export async function checkBackfills(facts: Facts, context: BackfillsContext): Promise<Check[]> {
  const { backfills, state } = facts;
  const { bundle, slug } = context;
  const pending = pendingOf(bundle, state);
  const begun = new Map(backfills.begun.map((each) => [each.migration, each]));
  const checks = await Promise.all(backfills.begun.map((each) => checkBegun(each, facts, context)));
  let waiting: PendingBackfill[];
  try {
    waiting = [...(await pendingBackfills(bundle, state))];
    checks.push(...(await checkRequired(pending, slug)));
  } catch (error) {
    const { code, message, nextStep } = failureOf(error);
    return [...checks, { name: NAME, status: 'wrong', code, message, nextStep }];
  }
  const isBackfill = new Set(waiting.map(({ id }) => id));
  const firstChange = pending.find(({ migration }) => !isBackfill.has(migration.id));
  const untouched: string[] = [];
  for (const { id } of waiting.filter((each) => !begun.has(each.id))) {
    const obstacle = backfills.obstacles.get(id);
    // A schema change before it may create what it lacks.
    const isEarly = firstChange !== undefined && isBefore(firstChange, id, pending);
    if (obstacle === undefined || isEarly) untouched.push(id);
    else checks.push({ name: NAME, status: 'wrong', code: 'BackfillRefused', ...obstacle });
  }
  if (untouched.length > 0) {
    checks.push(ok(NAME, `${countOf(untouched.length, 'backfill')} to run: ${fewOf(untouched)}`));
  }
  if (waiting.length > 0) checks.push(...checkLoad(backfills.load));
  return checks;
}

/** The pending migrations of a database, whatever else is wrong with it. */
function pendingOf(bundle: Bundle, state: SchemaState): readonly PlannedMigration[] {
  return planTenant(bundle, { ...state, open: [] }, { strict: false, allowMissing: true }).pending;
}

function isBefore(
  first: PlannedMigration,
  id: string,
  pending: readonly PlannedMigration[],
): boolean {
  return pending.indexOf(first) < pending.findIndex(({ migration }) => migration.id === id);
}

/** A backfill that has begun: whether it runs, or what keeps it from that. */
async function checkBegun(
  begun: BegunBackfill,
  { backfills, state, fenceHolder }: Facts,
  { bundle, slug, isPaused }: BackfillsContext,
): Promise<Check> {
  const { migration: id, runId, idleSeconds } = begun;
  const far = `${id} has begun: ${farOf(begun)}`;
  const forget = `DELETE FROM fanfold_backfills WHERE migration = '${id.replaceAll("'", "''")}';`;
  if (!bundle.knownIds.has(id)) {
    return {
      name: NAME,
      status: 'note',
      code: 'BackfillLeft',
      message: `${far}, and its file is not among the migrations: the other rows keep their old form.`,
      nextStep: `Restore the file as it was, and run it: ${commandSpan('migrate:backfills', slug)}. If nobody needs it any more: ${forget}`,
    };
  }
  if (state.rows.some(({ name }) => splitMigrationName(name).id === id)) {
    return {
      name: NAME,
      status: 'note',
      code: 'BackfillLeft',
      message: `${far}, and yet it is recorded as applied, by somebody else or by plain Knex.`,
      nextStep: `Check that all rows have their new form, then: ${forget}`,
    };
  }
  const obstacle = backfills.obstacles.get(id);
  if (obstacle !== undefined) {
    return { name: NAME, status: 'wrong', code: 'BackfillRefused', ...obstacle };
  }
  const since = `the last batch was committed ${formatDuration(idleSeconds * 1_000)} ago`;
  const isHeld = fenceHolder !== null;
  if (idleSeconds < RUNNING_SECONDS || (isHeld && idleSeconds < STUCK_SECONDS)) {
    return ok(NAME, `${far}, ${since}`);
  }
  if (isHeld) {
    return {
      name: NAME,
      status: 'note',
      code: 'BackfillStuck',
      message: `${far}; ${since}, although a session holds the tenant.`,
      nextStep:
        'The line about the fence shows what that session does. If it waits for a lock, end the transaction that holds it; if a sign of load stops all batches, a line here says so. A backfill whose process was killed continues with the next run, once the server has ended that session.',
    };
  }
  if ((await isPaused?.(runId)) === true) {
    return {
      name: NAME,
      status: 'note',
      code: 'BackfillPaused',
      message: `${far}; ${since}, and somebody has paused the run ${runId}.`,
      nextStep: `Resume it: ${commandSpan('resume', runId)}. If that run has ended: ${commandSpan('migrate:backfills', slug)}`,
    };
  }
  return {
    name: NAME,
    status: 'note',
    code: 'BackfillInterrupted',
    message: `${far}; ${since}, and nobody is running it: the run ${runId} failed here, was stopped or paused, or takes its turn later.`,
    nextStep: `Unless a run of backfills is under way, continue it at its next row: ${commandSpan('migrate:backfills', slug)}. It shows the reason if it fails again.`,
  };
}

function farOf({ rowsDone, rowsExpected }: BegunBackfill): string {
  const done = formatCount(rowsDone);
  if (!rowsExpected) return `${countOf(rowsDone, 'row')} done`;
  // The number of all rows is an estimate, which the walk may pass.
  const share = Math.min(99, Math.floor((100 * rowsDone) / rowsExpected));
  return `${done} of about ${formatCount(rowsExpected)} rows done (${share} %)`;
}

/** Migrations that a run of schema changes cannot apply, because they require a backfill. */
async function checkRequired(
  pending: readonly PlannedMigration[],
  slug: string,
): Promise<readonly Check[]> {
  const { blocked } = await planPhase(pending, 'schema');
  if (blocked?.code !== 'BackfillPending') return [];
  const [first = ''] = blocked.message.split('. ');
  return [
    {
      name: NAME,
      status: 'wrong',
      code: 'BackfillPending',
      message: `${first}. Runs of schema changes stop before it.`,
      nextStep: `Complete the backfill, then migrate again: ${commandSpan('migrate:backfills', slug)}`,
    },
  ];
}

function checkLoad(load: HostLoad | undefined): readonly Check[] {
  if (load === undefined) return [];
  const { most, because } = strainOf(load);
  if (because.length === 0) return [];
  const consequence =
    most === 0
      ? 'no batch of a backfill begins'
      : 'batches of backfills take at most a tenth of the time';
  return [
    {
      name: NAME,
      status: 'note',
      code: 'BackfillsSlowed',
      message: `The server has much to do now: ${because.map((sign) => strainWords(sign, load)).join('; ')}. As long as that lasts, ${consequence}.`,
      nextStep: most === 0 ? LATE_REPLICA : OF_LOAD,
    },
  ];
}

const OF_LOAD =
  'Look again later. If it stays like this, find what keeps the server busy: SHOW FULL PROCESSLIST, and for a long history the oldest transaction in SHOW ENGINE INNODB STATUS. Otherwise give backfills hours in which it has less to do: --backfill-window.';
