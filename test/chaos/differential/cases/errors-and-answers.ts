import type { Knex } from 'knex';
import { bare, type ChaosCase, one } from '../chaos-case.ts';
import type { ServerError } from '../server-error.ts';
import { BIG, SHOP } from './bases.ts';

/** Catches an error, and keeps in the table `log` what a migration can see of it. */
function keepsOfError(name: string, see: (error: ServerError) => unknown): ChaosCase {
  return {
    name: `error: ${name}`,
    base: SHOP,
    migrations: bare(async (knex) => {
      await knex.schema.alterTable('users', (t) => t.integer('x1'));
      try {
        await knex.schema.alterTable('users', (t) => t.string('name'));
      } catch (error) {
        await knex('log').insert({ what: String(see(error as ServerError)) });
      }
      await knex.schema.alterTable('users', (t) => t.integer('x2'));
      try {
        await knex('users').insert({ id: 1, email: 'twice' });
      } catch (error) {
        await knex('log').insert({ what: String(see(error as ServerError)) });
      }
      await knex.schema.alterTable('users', (t) => t.integer('x3'));
      try {
        await knex.raw('SELECT ? FROM never_there', ['bound']);
      } catch (error) {
        await knex('log').insert({ what: String(see(error as ServerError)) });
      }
      await knex.schema.alterTable('users', (t) => t.integer('x4'));
    }),
  };
}

/** Keeps in the table `log` what a migration can see of an answer, with a change of a table after it. */
function keepsOfAnswer(name: string, ask: (knex: Knex) => Promise<unknown>): ChaosCase {
  const up = async (knex: Knex) => {
    await knex.schema.alterTable('users', (t) => t.integer('x1'));
    const seen = await ask(knex);
    await knex.schema.alterTable('users', (t) => t.integer('x2'));
    await knex('log').insert({ what: JSON.stringify(seen) ?? 'undefined' });
    await knex.schema.alterTable('users', (t) => t.integer('x3'));
  };
  return {
    name: `answer: ${name}`,
    base: SHOP,
    migrations: bare(up),
    refersTo: ['orders.user_id'],
  };
}

const shapeOf = (value: unknown): unknown =>
  value instanceof Date
    ? `Date ${value.toISOString()}`
    : Buffer.isBuffer(value)
      ? `Buffer ${value.toString('hex')}`
      : typeof value === 'object' && value !== null
        ? [
            Object.getPrototypeOf(value)?.constructor?.name,
            ...Object.entries(value)
              .filter(([key]) => key !== 'serverStatus')
              .map(([key, each]) => [key, shapeOf(each)]),
          ]
        : `${typeof value} ${String(value)}`;

