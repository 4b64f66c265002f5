import { expect, it } from 'vitest';
import { MOMENTS, startCuttingProxy } from '../support/cutting-proxy.ts';
import { createDatabase } from '../support/database.ts';
import { type MigratingOptions, migrate } from '../support/migrating.ts';
import { backfill, bundle } from '../support/migrations.ts';
import { testServer } from '../support/server.ts';
import { NO_REST } from './support/counting-backfill.ts';
import { IN_FULL, say } from './support/form.ts';
import { seededRandom } from './support/seeded-random.ts';

const CUTS = Number(process.env.FANFOLD_BACKFILL_KILLS ?? (IN_FULL ? 500 : 16));
const ROWS = 200;
/** Queries of an attempt up to its end: connecting, locks, and the batches. */
const MOST_QUERIES = 36;

it('a backfill that keeps prior values brings each of them back, whenever it or its rollback is killed', async () => {
  const database = await createDatabase('kept_kills');
  await database.query(
    'CREATE TABLE kept (a VARCHAR(20) NOT NULL, b INT NOT NULL, n INT NOT NULL, name VARCHAR(20), PRIMARY KEY (a, b))',
  );
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `('group ${i % 7}', ${i}, ${i}, 'name ${i}')`,
  );
  await database.query(`INSERT INTO kept VALUES ${rows.join(', ')}`);
  const contents = () => database.query('SELECT a, b, n, name FROM kept ORDER BY a, b');
  const before = await contents();
  const all = bundle(
    backfill('1_change', {
      ...{ table: 'kept', batch: 20, keep: true },
      update: "n = n * 2 + 1, name = CONCAT(name, '!')",
    }),
  );

  const proxy = await startCuttingProxy(testServer());
  const through = { ...database, host: '127.0.0.1', port: proxy.port };
  const seed = Number(process.env.FANFOLD_BACKFILL_SEED ?? Date.now());
  const random = seededRandom(seed);
  let cuts = 0;
  /** Attempts with a cut at a random query each, until one is through. */
  const struggle = async (options: MigratingOptions, done: readonly string[]) => {
    for (;;) {
      let struck = false;
      const moment = MOMENTS[Math.floor(random() * MOMENTS.length)] ?? 'before';
      proxy.strikeAt({ query: 1 + Math.floor(random() * MOST_QUERIES), moment }, (cut) => {
        struck = true;
        cut();
      });
      const attempt = await migrate(through, all, {
        ...{ ...options, fenceWaitSeconds: 10, backfills: NO_REST },
      });
      if (struck) cuts += 1;
      if (done.includes(attempt.status)) return;
      expect(attempt, `seed ${seed}`).toMatchObject({ failure: { retryable: true } });
    }
  };
  let turns = 0;
  for (; cuts < CUTS; turns += 1) {
    // Unchanged: it was recorded before the cut, and nobody was told.
    await struggle({ phase: 'all', runId: 'there' }, ['migrated', 'unchanged']);
    const changed = await contents();
    expect(
      changed.map(({ b, n, name }) => n === 2 * Number(b) + 1 && name === `name ${b}!`),
    ).toEqual(before.map(() => true));
    await struggle({ command: 'rollback', steps: 1, allowEmpty: true, runId: 'back' }, [
      'reverted',
      'unchanged',
    ]);
    expect(await contents(), `seed ${seed}`).toEqual(before);
  }
  await proxy.close();
  say(
    `Kept rows (${testServer().flavour}): ${cuts} cuts in ${turns} ways there and back, 0 wrong.`,
  );
}, 7_200_000);
