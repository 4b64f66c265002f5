import { expect, it } from 'vitest';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../support/own-server.ts';
import { testServer } from '../../support/server.ts';

const BASE = migration('20260101000000_create_base', (knex) =>
  knex.raw('CREATE TABLE base (id INT PRIMARY KEY)'),
);

/** The number of times that the server has waited for its disk. */
async function fsyncs(server: OwnServer): Promise<number> {
  const connection = await server.connection();
  const [rows] = await connection.query(
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_data_fsyncs', 'Innodb_os_log_fsyncs')",
  );
  await connection.end();
  const count = new Map(
    (rows as { Variable_name: string; Value: string }[]).map((row) => [
      row.Variable_name,
      Number(row.Value),
    ]),
  );
  return count.get('Innodb_os_log_fsyncs') || (count.get('Innodb_data_fsyncs') ?? 0);
}

const columns = (count: number) =>
  Array.from({ length: count }, (_, i) => `ALTER TABLE base ADD COLUMN c${i} INT`);

/** The cost of Fanfold's own statements without a statement journal: each of the four commits. */
async function bare(
  server: OwnServer,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const connection = await server.connection(database);
  await connection.query('UPDATE knex_migrations_lock SET is_locked = 2');
  for (const sql of statements) await connection.query(sql);
  await connection.query('START TRANSACTION');
  await connection.query(
    "INSERT INTO knex_migrations (batch, migration_time, name) VALUES (2, NOW(), 'x')",
  );
  await connection.query(
    "INSERT INTO fanfold_journal (migration, checksum, run_id) VALUES ('x', 'x', 'x')",
  );
  await connection.query('COMMIT');
  await connection.query('UPDATE knex_migrations_lock SET is_locked = 0');
  await connection.end();
}

// The counters are server-wide, so no other session may use the server.
it.skipIf(ownServerFolder() === undefined)(
  'the journal needs no fsync for the first statement, and one for each further one',
  async () => {
    const server = await startOwnServer();
    try {
      const measure = async (name: string, count: number, isBare: boolean): Promise<number> => {
        const root = await server.connection();
        await root.query(`CREATE DATABASE ${name}`);
        await root.end();
        const login = { ...server, database: name };
        await migrate(login, bundle(BASE));
        const before = await fsyncs(server);
        if (isBare) await bare(server, name, columns(count));
        else {
          const alter = migration('20260102000000_alter', async (knex) => {
            for (const sql of columns(count)) await knex.raw(sql);
          });
          expect(await migrate(login, bundle(BASE, alter))).toMatchObject({ status: 'migrated' });
        }
        return (await fsyncs(server)) - before;
      };
      const least = async (count: number, isBare: boolean) => {
        const counts: number[] = [];
        for (let i = 0; i < 5; i++)
          counts.push(await measure(`d${count}${isBare}${i}`, count, isBare));
        return Math.min(...counts);
      };
      const added = {
        one: (await least(1, false)) - (await least(1, true)),
        six: (await least(6, false)) - (await least(6, true)),
      };
      process.stdout.write(
        `${testServer().flavour}: fsyncs that the journal adds: ${added.one} with one statement, ${added.six} with six\n`,
      );
      expect(added.one).toBeLessThanOrEqual(0);
      expect(added.six).toBeLessThanOrEqual(5);
    } finally {
      await server.stop();
    }
  },
  120_000,
);
