import type { RowDataPacket } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { migrate } from '../../../support/migrating.ts';
import { backfill, bundle } from '../../../support/migrations.ts';
import { ownServerFolder, startOwnServer } from '../../../support/own-server.ts';

const HOUR = 3_600;
/** Clocks in Berlin go back at 2026-10-25 01:00 UTC, and forward at 2027-03-28 01:00 UTC. */
const NIGHTS = [Date.UTC(2026, 9, 25, 1), Date.UTC(2027, 2, 28, 1)].map((ms) => ms / 1_000);

it.skipIf(ownServerFolder() === undefined)(
  'walks timestamps in the time zone of a server whose clocks go back and forward, each row once',
  async () => {
    const server = await startOwnServer();
    onTestFinished(() => server.stop());
    server.crash();
    const before = process.env.TZ;
    process.env.TZ = 'Europe/Berlin';
    try {
      await server.restart();
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
    const connection = await server.connection();
    onTestFinished(() => connection.end());
    await connection.query('CREATE DATABASE clocks');
    await connection.query('USE clocks');
    await connection.query(
      'CREATE TABLE marks (at TIMESTAMP NOT NULL PRIMARY KEY, n INT DEFAULT 0)',
    );
    // In UTC, since the hour between two and three exists twice otherwise.
    await connection.query("SET time_zone = '+00:00'");
    const moments = NIGHTS.flatMap((night) =>
      Array.from({ length: 6 * 60 }, (_, minute) => night - 3 * HOUR + minute * 60),
    );
    const rows = moments.map((moment) => `(FROM_UNIXTIME(${moment}))`).join(', ');
    await connection.query(`INSERT INTO marks (at) VALUES ${rows}`);
    await connection.query('SET time_zone = SYSTEM');
    const [[zone]] = await connection.query<RowDataPacket[]>(
      `SELECT FROM_UNIXTIME(${NIGHTS[0]} - ${HOUR / 2}) = FROM_UNIXTIME(${NIGHTS[0]} + ${HOUR / 2}) AS twice`,
    );
    expect(zone).toEqual({ twice: 1 });

    const { host, port, user, password } = server;
    const all = bundle(
      backfill('20260101000000_count', { table: 'marks', batch: 7, update: 'n = n + 1' }),
    );
    for (let attempts = 1; ; attempts += 1) {
      let asked = 0;
      // Each attempt ends after some batches, so that the place is read back as text.
      const attempt = await migrate({ host, port, user, password, database: 'clocks' }, all, {
        phase: 'backfills',
        backfills: { pace: () => 1, pause: () => ++asked > 20 },
      });
      if (attempt.status === 'continue') continue;
      expect(attempt).toMatchObject({ status: 'migrated' });
      expect(attempts).toBeGreaterThan(3);
      break;
    }
    const [counts] = await connection.query('SELECT n, COUNT(*) AS found FROM marks GROUP BY n');
    expect(counts).toEqual([{ n: 1, found: moments.length }]);
  },
);
