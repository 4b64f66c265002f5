import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle, migration } from '../support/migrations.ts';

/** Ways in which a migration gives the fence away, knowingly or not. */
const GIVES_AWAY = [
  ['SELECT RELEASE_ALL_LOCKS()'],
  ['DO RELEASE_ALL_LOCKS()'],
  ['SET @released = RELEASE_ALL_LOCKS()'],
  ['UPDATE counted SET n = n + 0 * RELEASE_ALL_LOCKS()'],
  ["PREPARE s FROM 'DO RELEASE_ALL_LOCKS()'; EXECUTE s"],
  ["SELECT RELEASE_LOCK(CONCAT('fanfold:', DATABASE()))"],
] as const;

describe.concurrent('a second runner', () => {
  it.each([...GIVES_AWAY, ['nothing of the kind']] as const)(
    'a second runner does not migrate beside the first one, whose migration sends %s',
    async (sql) => {
      const database = await createDatabase('second');
      await database.query('CREATE TABLE counted (n INT NOT NULL)');
      await database.query('INSERT INTO counted VALUES (0)');
      let isUnderWay = () => {};
      const underWay = new Promise<void>((resolve) => {
        isUnderWay = resolve;
      });
      const slow = (isFirst: boolean) =>
        bundle(
          migration(
            '20260101000000_slow',
            async (knex) => {
              for (const statement of sql === 'nothing of the kind' ? [] : sql.split('; '))
                await knex.raw(statement);
              await knex('counted').increment('n', 1);
              if (isFirst) isUnderWay();
              await knex.raw('DO SLEEP(2)');
              await knex('counted').increment('n', 10);
              await knex.raw('CREATE TABLE made (id INT)');
            },
            { transaction: false },
          ),
        );
      const first = migrate(database, slow(true), { runId: 'first' });
      await Promise.race([underWay, first]);
      await sleep(300);
      const second = await migrate(database, slow(false), { runId: 'second' });
      const attempts = [await first, second];
      const [{ n }] = (await database.query('SELECT n FROM counted')) as [{ n: number }];
      const migrated = attempts.filter(({ status }) => status === 'migrated').length;
      const said = JSON.stringify(attempts);
      // Nothing twice, and what is not all there is not told as done.
      expect([0, 1, 11], said).toContain(n);
      if (migrated > 0) expect(n, said).toBe(11);
      expect(migrated, said).toBeLessThanOrEqual(1);
      await database.drop();
    },
    60_000,
  );
});
