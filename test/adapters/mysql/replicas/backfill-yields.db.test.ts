import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplicaReader } from '../../../../src/adapters/mysql/replicas/read-replicas.ts';
import type { BackfillProgress } from '../../../../src/core/backfill/backfill-progress.ts';
import { migrate } from '../../../support/migrating.ts';
import { backfill, bundle, migration } from '../../../support/migrations.ts';
import {
  type ReplicatedPair,
  startReplicatedPair,
  whyNoPair,
} from '../../../support/replication.ts';

const why = whyNoPair();
const CREATE = migration('20260101000000_create_tasks', (knex) =>
  knex.schema.createTable('tasks', (table) => {
    table.increments('id');
    table.integer('points').notNullable().defaultTo(0);
  }),
);
const COUNT = backfill('20260102000000_fill_points', {
  table: 'tasks',
  batch: 20,
  update: 'points = points + 1',
});
const BUNDLE = bundle(CREATE, COUNT);
const ROWS = 4_000;

describe.skipIf(why !== '')(`a backfill beside a real replica${why}`, () => {
  let pair: ReplicatedPair;
  beforeAll(async () => {
    pair = await startReplicatedPair();
  }, 120_000);
  afterAll(() => pair?.stop());

  /** A tenant on the source with rows to change. */
  async function tenant(database: string) {
    await pair.onSource.query(`CREATE DATABASE ${database}`);
    const { host, port, user, password } = pair.source;
    const login = { host, port, user, password, database };
    await migrate(login, bundle(CREATE));
    const rows = Array.from({ length: ROWS }, (_, i) => `(${i + 1})`);
    await pair.onSource.query(`INSERT INTO ${database}.tasks (id) VALUES ${rows.join(', ')}`);
    await pair.caughtUp();
    return login;
  }

  const watch = (options: { port?: number; maxLagSeconds?: number } = {}) => {
    const { host, port, user, password } = pair.replica;
    const read = createReplicaReader({
      findReplicas: () => [{ host, port: options.port ?? port }],
      findLogin: async () => ({ user, password }),
      tls: () => undefined,
    });
    return { find: () => [], read, maxLagSeconds: options.maxLagSeconds ?? 1 };
  };

  async function changed(database: string): Promise<number> {
    const [rows] = await pair.onSource.query(
      `SELECT COUNT(*) AS n FROM ${database}.tasks WHERE points = 1`,
    );
    return Number((rows as { n: number }[])[0]?.n);
  }

  it('waits while the replica is late, and comes back when that has caught up', async () => {
    const login = await tenant('yields');
    const seen: BackfillProgress[] = [];
    const running = migrate(login, BUNDLE, {
      phase: 'backfills',
      replicas: watch(),
      // Slow enough to be held up in the middle.
      backfills: {
        onProgress: (progress) => seen.push(progress as BackfillProgress),
        pace: () => 0.05,
      },
    });
    const waits = ({ slowedBy }: BackfillProgress) => slowedBy?.includes('replicaLag') ?? false;
    for (const until = Date.now() + 20_000; seen.length < 3 && Date.now() < until; await sleep(10));
    // A reader's lock holds the applier up, as a long report on a replica does.
    const report = await pair.replica.connection();
    await report.query('LOCK TABLES yields.tasks READ');
    for (
      const until = Date.now() + 20_000;
      Date.now() < until && !seen.some(waits);
      await sleep(20)
    );
    expect(seen.find(waits)?.replicas?.[0]).toMatch(/^127\.0\.0\.1:\d+ is \d+ s late$/);
    await sleep(300);
    const held = await changed('yields');
    expect(held).toBeLessThan(ROWS);
    await sleep(2_500);
    expect(await changed('yields')).toBe(held);
    await report.end();
    expect(await running).toMatchObject({ status: 'migrated' });
    expect(await changed('yields')).toBe(ROWS);
    expect(seen.filter(waits).length).toBeGreaterThanOrEqual(2);
    await pair.caughtUp();
  }, 90_000);

  it('does not begin while the SQL thread of the replica is stopped', async () => {
    const login = await tenant('stopped');
    await pair.onReplica.query(`STOP ${pair.words} SQL_THREAD`);
    const seen: BackfillProgress[] = [];
    const paused = await migrate(login, BUNDLE, {
      phase: 'backfills',
      replicas: watch(),
      backfills: {
        onProgress: (progress) => seen.push(progress as BackfillProgress),
        pause: () => seen.length >= 2,
      },
    });
    expect(paused).toMatchObject({ status: 'continue' });
    expect(await changed('stopped')).toBe(0);
    expect(seen.at(-1)).toMatchObject({
      slowedBy: ['replicaLag'],
      replicas: [expect.stringMatching(/does not replicate: its SQL thread is stopped$/)],
    });
    await pair.onReplica.query(`START ${pair.words} SQL_THREAD`);
    await pair.caughtUp();
    const attempt = await migrate(login, BUNDLE, { phase: 'backfills', replicas: watch() });
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await changed('stopped')).toBe(ROWS);
  }, 90_000);

  it('slows down for a replica that nobody can read, and says so', async () => {
    const login = await tenant('unread');
    const seen: BackfillProgress[] = [];
    const attempt = await migrate(login, BUNDLE, {
      phase: 'backfills',
      replicas: watch({ port: 9 }),
      backfills: {
        onProgress: (progress) => seen.push(progress as BackfillProgress),
        pause: () => seen.length >= 3,
      },
    });
    expect(attempt).toMatchObject({ status: 'continue' });
    expect(await changed('unread')).toBeGreaterThan(0);
    expect(seen.at(-1)).toMatchObject({
      slowedBy: ['replicaLag'],
      unread: expect.arrayContaining(['replicaLag']),
      replicas: [expect.stringMatching(/^the lag of 127\.0\.0\.1:9 cannot be read: Connection/)],
    });
  }, 60_000);
});
