import { expect, it } from 'vitest';
import { createDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, SHOP } from '../../../support/migrations.ts';

const ROUNDS = 15;

// A run with nothing to do once released the fence before Knex's lock.
it("a run keeps the fence until Knex's lock is free, however many runs start at once", async () => {
  const failures: unknown[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const database = await createDatabase('first');
    const attempts = await Promise.all(
      Array.from({ length: 4 }, () => migrate(database, bundle(...SHOP), { fenceWaitSeconds: 10 })),
    );
    failures.push(...attempts.filter(({ status }) => status === 'failed'));
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  }
  expect(failures).toEqual([]);
}, 120_000);
