import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byTurns } from '../../../chaos/support/form.ts';
import type { TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../../support/own-server.ts';
import { plainKnex } from '../../../support/plain-knex.ts';

/** `max_allowed_packet` of the server, in bytes. */
const LIMIT = 32 * 1024;
/** Spare bytes: from slightly too few to more than everything that Fanfold puts before a statement. */
const SPARE = Array.from({ length: 603 }, (_, index) => index - 2);

/** Creates statements of exactly the given number of bytes. */
const FORMS: Readonly<Record<string, (bytes: number, k: number) => readonly [string, unknown[]]>> =
  {
    'an insert': (bytes, k) => [
      padded(`INSERT INTO rows_ (id) VALUES (${k + 10})`, bytes, 'x'),
      [],
    ],
    'an insert with a binding': (bytes, k) => {
      const sql = `INSERT INTO rows_ (id, body) VALUES (${k + 10}, ?)`;
      return [sql, ['b'.repeat(bytes - (sql.length - 1) - 2)]];
    },
    'an insert of characters of two bytes': (bytes, k) => [
      padded(`INSERT INTO rows_ (id, body) VALUES (${k + 10}, 'ä')`, bytes, 'ä'),
      [],
    ],
    'an insert of characters of four bytes': (bytes, k) => [
      padded(`INSERT INTO rows_ (id, body) VALUES (${k + 10}, '😀')`, bytes, '😀'),
      [],
    ],
    'an update': (bytes, k) => [
      padded(`UPDATE rows_ SET n = n + ${k + 10} WHERE id = 1`, bytes, 'x'),
      [],
    ],
    'a changed table': (bytes, k) => [
      padded(`ALTER TABLE changed COMMENT = 'number ${k + 10}'`, bytes, 'x'),
      [],
    ],
    'a read': (bytes) => [padded('SELECT COUNT(*) AS n FROM rows_', bytes, 'x'), []],
  };

/** The statement, padded by a comment at its end. */
function padded(sql: string, bytes: number, filler: string): string {
  const room = bytes - Buffer.byteLength(`${sql} /*  */`);
  const count = Math.floor(room / Buffer.byteLength(filler));
  const rest = room - count * Buffer.byteLength(filler);
  return `${sql} /* ${filler.repeat(count)}${'.'.repeat(rest)} */`;
}

const BASE = [
  'CREATE TABLE rows_ (id INT PRIMARY KEY, n INT NOT NULL DEFAULT 0, body MEDIUMTEXT) CHARACTER SET utf8mb4',
  'INSERT INTO rows_ (id) VALUES (1)',
  'CREATE TABLE changed (id INT PRIMARY KEY)',
];

describe.skipIf(ownServerFolder() === undefined)(
  'statements of the maximum length of the server',
  () => {
    let server: OwnServer;
    let made = 0;
    beforeAll(async () => {
      server = await startOwnServer();
      const root = await server.connection();
      await root.query(`SET GLOBAL max_allowed_packet = ${LIMIT}`);
      await root.end();
    }, 120_000);
    afterAll(() => server?.stop());

    /** A database on that server. */
    async function prepared(): Promise<TestDatabase> {
      const database = `packets_${++made}`;
      const root = await server.connection();
      await root.query(`CREATE DATABASE ${database}`);
      await root.changeUser({ database });
      for (const sql of BASE) await root.query(sql);
      await root.end();
      const { host, port, user, password } = server;
      return {
        host,
        port,
        user,
        password,
        database,
        query: async (sql: string) => {
          const connection = await server.connection(database);
          const [rows] = await connection.query(sql);
          await connection.end();
          return rows as Record<string, unknown>[];
        },
      } as TestDatabase;
    }

    /** The minimum of spare bytes with which plain Knex runs such a statement. */
    async function leastSpare(form: string): Promise<number> {
      const database = await prepared();
      for (const k of SPARE) {
        const knex = plainKnex(database, bundle(), { pool: { min: 0, max: 1 } });
        const [sql, values] = FORMS[form]?.(LIMIT - k, k) ?? ['', []];
        const error = await knex.raw(sql, values as string[]).then(
          () => undefined,
          (caught: unknown) => caught,
        );
        await knex.destroy();
        if (error === undefined) return k;
      }
      throw new Error('Plain Knex runs none of them.');
    }

    const send = async (knex: Knex, form: string, k: number) => {
      const [sql, values] = FORMS[form]?.(LIMIT - k, k) ?? ['', []];
      await knex.raw(sql, values as string[]);
    };

    it.each(
      byTurns(
        Object.keys(FORMS).flatMap((form) =>
          [true, false].map((transaction) => ({ form, transaction })),
        ),
      ),
    )(
      'statements of the maximum length of the server run as under plain Knex, however few bytes there are to spare: $form (transaction: $transaction)',
      async ({ form, transaction }) => {
        const least = await leastSpare(form);
        const database = await prepared();
        const runs = SPARE.filter((k) => k >= least);
        const attempt = await migrate(
          database,
          bundle(
            migration(
              '20260101000000_long',
              async (knex) => {
                for (const k of runs) await send(knex, form, k);
              },
              { transaction },
            ),
          ),
        );
        expect(attempt).toMatchObject({ status: 'migrated' });
        if (form.startsWith('an insert')) {
          const [count] = await database.query('SELECT COUNT(*) AS n FROM rows_');
          expect(Number(count?.n)).toBe(1 + runs.length);
        }
      },
      120_000,
    );

    it.each(
      byTurns(
        Object.keys(FORMS).flatMap((form) =>
          [true, false].flatMap((transaction) =>
            [1, 2, 1000].map((beyond) => ({ form, transaction, beyond })),
          ),
        ),
      ),
    )(
      'statements of the maximum length of the server are refused by name before they are sent if they are $beyond bytes too long: $form (transaction: $transaction)',
      async ({ form, transaction, beyond }) => {
        const k = (await leastSpare(form)) - beyond;
        const database = await prepared();
        let isTooLong = true;
        const file = () =>
          bundle(
            migration(
              '20260101000000_too_long',
              async (knex) => {
                await knex.raw('ALTER TABLE changed ADD COLUMN before_it INT');
                await knex('rows_').insert({ id: 2, n: 2 });
                await send(knex, form, isTooLong ? k : 700);
                await knex.raw('ALTER TABLE changed ADD COLUMN after_it INT');
              },
              { transaction },
            ),
          );
        const attempt = await migrate(database, file());
        expect(attempt).toMatchObject({
          status: 'failed',
          failure: { code: 'StatementTooLarge', retryable: false },
        });
        const { message } = (attempt as { failure: { message: string } }).failure;
        expect(message).toContain(LIMIT.toLocaleString('en'));
        expect(message).toContain((LIMIT - k).toLocaleString('en'));
        // DDL has ended the transaction, so the write has committed itself.
        expect(await database.query('SELECT id FROM rows_ WHERE id = 2')).toHaveLength(1);
        expect(await database.query("SHOW COLUMNS FROM changed LIKE 'before_it'")).toHaveLength(1);

        isTooLong = false;
        expect(await migrate(database, file())).toMatchObject({ status: 'migrated' });
        expect(await database.query('SELECT id, n FROM rows_ WHERE id = 2')).toHaveLength(1);
        expect(await database.query("SHOW COLUMNS FROM changed LIKE '%_it'")).toHaveLength(2);
      },
      60_000,
    );
  },
);
