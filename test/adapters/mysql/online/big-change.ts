import { bundle, migration } from '../../../support/migrations.ts';

/** A change that MySQL carries out only by copying the table. */
export const CHANGE = bundle(
  migration('20260101000000_widen', async (knex) => {
    await knex.raw('ALTER TABLE events MODIFY amount BIGINT, ADD COLUMN note VARCHAR(40)');
    await knex.raw("UPDATE events SET note = 'first' WHERE id = 1");
  }),
);
