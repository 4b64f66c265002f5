import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MOMENTS, type Strike, startCuttingProxy } from '../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle, migration } from '../support/migrations.ts';
import { testServer } from '../support/server.ts';
import { differencesOf } from './differential/contents.ts';
import { contentsOfDatabase } from './support/contents-of-database.ts';
import { pointsOf, say } from './support/form.ts';
import { HOSTILE_MIGRATIONS, type HostileCase } from './support/hostile-migrations.ts';
import { CHAOS_RUN, runAgain } from './support/run-again.ts';

/** The first queries of an attempt ask and take the fence; other tests cut those. */
const ASKING = 2;

/** A tenant's database and one beside it, in which its user may do everything too. */
interface Pair {
  readonly database: TestDatabase;
  readonly elsewhere: TestDatabase;
}

async function createPair(): Promise<Pair> {
  const [database, elsewhere] = [await createDatabase('hostile'), await createDatabase('beside')];
  await database.grant(`ALL ON \`${elsewhere.database.replaceAll('_', '\\_')}\`.*`);
  // MySQL keeps a binary log unless it is configured otherwise, and then requires this for making a routine.
  if (testServer().flavour === 'mysql') await database.grant('SUPER ON *.*');
  const connection = await database.connection();
  for (const sql of [
    'CREATE TABLE base (id INT PRIMARY KEY, name VARCHAR(40), amount INT NOT NULL DEFAULT 0, at DATETIME)',
    "INSERT INTO base (id, name, amount) VALUES (1, 'one', 1), (2, 'two', 2), (3, 'three', 3)",
    "CREATE TABLE other (id INT PRIMARY KEY, note VARCHAR(20) NOT NULL DEFAULT '')",
    'INSERT INTO other (id) VALUES (1), (2)',
    'CREATE TABLE old_flat (id INT) ENGINE=MyISAM',
  ])
    await connection.query(sql);
  await connection.end();
  return { database, elsewhere };
}

const bundleOf = ({ up, transaction }: HostileCase, { elsewhere }: Pair) =>
  bundle(
    migration('20260101000000_hostile', (knex) => up(knex, elsewhere.database), {
      ...(transaction === undefined ? {} : { transaction }),
    }),
  );

describe.concurrent('a migration with', () => {
  it.each(HOSTILE_MIGRATIONS.map((hostile) => [hostile.what, hostile] as const))(
    '%s, cut at any query, ends right or is labelled',
    async (what, hostile) => {
      const proxy = await startCuttingProxy(testServer());
      const through = { host: '127.0.0.1', port: proxy.port };
      const clean = await createPair();
      proxy.strikeAt(undefined);
      const untroubled = await migrate({ ...clean.database, ...through }, bundleOf(hostile, clean));
      expect(untroubled, JSON.stringify(untroubled)).toMatchObject({ status: 'migrated' });
      const expected = await contentsOfDatabase(clean.database, clean.elsewhere);
      const all = Array.from({ length: proxy.queries() }, (_, index) => index + 1)
        .slice(ASKING)
        .flatMap((query) => MOMENTS.map((moment): Strike => ({ query, moment })));
      const points = pointsOf(all, 2);
      const count = { right: 0, labelled: 0 };
      const wrong: string[] = [];
      for (const strike of points) {
        const pair = await createPair();
        const theirs = bundleOf(hostile, pair);
        proxy.strikeAt(strike);
        await migrate({ ...pair.database, ...through }, theirs, { runId: CHAOS_RUN });
        const again = await runAgain(pair.database, theirs);
        const found = await contentsOfDatabase(pair.database, pair.elsewhere);
        if (again.status === 'failed' && again.failure.code === 'HalfApplied') {
          // A label stays, and nothing is done to what bears it.
          const third = await runAgain(pair.database, theirs);
          const isLabelled = third.status === 'failed' && third.failure.code === 'HalfApplied';
          const isLeftAlone = isDeepStrictEqual(
            await contentsOfDatabase(pair.database, pair.elsewhere),
            found,
          );
          if (hostile.ends === 'labelled' && isLabelled && isLeftAlone) count.labelled++;
          else wrong.push(`${strike.moment} query ${strike.query}: ${JSON.stringify(again)}`);
        } else if (again.status !== 'failed' && isDeepStrictEqual(found, expected)) {
          count.right++;
        } else {
          wrong.push(
            `${strike.moment} query ${strike.query}: ${JSON.stringify([again, differencesOf(expected, found)])}`,
          );
        }
        await pair.database.drop();
        await pair.elsewhere.drop();
      }
      await proxy.close();
      say(
        `Chaos (${testServer().flavour}): ${what}: cut at ${points.length} of ${all.length} points: ${count.right} right, ${count.labelled} labelled.`,
      );
      expect(wrong).toEqual([]);
    },
    1_800_000,
  );
});
