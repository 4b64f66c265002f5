import type { Migration } from '../../../src/core/bundle/bundle.ts';
import { migration } from '../../support/migrations.ts';

/** How long others may queue, in milliseconds. */
export const QUEUE_MS = 80;

/** Migrations whose statements wait for a lock on the table `t`, with rows before and after them. */
export const GIVING_WAY: readonly Migration[] = [
  migration('20260301000000_add_column', async (knex) => {
    await knex('t').insert({ id: 2, a: 2 });
    await knex.raw('ALTER TABLE t ADD COLUMN b INT NOT NULL DEFAULT 3');
    await knex.raw('CREATE INDEX by_b ON t (b)');
  }),
  migration('20260302000000_lock_table', async (knex) => {
    await knex.raw('ALTER TABLE t ADD COLUMN c INT');
    await knex('t').update({ c: 4 });
  }),
];
