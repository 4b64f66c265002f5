import type { Knex } from 'knex';
import type { MigrationSafety } from '../../../../src/core/safety/guard/guard-settings.ts';
import { type ChaosCase, one } from '../chaos-case.ts';
import { SHOP } from './bases.ts';

/** Statements under limits of their own: several forms of them are sent, of which the server refuses all but one. */
function guarded(
  name: string,
  safety: MigrationSafety,
  up: (knex: Knex) => unknown,
  transaction = true,
): ChaosCase {
  return { name: `guarded: ${name}`, base: SHOP, migrations: one(up, { safety, transaction }) };
}

export const GUARDED: readonly ChaosCase[] = [
  guarded('the first form', { lock: 'none', copyBytes: 0 }, async (knex) => {
    await knex.schema.alterTable('users', (t) => {
      t.integer('age');
      t.index(['name'], 'by_name');
    });
    await knex('users').update({ age: 7 });
    await knex.raw('DROP INDEX by_name ON users');
    await knex.raw('CREATE INDEX by_age ON users (age)');
  }),
  guarded('a later form', { lock: 'shared', copyBytes: 0 }, async (knex) => {
    await knex('users').increment('n');
    await knex.raw('ALTER TABLE users ADD FULLTEXT INDEX words (name)');
    await knex('users').insert({ email: 'd@x' });
    await knex.raw('CREATE FULLTEXT INDEX more ON log (what)');
  }),
  guarded(
    'a copy within the limit',
    { lock: 'shared', copyBytes: '1GiB' },
    async (knex) => {
      await knex.raw('ALTER TABLE users MODIFY n BIGINT NOT NULL DEFAULT 0');
      await knex('users').insert({ email: 'd@x', n: 4 });
      await knex.raw('ALTER TABLE orders MODIFY total DECIMAL(14,4) NOT NULL DEFAULT 0');
    },
    false,
  ),
  guarded('tables of its own and without rows', { lock: 'none', copyBytes: 0 }, async (knex) => {
    await knex.schema.createTable('fresh', (t) => {
      t.integer('n').index();
      t.string('name');
    });
    await knex('fresh').insert({ n: 1 });
    await knex.raw('ALTER TABLE fresh MODIFY n BIGINT');
    await knex.raw('ALTER TABLE log MODIFY what MEDIUMTEXT');
  }),
];
