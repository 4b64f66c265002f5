import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { createDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';

/** Private values that must not appear in a failure, in all notations. */
const SECRETS = [
  'secret@example.org',
  'it\\\'s "hidden"',
  'hidden',
  '987654321',
  '2025-02-03',
  'c0ffee',
  '4711.25',
];

/** Failing statements with such values, as literals or as bindings. */
const FAILING: Readonly<Record<string, (knex: Knex) => PromiseLike<unknown>>> = {
  'an insert with values': (knex) =>
    knex('people').insert({
      id: 1,
      email: 'secret@example.org',
      note: 'it\'s "hidden"',
      at: new Date('2025-02-03'),
    }),
  'an insert of several rows': (knex) =>
    knex('people').insert([
      { id: 2, email: 'x', note: 'hidden', at: null },
      { id: 1, email: 'secret@example.org', note: '987654321', at: null },
    ]),
  'a raw statement with literals': (knex) =>
    knex.raw(
      "UPDATE people SET note = 'hidden', number = 987654321, nothing = 4711.25 WHERE email = 'secret@example.org'",
    ),
  'a raw statement with bindings': (knex) =>
    knex.raw('UPDATE people SET nothing = ? WHERE email = ? AND number = ? AND at = ?', [
      Buffer.from('c0ffee', 'hex'),
      'secret@example.org',
      987654321,
      new Date('2025-02-03T00:00:00Z'),
    ]),
  'a statement of several lines': (knex) =>
    knex.raw(
      "UPDATE people\n  SET note = 'hidden',\n  nothing = 987654321\n  WHERE email = 'secret@example.org'",
    ),
  'a statement that cannot be parsed': (knex) =>
    knex.raw("SELEKT 'secret@example.org', 'hidden' FROM people"),
};

/** Ways in which a migration wraps an error. */
const WRAPPED: Readonly<Record<string, (error: Error & { sql?: string }) => unknown>> = {
  'as it is': (error) => error,
  'its message in another': (error) => new Error(`while filling: ${error.message}`),
  'its message alone': ({ message }) => new Error(message),
  'the beginning of its message': ({ message }) => new Error(message.slice(0, 70)),
  'the end of its message': ({ message }) => new Error(`… ${message.slice(30)}`),
  'its statement': ({ sql }) => new Error(`failed: ${sql}`),
  'itself as the cause': (error) => new Error(`no: ${error.message}`, { cause: error }),
  'its message as JSON': ({ message }) => new Error(JSON.stringify({ message })),
  'no error but a text': ({ message }) => message,
  'its stack': ({ stack }) => new Error(String(stack)),
  'its message in one line': ({ message }) => new TypeError(message.replace(/\s+/g, ' ')),
};

describe.each(Object.entries(FAILING))('a failing statement: %s', (_, fail) => {
  it.each(Object.entries(WRAPPED))(
    'a failing statement is reported without its values if the migration throws %s',
    async (_way, wrap) => {
      const database = await createDatabase('wrapped');
      let message = '';
      const up = async (knex: Knex) => {
        await knex.raw(
          'CREATE TABLE people (id int PRIMARY KEY, email varchar(50), note text, number bigint, at datetime)',
        );
        await knex('people').insert({ id: 1 });
        try {
          await fail(knex);
        } catch (error) {
          message = (error as Error).message;
          throw wrap(error as Error);
        }
      };
      const attempt = await migrate(database, bundle(migration('20260101000000_wrapped', up)));
      expect(message).toContain(' - ');
      expect(attempt).toMatchObject({ status: 'failed' });
      const told = JSON.stringify(attempt);
      for (const secret of SECRETS) expect(told).not.toContain(secret);
    },
  );
});
