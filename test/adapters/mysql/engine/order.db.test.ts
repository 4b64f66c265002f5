import type { Knex } from 'knex';
import { beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../../chaos/support/seeded-random.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { plainKnex } from '../../../support/plain-knex.ts';

type Up = (knex: Knex) => unknown;

/** Most send nothing, like a migration for another database, so their records cannot share a packet with a statement. */
const CONTENTS: readonly Up[] = [
  () => {},
  async () => {},
  (knex) => knex.schema.hasTable('things'),
  (knex) => knex('things').increment('n', 1),
  (knex) => knex.raw("ALTER TABLE things COMMENT = 'changed'"),
  async (knex) => {
    await knex.raw('SET @a = 1');
  },
  (knex) => knex.transaction((trx) => trx('things').increment('n', 1)),
];

const silent = () => {};
/** Plain Knex warns of migrations that return no promise. */
const QUIET = { log: { warn: silent } };

const SEED = 20261129;
const LISTS = 60;

let byKnex: TestDatabase;
let byFanfold: TestDatabase;
beforeAll(async () => {
  byKnex = await createDatabase('order_plain');
  byFanfold = await createDatabase('order_ours');
});

async function startAnew(database: TestDatabase): Promise<void> {
  const connection = await database.multiConnection();
  await connection.query(
    'DROP TABLE IF EXISTS things, knex_migrations, knex_migrations_lock, fanfold_journal; CREATE TABLE things (n INT); INSERT INTO things VALUES (0)',
  );
  await connection.end();
}

async function recorded(database: TestDatabase) {
  return {
    records: await database.query('SELECT id, name, batch FROM knex_migrations ORDER BY id'),
    locks: await database.query('SELECT is_locked FROM knex_migrations_lock'),
    things: await database.query('SELECT n FROM things'),
  };
}

it('migrations are recorded and rolled back in the order of plain Knex, even if some send nothing', async () => {
  const random = seededRandom(SEED);
  const below = (count: number) => Math.floor(random() * count);
  for (let list = 0; list < LISTS; list++) {
    const files = Array.from({ length: 1 + below(6) }, (_, index) => {
      // Every second migration is empty.
      const up = CONTENTS[random() < 0.5 ? below(3) : below(CONTENTS.length)] ?? (() => {});
      const transaction = [undefined, true, false][below(3)];
      return migration(
        `2026010100000${index}_list_${list}`,
        up,
        transaction === undefined ? {} : { transaction },
      );
    });
    const half = below(files.length + 1);
    const [first, all] = [bundle(...files.slice(0, half)), bundle(...files)];
    const where = `list ${list} of seed ${SEED}, in two runs after ${half} of ${files.length}`;
    await startAnew(byKnex);
    await startAnew(byFanfold);
    if (half > 0) {
      await plainKnex(byKnex, first, QUIET).migrate.latest();
      await migrate(byFanfold, first, { runId: `first ${list}` });
    }
    const knex = plainKnex(byKnex, all, QUIET);
    await knex.migrate.latest();
    await migrate(byFanfold, all, { runId: `second ${list}` });
    expect(await recorded(byFanfold), where).toEqual(await recorded(byKnex));

    await knex.migrate.down();
    await knex.destroy();
    const rollback = { command: 'rollback', steps: 1, allowEmpty: true } as const;
    expect(await migrate(byFanfold, all, rollback), where).toMatchObject({ status: 'reverted' });
    expect(await recorded(byFanfold), `${where}, one taken back`).toEqual(await recorded(byKnex));
  }
}, 180_000);
