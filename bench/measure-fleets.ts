import type { Connection, RowDataPacket } from 'mysql2';
import { send, usingConnection } from './connection.ts';
import { type Counts, countsBetween, mapCounters, readCounters } from './counters.ts';
import { forEachBounded } from './for-each-bounded.ts';
import { createDatabases, dropDatabases, PREFIX } from './scratch-databases.ts';
import type { ServerLogin } from './server-login.ts';
import { MIGRATIONS_IN_THE_END, STAGES, type Stage } from './stages.ts';
import type { Way } from './ways/way.ts';

/** One way over one fleet in one round. */
export interface Sample {
  readonly way: Way;
  readonly stage: Stage['name'];
  readonly round: number;
  /** Tenants a second. */
  readonly rate: number;
  /** Processor time of this process, user and system, in milliseconds a tenant. */
  readonly cpuMs: number;
  /** Per tenant. */
  readonly counts: Counts;
}

export interface FleetsOptions {
  readonly tenants: number;
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly onRound: (round: number) => void;
}

/**
 * Measures every way on separate fleets, stage by stage. In a round the ways take turns on fresh databases,
 * and every round begins with another one, so that a slow minute of the machine affects all of them, and none
 * always comes first.
 */
export async function measureFleets(
  login: ServerLogin,
  ways: readonly Way[],
  { tenants, rounds, signal, onRound }: FleetsOptions,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const fleet = (way: Way): string[] =>
    Array.from(
      { length: tenants },
      (_, index) => `${PREFIX}${way.name}_${way.concurrency}_${String(index).padStart(5, '0')}`,
    );
  await usingConnection(login, undefined, async (connection) => {
    for (let round = 0; round < rounds; round++) {
      onRound(round + 1);
      await createDatabases(login, ways.flatMap(fleet), signal);
      const turns = ways.map((_, index) => ways[(index + round) % ways.length] as Way);
      for (const stage of STAGES) {
        for (const way of turns) {
          // One run that lists every database several times has the costs of a run only once.
          const listed = Array.from({ length: stage.passes }, () => fleet(way)).flat();
          const run = () => way.migrate(listed, stage, signal);
          const { seconds, cpuMs, counts } = await measure(connection, run);
          const migrated = listed.length;
          samples.push({
            way,
            stage: stage.name,
            round,
            rate: migrated / seconds,
            cpuMs: cpuMs / migrated,
            counts: mapCounters((counter) => divide(counts[counter], migrated)),
          });
        }
      }
      await checkMigrated(login, ways.flatMap(fleet), signal);
      await dropDatabases(login);
    }
  });
  return samples;
}

async function measure(
  connection: Connection,
  run: () => Promise<void>,
): Promise<{ seconds: number; cpuMs: number; counts: Counts }> {
  const first = await readCounters(connection);
  const before = await readCounters(connection);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await run();
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const after = await readCounters(connection);
  return {
    seconds,
    cpuMs: (cpu.user + cpu.system) / 1_000,
    counts: countsBetween(before, after, countsBetween(first, before)),
  };
}

/** A way that leaves something out would look fast. */
async function checkMigrated(
  login: ServerLogin,
  databases: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await forEachBounded(databases, 8, signal, (database) =>
    usingConnection(login, database, async (connection) => {
      const [row] = await send<RowDataPacket[]>(
        connection,
        'SELECT COUNT(*) AS applied, SUM(batch) AS batches, (SELECT MAX(is_locked) FROM knex_migrations_lock) AS locked, (SELECT COUNT(priority) FROM tasks) AS tasks FROM knex_migrations',
      );
      if (row?.applied !== MIGRATIONS_IN_THE_END || row.locked !== 0) {
        throw new Error(`${database} was not migrated as it should be: ${JSON.stringify(row)}`);
      }
    }),
  );
}

function divide(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}
