import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import type { OnlineProgress } from '../../../../src/core/safety/online/online-progress.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { meansOf, whyNot } from '../../../support/online-programs.ts';
import { startReplicatedPair, whyNoPair } from '../../../support/replication.ts';

const why = whyNot('gh-ost') || whyNot('Spirit') || whyNoPair();
const CHANGE = migration('20260101000000_widen_points', (knex) =>
  knex.raw('ALTER TABLE tasks MODIFY points BIGINT'),
);

it.skipIf(why !== '')(
  `a huge table is changed by gh-ost, which waits for a replica that is late${why}`,
  async () => {
    const pair = await startReplicatedPair();
    onTestFinished(() => pair.stop());
    // The program has one login for all servers, and accounts are replicated.
    const [user, password] = ['online', 'online-7'];
    await pair.onSource.query(`CREATE USER ${user} IDENTIFIED BY '${password}'`);
    await pair.onSource.query(`GRANT ALL ON *.* TO ${user}`);
    await pair.onSource.query('CREATE DATABASE shop');
    await pair.onSource.query('CREATE TABLE shop.tasks (id INT PRIMARY KEY, points INT)');
    const rows = Array.from({ length: 20_000 }, (_, index) => `(${index}, 1)`);
    await pair.onSource.query(`INSERT INTO shop.tasks VALUES ${rows.join(', ')}`);
    await pair.caughtUp();
    await pair.onReplica.query('STOP REPLICA SQL_THREAD');

    const { host, port } = pair.source;
    const login = { host, port, user, password, database: 'shop' };
    const replica = { host: pair.replica.host, port: pair.replica.port };
    const programs = await Promise.all(
      (['Spirit', 'gh-ost'] as const).map((name) => meansOf(name).findPrograms()),
    );
    const seen: OnlineProgress[] = [];
    const running = migrate(login, bundle(CHANGE), {
      safety: { copyBytes: 0, onlineChange: 'external' },
      online: { findPrograms: async () => programs.flat(), findLogin: async () => login },
      replicas: { find: () => [replica], read: async () => [], maxLagSeconds: 1 },
      backfills: { onProgress: (progress) => seen.push(progress as OnlineProgress) },
    });
    const named = `throttled, 127.0.0.1:${replica.port} `;
    const hasWaited = () => seen.some(({ waits }) => waits?.startsWith(named) ?? false);
    for (const until = Date.now() + 60_000; Date.now() < until && !hasWaited(); ) await sleep(100);
    expect(hasWaited()).toBe(true);
    await sleep(3_000);
    expect(seen.at(-1)).toMatchObject({ program: 'gh-ost', waits: expect.stringMatching(named) });
    await pair.onReplica.query('START REPLICA SQL_THREAD');
    expect(await running).toMatchObject({ status: 'migrated' });
    await pair.caughtUp();
    const [[column]] = await pair.onReplica.query<RowDataPacket[]>(
      "SHOW COLUMNS FROM shop.tasks LIKE 'points'",
    );
    expect(column?.Type).toBe('bigint');
  },
  200_000,
);
