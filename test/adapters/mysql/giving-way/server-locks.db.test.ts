import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../../support/own-server.ts';
import { testServer } from '../../../support/server.ts';

const isMySql = testServer().flavour === 'mysql';

/** Locks of other sessions, and the statement that releases them. */
const HOLDERS: readonly (readonly [what: string, hold: readonly string[], release: string])[] = [
  ['FLUSH TABLES WITH READ LOCK', ['FLUSH TABLES WITH READ LOCK'], 'UNLOCK TABLES'],
  ['FLUSH TABLES t FOR EXPORT', ['FLUSH TABLES t FOR EXPORT'], 'UNLOCK TABLES'],
  isMySql
    ? ['LOCK INSTANCE FOR BACKUP', ['LOCK INSTANCE FOR BACKUP'], 'UNLOCK INSTANCE']
    : ['BACKUP STAGE', ['BACKUP STAGE START', 'BACKUP STAGE BLOCK_DDL'], 'BACKUP STAGE END'],
];

const STATEMENTS = [
  'ALTER TABLE t ADD COLUMN b INT',
  'CREATE INDEX i ON t (a)',
  'TRUNCATE TABLE t',
  'RENAME TABLE t TO u',
  'DROP TABLE t',
  'CREATE TABLE v (id INT PRIMARY KEY)',
  'OPTIMIZE TABLE t',
];

let server: OwnServer;
let count = 0;

// Locks on the whole server need a separate server.
describe.skipIf(ownServerFolder() === undefined)('a lock on the whole server', () => {
  beforeAll(async () => {
    server = await startOwnServer();
  }, 60_000);
  afterAll(() => server?.stop());

  it.each(
    HOLDERS.flatMap(([what, ...rest]) => STATEMENTS.map((sql) => [what, sql, ...rest] as const)),
  )(
    'a statement that waits for a lock on the whole server gives way and comes again: %s, %s',
    async (_what, sql, hold, release) => {
      const database = `waits_${count++}`;
      const holder = await server.connection();
      await send(holder, [
        `CREATE DATABASE ${database}`,
        `USE ${database}`,
        'CREATE TABLE t (id INT PRIMARY KEY, a INT)',
        'INSERT INTO t VALUES (1, 1)',
        ...hold,
      ]);
      const releasing = sleep(700).then(() => holder.query(release));
      const run = migration('20260301000000_change', (knex) => knex.raw(sql), {
        transaction: false,
      });

      const { host, port, user, password } = server;
      const attempt = await migrate({ host, port, user, password, database }, bundle(run), {
        safety: { queueMs: 120 },
        lockWaitTimeoutSeconds: 20,
      });
      await releasing;

      expect(attempt).toMatchObject({ status: 'migrated' });
      const [rows] = await holder.query('SELECT * FROM fanfold_journal WHERE number > 0');
      expect(rows).toEqual([]);
      await holder.query(`DROP DATABASE ${database}`);
      holder.destroy();
    },
    30_000,
  );
});

async function send(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}
