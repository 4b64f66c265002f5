import { type Bundle, bundleUpTo } from '../bundle/bundle.ts';
import type { OwnFailure } from '../failure.ts';
import type { Attempt } from '../migrate/attempt.ts';
import { migrateDatabase } from '../migrate/migrate-database.ts';
import {
  compareReplays,
  type ReplayComparison,
  type ReplaySide,
  type SnapshotDifference,
} from './compare-replays.ts';
import { SNAPSHOT_FORMAT, type Snapshot, type SnapshotHeader } from './snapshot.ts';
import type {
  OutsideStatement,
  SnapshotDatabase,
  SnapshotDatabases,
  SnapshotServer,
  SnapshotSql,
} from './snapshot-ports.ts';
import { type SnapshotSink, SnapshotTooLarge } from './snapshot-sink.ts';
import { writeSnapshot } from './write-snapshot.ts';

/** A difference between two replays, and the migration after which it is there first. */
export interface NamedDifference extends SnapshotDifference {
  /** Absent if no migration alone makes it. */
  readonly migration?: string | undefined;
}

/** A snapshot, or why a bundle has to be replayed. */
export type SnapshotResult =
  | { readonly status: 'made'; readonly header: SnapshotHeader }
  | { readonly status: 'fails'; readonly failure: OwnFailure }
  | { readonly status: 'outside'; readonly statements: readonly OutsideStatement[] }
  /** Two replays at different times, in databases with different names, do not make the same. */
  | { readonly status: 'varies'; readonly differences: readonly NamedDifference[] }
  /** A database made from the snapshot is not what the replay made. */
  | { readonly status: 'unproven'; readonly reasons: readonly string[] }
  | { readonly status: 'too large'; readonly limit: number };

/** The migrations of a snapshot, and how it is written. */
export interface MakeSnapshotOptions {
  readonly bundle: Bundle;
  /** Reads the migrations anew, so that their code is evaluated once more. */
  readonly loadBundle: () => Promise<Bundle>;
  /** That of new tenants' databases. Default: the server's own for utf8mb4. */
  readonly collation?: string | undefined;
  readonly sql: SnapshotSql;
  /** Opens the file; the snapshot exists only once the sink is kept. */
  readonly openSink: () => Promise<SnapshotSink>;
  /** The version of Fanfold. */
  readonly tool: string;
  readonly madeAt: Date;
  readonly onStep?: ((step: SnapshotStep) => void) | undefined;
}

/** The next part of the work. */
export type SnapshotStep = 'replay' | 'replay again' | 'compare' | 'prove' | 'find';

/** The server's time in the two replays: whole seconds, another year, month, weekday and hour. */
const CLOCKS = [Date.UTC(2030, 2, 15, 12, 0, 0), Date.UTC(2031, 7, 25, 3, 41, 27)] as const;

/**
 * Makes a snapshot of what a bundle's migrations make of an empty database, and proves it: two replays at different
 * times, in databases with different names, have to be equal, and a database made from the snapshot has to equal
 * them. Otherwise nothing is kept, and the result says why.
 */
export async function makeSnapshot(
  server: SnapshotServer,
  options: MakeSnapshotOptions,
): Promise<SnapshotResult> {
  const { collation } = options;
  const result = await server.usingDatabases((databases) => madeIn(databases, options), collation);
  if (result.status !== 'varies') return result;
  options.onStep?.('find');
  const named = await server.usingDatabases(
    (databases) => nameDifferences(databases, options, result.differences),
    collation,
  );
  return { status: 'varies', differences: named };
}