export const ERRORS_AND_ANSWERS: readonly ChaosCase[] = [
  keepsOfError('errno', ({ errno }) => errno),
  keepsOfError('SQL state', ({ sqlState }) => sqlState),
  keepsOfError('sqlMessage', ({ sqlMessage }) => sqlMessage),
  keepsOfError('sql', ({ sql }) => sql),
  keepsOfError('message', ({ message }) => message),
  keepsOfError('text', (error) => error),
  keepsOfError('keys', (error) => Object.keys(error)),
  keepsOfError('own names', (error) => Object.getOwnPropertyNames(error).sort()),
  keepsOfError('JSON', (error) => JSON.stringify(error)),
  keepsOfError('class', (error) => [error.constructor.name, error instanceof Error, error.name]),
  keepsOfError('has a stack', ({ stack }) => stack?.split('\n')[0]),
  keepsOfAnswer('of an insert by the builder', (knex) =>
    knex('orders').insert({ id: 9, user_id: 1 }),
  ),
  keepsOfAnswer('of a raw insert', async (knex) =>
    shapeOf((await knex.raw('INSERT INTO orders (id, user_id) VALUES (9, 1)'))[0]),
  ),
  keepsOfAnswer(
    'with the state of the session',
    async (knex) =>
      (await knex.raw('INSERT INTO orders (id, user_id) VALUES (9, 1)'))[0].serverStatus,
  ),
  keepsOfAnswer('of an update that changes nothing', async (knex) => [
    await knex('users').update({ n: 0 }),
    shapeOf((await knex.raw('UPDATE users SET n = 0'))[0]),
  ]),
  keepsOfAnswer('of a raw select', async (knex) => {
    const [rows, fields] = await knex.raw(
      "SELECT id, total, until, x'00ff' AS raw, 9007199254740993 AS big, NULL AS nothing FROM orders ORDER BY id",
    );
    return [rows.map(shapeOf), fields.map(({ name }: { name: string }) => name)];
  }),
  keepsOfAnswer('with times', async (knex) =>
    shapeOf(
      await knex('orders')
        .where('id', 2)
        .first(
          'until',
          knex.raw('CAST(until AS DATE) AS day'),
          knex.raw("CAST('-11:22:33' AS TIME) AS t"),
        ),
    ),
  ),
  keepsOfAnswer('of first, pluck, count and exists', async (knex) => [
    (await knex('users').where('id', 99).first()) ?? 'undefined',
    await knex('users').orderBy('id').pluck('email'),
    await knex('users').count(),
    await knex.schema.hasTable('users'),
    await knex.schema.hasColumn('users', 'nothing'),
  ]),
  keepsOfAnswer('of several statements', async (knex) => {
    const [results, fields] = await knex.raw(
      'UPDATE users SET n = n + 1; SELECT COUNT(*) AS c FROM users; SET @a = 1; DELETE FROM orders WHERE id = 3',
    );
    return [shapeOf(results), fields?.length];
  }),
  // docs/explanation/reliability.md: the `info` of a change that is found done is gone with its answer.
  keepsOfAnswer('of a changed table', async (knex) => {
    const [{ info, ...answer }] = await knex.raw('ALTER TABLE users ADD INDEX by_n (n)');
    return [typeof info, shapeOf(answer)];
  }),
  // The information schema of MySQL has no order.
  keepsOfAnswer('of the columns', async (knex) =>
    Object.entries(await knex('orders').columnInfo()).sort(),
  ),
  keepsOfAnswer('of a call', async (knex) => {
    await knex.raw('CREATE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END');
    return shapeOf((await knex.raw('CALL two()'))[0]);
  }),
  {
    name: 'error: in a transaction, which goes on',
    base: SHOP,
    migrations: one(async (knex) => {
      await knex('users').where('id', 1).update({ n: 1 });
      await knex('users')
        .insert({ id: 1, email: 'twice' })
        .catch(({ code }) => knex('log').insert({ what: code }));
      await knex('users').where('id', 2).update({ n: 2 });
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      await knex('users').update({ x: 3 });
    }),
  },
  {
    name: 'error: a lost connection that the migration wraps',
    base: SHOP,
    migrations: bare(async (knex) => {
      const fill = async (id: number) => {
        try {
          await knex('users').where({ id }).increment('n', id);
        } catch (error) {
          throw new Error(`while filling: ${(error as Error).message}`);
        }
      };
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      for (const id of [1, 2, 3]) await fill(id);
      await knex.schema.alterTable('users', (t) => t.integer('y'));
    }),
  },
  {
    name: 'error: a lost connection that becomes something else',
    base: SHOP,
    migrations: one(async (knex) => {
      try {
        await knex('users').increment('n');
        await knex.schema.alterTable('users', (t) => t.integer('x'));
        await knex('users').increment('n');
      } catch (error) {
        // biome-ignore lint/style/useThrowOnlyError: people do
        throw { reason: (error as ServerError).code };
      }
    }),
  },
  {
    name: 'error: another way if the first one fails',
    base: SHOP,
    migrations: bare(async (knex) => {
      for (const [id, email] of [
        [1, 'one'],
        [7, 'seven'],
      ] as const) {
        try {
          await knex('users').insert({ id, email });
        } catch {
          await knex('users').where({ id }).update({ email });
        }
      }
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      const hasIndex = await knex.raw('ALTER TABLE users DROP INDEX never').then(
        () => true,
        () => false,
      );
      await knex('log').insert({ what: String(hasIndex) });
      await knex.schema.alterTable('users', (t) => t.integer('y'));
    }),
  },
  {
    name: 'read again: a long read, then the column is renamed',
    base: BIG,
    migrations: one(async (knex) => {
      const rows = await knex('big').select('id', 'body').orderBy('id');
      await knex('log').insert({ what: String(rows.length) });
      await knex.schema.alterTable('big', (t) => t.renameColumn('body', 'text'));
      await knex.schema.alterTable('users', (t) => t.integer('x'));
      await knex('log').insert({ what: String(rows[0].body.length) });
    }),
  },
  {
    name: 'read again: a long read, then the column changes its type',
    base: BIG,
    migrations: bare(async (knex) => {
      const [rows] = await knex.raw('SELECT * FROM big ORDER BY id');
      await knex.raw("UPDATE big SET body = CONCAT('y', id)");
      await knex.raw('ALTER TABLE big MODIFY body VARCHAR(50) NOT NULL');
      for (const { id, body } of rows.slice(0, 3))
        await knex('log').insert({ what: `${id} ${body.length}` });
      await knex.schema.alterTable('users', (t) => t.integer('x'));
    }),
  },
  {
    name: 'read again: a stream, then the table is emptied',
    base: BIG,
    migrations: bare(async (knex) => {
      let sum = 0;
      for await (const { body } of knex('big').select('body').stream()) sum += body.length;
      await knex('log').insert({ what: String(sum) });
      await knex.raw('TRUNCATE TABLE big');
      await knex.schema.alterTable('users', (t) => t.integer('x'));
    }),
  },
  {
    name: 'read again: pages of rows, each of which is marked',
    base: BIG,
    migrations: bare(async (knex) => {
      for (let after = 0; ; ) {
        const rows = await knex('big').where('id', '>', after).orderBy('id').limit(12);
        if (rows.length === 0) break;
        after = rows.at(-1).id;
        await knex('big')
          .whereIn(
            'id',
            rows.map(({ id }) => id),
          )
          .update({ done: 1 });
      }
      await knex.schema.alterTable('big', (t) => t.dropColumn('done'));
    }),
  },
  {
    name: 'read again: two long reads, of a table and of its copy',
    base: BIG,
    migrations: one(async (knex) => {
      await knex.raw('CREATE TABLE copy AS SELECT * FROM big');
      const [before, after] = [await knex('big').select(), await knex('copy').select()];
      await knex.schema.dropTable('big');
      await knex.schema.renameTable('copy', 'big');
      await knex('log').insert({ what: `${before.length} ${after.length}` });
      await knex.schema.alterTable('users', (t) => t.integer('x'));
    }),
  },
  {
    name: 'read again: a long read of what the migration itself has written',
    base: BIG,
    migrations: one(async (knex) => {
      await knex('big').update({ body: knex.raw("REPEAT('z', 2500)") });
      const rows = await knex('big').select('body');
      await knex('log').insert({ what: rows[0].body.slice(0, 3) });
      await knex.schema.alterTable('big', (t) => t.dropColumn('body'));
      await knex.schema.alterTable('users', (t) => t.integer('x'));
    }),
  },
];
