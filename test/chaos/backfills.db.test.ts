import { expect, it } from 'vitest';
import type { Attempt } from '../../src/core/migrate/attempt.ts';
import { MOMENTS, startCuttingProxy } from '../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { killSessions } from '../support/process-list.ts';
import { testServer } from '../support/server.ts';
import { COUNTED_ROWS, countingBackfill, NO_REST } from './support/counting-backfill.ts';
import { IN_FULL, say } from './support/form.ts';
import { startRunner } from './support/runner-process.ts';
import { seededRandom } from './support/seeded-random.ts';

const KILLS = Number(process.env.FANFOLD_BACKFILL_KILLS ?? (IN_FULL ? 500 : 24));
/** Every so many kills a whole process goes, which takes longer to start than all else. */
const EVERY_PROCESS = IN_FULL || KILLS > 100 ? 50 : 8;
/** Queries of an attempt up to the record of a walk's end: connecting, locks, and the batches. */
const MOST_QUERIES = 40;

it('a backfill that is killed at any moment changes each row once', async () => {
  const database = await createDatabase('kills');
  await createRows(database);
  const proxy = await startCuttingProxy(testServer());
  const through = { ...database, host: '127.0.0.1', port: proxy.port };
  const root = await testServer().rootConnection();
  const seed = Number(process.env.FANFOLD_BACKFILL_SEED ?? Date.now());
  const random = seededRandom(seed);
  const tally = { cut: 0, killed: 0, processes: 0, batches: 0, walks: 0 };
  const wrong: string[] = [];
  let walk = 1;
  const kills = () => tally.cut + tally.killed + tally.processes;

  const check = async () => {
    const counts = await database.query('SELECT n, COUNT(*) AS count FROM counted GROUP BY n');
    if (counts.length === 1 && counts[0]?.n === walk && counts[0].count === COUNTED_ROWS) return;
    wrong.push(`walk ${walk} of seed ${seed}: ${JSON.stringify(counts)}`);
  };
  /** A walk that is complete is checked, and the next one begins. */
  const conclude = async (attempt: { readonly status: Attempt['status'] }) => {
    // Unchanged: it was recorded before the kill, and nobody was told.
    if (attempt.status !== 'migrated' && attempt.status !== 'unchanged') return;
    tally.walks++;
    await check();
    walk++;
  };

  for (let turn = 1; kills() < KILLS && wrong.length === 0; turn++) {
    let struck = false;
    if (turn % EVERY_PROCESS === 0) {
      const runner = await startRunner();
      const strike = {
        query: 1 + Math.floor(random() * MOST_QUERIES),
        moment: pick(MOMENTS, random),
      };
      proxy.strikeAt(strike, (cut) => {
        struck = true;
        runner.child.kill('SIGKILL');
        runner.child.once('exit', cut);
      });
      const outcomes = await runner.run([through], { once: true, backfill: walk });
      if (struck) tally.processes++;
      if (outcomes?.[0] === 'migrated') await conclude({ status: 'migrated' });
      continue;
    }
    const byServer = random() < 0.4;
    const strike = {
      query: 1 + Math.floor(random() * MOST_QUERIES),
      moment: pick(MOMENTS, random),
    };
    proxy.strikeAt(strike, (cut) => {
      struck = true;
      if (!byServer) return cut();
      void killSessions(root, { where: 'USER = ?', values: [database.user] }).finally(cut);
    });
    const attempt = await migrate(through, countingBackfill(walk), {
      ...{ phase: 'all', fenceWaitSeconds: 10, allowMissing: true, runId: 'chaos-run' },
      backfills: NO_REST,
    });
    if (struck) tally[byServer ? 'killed' : 'cut']++;
    if (attempt.status === 'failed' && !attempt.failure.retryable) {
      wrong.push(`${JSON.stringify(strike)} of seed ${seed}: ${JSON.stringify(attempt.failure)}`);
    }
    await conclude(attempt);
  }
  proxy.strikeAt(undefined);
  const last = await migrate(database, countingBackfill(walk), {
    ...{ phase: 'all', fenceWaitSeconds: 30, allowMissing: true },
    backfills: NO_REST,
  });
  expect(['migrated', 'unchanged']).toContain(last.status);
  await conclude(last);
  await proxy.close();
  say(
    `Backfills (${testServer().flavour}): ${kills()} kills (${tally.cut} connections cut, ${tally.killed} killed in the server, ${tally.processes} processes), ${tally.walks} walks over ${COUNTED_ROWS} rows, ${wrong.length} wrong.`,
  );
  expect(wrong).toEqual([]);
  expect(kills()).toBeGreaterThanOrEqual(KILLS);
}, 7_200_000);

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

async function createRows(database: TestDatabase): Promise<void> {
  await database.query(
    'CREATE TABLE counted (a VARCHAR(20) NOT NULL, b INT NOT NULL, n INT NOT NULL DEFAULT 0, PRIMARY KEY (a, b))',
  );
  const rows = Array.from({ length: COUNTED_ROWS }, (_, i) => `('group ${i % 7}', ${i})`);
  await database.query(`INSERT INTO counted (a, b) VALUES ${rows.join(', ')}`);
}
