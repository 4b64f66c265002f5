import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../../../support/cutting-proxy.ts';
import { createDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

type Work = () => PromiseLike<unknown>;

/** Ways in which migrations handle an error that they catch. */
const WRAPPINGS: Readonly<Record<string, (work: Work) => PromiseLike<unknown>>> = {
  'as it is': (work) => work(),
  'as the message of another error': async (work) => {
    try {
      await work();
    } catch (error) {
      throw new Error(`while filling: ${(error as Error).message}`);
    }
  },
  'without its message': async (work) => {
    try {
      await work();
    } catch {
      throw new Error('Seeding failed.');
    }
  },
  'as the cause of another error': async (work) => {
    try {
      await work();
    } catch (cause) {
      throw new Error('while filling', { cause });
    }
  },
  'as a text': async (work) => {
    try {
      await work();
    } catch (error) {
      throw String(error);
    }
  },
  'as nothing at all': async (work) => {
    try {
      await work();
    } catch {
      // biome-ignore lint/style/useThrowOnlyError: some migrations throw nothing at all.
      throw undefined;
    }
  },
  'in an AggregateError': async (work) => {
    try {
      await work();
    } catch (error) {
      throw new AggregateError([error], 'some of it failed');
    }
  },
  'as an error of a class of its own': async (work) => {
    class SeedError extends Error {
      override name = 'SeedError';
      code = 'ER_DUP_ENTRY';
      errno = 1062;
      sqlState = '23000';
    }
    try {
      await work();
    } catch {
      throw new SeedError('duplicate');
    }
  },
  'by Promise.all': (work) => Promise.all([work(), Promise.resolve()]),
  'not at all': async (work) => {
    try {
      await work();
    } catch {
      // It continues as if nothing had happened.
    }
  },
  'not at all, and tries again': async (work) => {
    for (let tries = 0; tries < 3; tries++) {
      try {
        await work();
        return;
      } catch {
        // It retries, as code that expects a deadlock does.
      }
    }
  },
};

/** The places at which the connection is lost. */
const PLACES: Readonly<Record<string, (knex: Knex) => Work>> = {
  'an insert': (knex) => () => knex('things').insert({ id: 7 }),
  'a changed table': (knex) => () => knex.raw('ALTER TABLE things ADD COLUMN cut_here INT'),
  'a transaction of its own': (knex) => () =>
    knex.transaction(async (trx) => {
      await trx('things').insert({ id: 7 });
    }),
};

let proxy: CuttingProxy;
beforeAll(async () => {
  proxy = await startCuttingProxy(testServer());
});
afterAll(() => proxy.close());

describe.each(Object.keys(PLACES))('a connection that is lost during %s', (place) => {
  it.each(
    Object.keys(WRAPPINGS).flatMap((how) =>
      [true, false].map((transaction) => ({ how, transaction })),
    ),
  )(
    'a lost connection is FenceLost, and the migration resumes, if the migration throws that $how (transaction: $transaction)',
    async ({ how, transaction }) => {
      const database = await createDatabase('wrapped');
      const connection = await database.connection();
      await connection.query('CREATE TABLE things (id INT)');
      const list = bundle(
        migration(
          '20260101000000_wraps',
          async (knex) => {
            await knex.raw('ALTER TABLE things ADD COLUMN begun INT');
            await WRAPPINGS[how]?.(PLACES[place]?.(knex) ?? (async () => {}));
            await knex('things').insert({ id: 8 });
          },
          { transaction },
        ),
      );
      proxy.strikeAt({ query: /\(7\)|cut_here/, moment: 'before' });
      const first = await migrate({ ...database, port: proxy.port }, list);
      expect(first).toMatchObject({
        status: 'failed',
        failure: { code: 'FenceLost', retryable: true },
      });
      const again = await migrate(database, list, { fenceWaitSeconds: 10 });
      expect(again).toMatchObject({ status: 'migrated' });
      const ids = await database.query('SELECT id FROM things ORDER BY id');
      expect(ids.map(({ id }) => id)).toEqual(place === 'a changed table' ? [8] : [7, 8]);
    },
  );
});
