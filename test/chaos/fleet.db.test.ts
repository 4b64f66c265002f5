import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle } from '../support/migrations.ts';
import { testServer } from '../support/server.ts';
import { differencesOf } from './differential/contents.ts';
import { CHAOS_MIGRATIONS } from './support/chaos-migrations.ts';
import { contentsOfDatabase } from './support/contents-of-database.ts';
import { IN_FULL, say } from './support/form.ts';
import { runAgain } from './support/run-again.ts';
import { type Login, startRunner } from './support/runner-process.ts';
import { seededRandom } from './support/seeded-random.ts';

const BUNDLE = bundle(...CHAOS_MIGRATIONS);
const SEED = 20261123;
const { tenants, seconds } = IN_FULL ? { tenants: 50, seconds: 120 } : { tenants: 6, seconds: 5 };

it('a fleet under two runners that are killed at random ends right, with no lock and no connection left', async () => {
  const random = seededRandom(SEED);
  const clean = await createDatabase('clean');
  expect(await migrate(clean, BUNDLE)).toMatchObject({ status: 'migrated' });
  const expected = await contentsOfDatabase(clean);
  const wrong: string[] = [];
  const count = { tenants: 0, kills: 0 };
  const until = Date.now() + seconds * 1_000;

  /** One runner after the other, each killed after a while, until one comes to its end. */
  const keepRunning = async (logins: readonly Login[]) => {
    for (;;) {
      const runner = await startRunner();
      const running = runner.run(logins);
      const outcomes = await Promise.race([running, sleep(50 + random() * 900)]);
      if (outcomes !== undefined) {
        wrong.push(...outcomes.filter((outcome) => outcome.startsWith('{')));
        return;
      }
      if (runner.child.kill('SIGKILL')) count.kills++;
      await running;
      if (Date.now() > until) return;
    }
  };

  while (Date.now() < until) {
    const fleet = await Promise.all(Array.from({ length: tenants }, () => createDatabase('fleet')));
    // The two go through the fleet from its two ends.
    await Promise.all([keepRunning(fleet), keepRunning(fleet.toReversed())]);
    for (const database of fleet) {
      const attempt = await runAgain(database, BUNDLE);
      const different = differencesOf(expected, await contentsOfDatabase(database));
      if (attempt.status === 'failed' || different.length > 0)
        wrong.push(JSON.stringify([database.database, different, attempt]));
      const [holder] = await database.query('SELECT IS_USED_LOCK(?) AS id', [
        `fanfold:${database.database}`,
      ]);
      if (holder?.id !== null) wrong.push(`${database.database}: the fence is held`);
      // Does not end while the server has a session of the tenant's user.
      await database.closeConnections();
      await database.drop();
    }
    count.tenants += fleet.length;
  }
  say(
    `Chaos (${testServer().flavour}): ${count.tenants} tenants, ${tenants} at a time, 2 runners, ${count.kills} kills in ${seconds} s (seed ${SEED}): ${count.tenants - wrong.length} right at the end.`,
  );
  expect(count.kills).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
}, 600_000);