async function madeIn(
  { first, second, proof }: SnapshotDatabases,
  options: MakeSnapshotOptions,
): Promise<SnapshotResult> {
  const { bundle, loadBundle, onStep = () => {} } = options;
  onStep('replay');
  const attempt = await replay(first, CLOCKS[0], bundle);
  if (attempt.status === 'failed') return { status: 'fails', failure: attempt.failure };
  if (first.outside().length > 0) return { status: 'outside', statements: first.outside() };
  onStep('replay again');
  const again = await replay(second, CLOCKS[1], await loadBundle());
  if (again.status === 'failed') return { status: 'fails', failure: again.failure };
  onStep('compare');
  const [one, other] = [await sideOf(first, CLOCKS[0]), await sideOf(second, CLOCKS[1])];
  if (one.contents.withHistory.length > 0) {
    const reasons = one.contents.withHistory.map(
      (table) => `The table ${table} keeps the history of rows, which no statement can write.`,
    );
    return { status: 'unproven', reasons };
  }
  const sink = await options.openSink();
  try {
    const written = await writeSnapshot(one, other, sink, options.sql);
    const { comparison } = written;
    if (comparison.differences.length > 0) {
      return { status: 'varies', differences: comparison.differences };
    }
    onStep('prove');
    const snapshot = await sink.finish({
      fanfold: 'snapshot',
      format: SNAPSHOT_FORMAT,
      tool: options.tool,
      madeAt: options.madeAt.toISOString(),
      bundle: bundle.hash,
      ground: first.ground,
      isZoned: written.isZoned,
      definitionsHash: comparison.definitionsHash,
      rowsHash: comparison.rowsHash,
      tables: one.contents.tables.length,
      rows: comparison.rows,
      left: one.contents.left,
    });
    const reasons = await unprovenBy(proof, snapshot, { one, comparison, bundle });
    if (reasons.length > 0) return { status: 'unproven', reasons };
    await sink.keep();
    return { status: 'made', header: snapshot.header };
  } catch (error) {
    if (error instanceof SnapshotTooLarge) return { status: 'too large', limit: error.limit };
    throw error;
  } finally {
    await sink.discard();
  }
}

/** Makes a database from the snapshot as provisioning does, and names what is not as after the replay. */
async function unprovenBy(
  proof: SnapshotDatabase,
  snapshot: Snapshot,
  of: {
    readonly one: ReplaySide;
    readonly comparison: ReplayComparison;
    readonly bundle: Bundle;
  },
): Promise<string[]> {
  const attempt = await replay(proof, of.one.clock, of.bundle, snapshot);
  if (attempt.status === 'failed') return [attempt.failure.message];
  const missed = attempt.notes.find(({ code }) => code === 'SnapshotNotUsed');
  if (missed !== undefined) return [missed.message];
  const made = await sideOf(proof, of.one.clock);
  const { differences, rowsHash, definitionsHash } = await compareReplays(of.one, made);
  const isEqual =
    rowsHash === of.comparison.rowsHash && definitionsHash === of.comparison.definitionsHash;
  if (differences.length === 0 && !isEqual) return ['The replayed database has changed meanwhile.'];
  return differences.map(({ object, text }) => `${object}: ${text}`);
}

async function sideOf(database: SnapshotDatabase, clock: number): Promise<ReplaySide> {
  return { database, clock, contents: await database.read() };
}

/** Seconds that a statement on a scratch database waits for a lock, which nobody else holds. */
const LOCK_WAIT_SECONDS = 5;

function replay(
  database: SnapshotDatabase,
  clock: number,
  bundle: Bundle,
  snapshot?: Snapshot,
): Promise<Attempt> {
  const context = {
    runId: 'snapshot',
    bundle,
    request: {
      command: 'migrate' as const,
      phase: 'all' as const,
      strict: false,
      allowMissing: false,
      lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS,
    },
    ...(snapshot !== undefined && { snapshot: { snapshot } }),
  };
  return database.attempting(clock, (databases) =>
    migrateDatabase(database.login, context, { databases }),
  );
}

/** Runs the migrations one by one in two databases, and names the first after which each difference is there. */
async function nameDifferences(
  { first, second }: SnapshotDatabases,
  { bundle, loadBundle }: MakeSnapshotOptions,
  wanted: readonly SnapshotDifference[],
): Promise<NamedDifference[]> {
  const again = await loadBundle();
  const named = new Map<string, NamedDifference>();
  for (const { id } of bundle.migrations) {
    const ends = [
      await replay(first, CLOCKS[0], bundleUpTo(bundle, id) ?? bundle),
      await replay(second, CLOCKS[1], bundleUpTo(again, id) ?? again),
    ];
    // Alone a migration may fail that works within a run.
    if (ends.some(({ status }) => status === 'failed')) break;
    const sides = [await sideOf(first, CLOCKS[0]), await sideOf(second, CLOCKS[1])] as const;
    const { differences } = await compareReplays(...sides);
    for (const each of differences) {
      if (!named.has(each.object)) named.set(each.object, { ...each, migration: id });
    }
    if (wanted.every(({ object }) => named.has(object))) break;
  }
  return wanted.map((each) => ({ ...each, migration: named.get(each.object)?.migration }));
}
