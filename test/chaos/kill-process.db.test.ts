import { expect, it } from 'vitest';
import {
  type CuttingProxy,
  MOMENTS,
  type Strike,
  startCuttingProxy,
} from '../support/cutting-proxy.ts';
import { createDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle } from '../support/migrations.ts';
import { testServer } from '../support/server.ts';
import { type Contents, differencesOf } from './differential/contents.ts';
import { CHAOS_MIGRATIONS } from './support/chaos-migrations.ts';
import { contentsOfDatabase } from './support/contents-of-database.ts';
import { pointsOf, say } from './support/form.ts';
import { runAgain } from './support/run-again.ts';
import { startRunner } from './support/runner-process.ts';

const BUNDLE = bundle(...CHAOS_MIGRATIONS);

it('a process that is killed with -9 around any statement is made good by the next run', async () => {
  const proxy = await startCuttingProxy(testServer());
  const { expected, statements } = await cleanRun(proxy);
  const all = statements.flatMap((query) => MOMENTS.map((moment): Strike => ({ query, moment })));
  const points = pointsOf(all, 6);
  let resumed = 0;
  const wrong: string[] = [];
  let next = startRunner();
  for (const strike of points) {
    const database = await createDatabase('kill');
    const runner = await next;
    next = startRunner();
    proxy.strikeAt(strike, (cut) => {
      runner.child.kill('SIGKILL');
      // The kernel closes the sockets of a process that is killed.
      runner.child.once('exit', cut);
    });
    const outcomes = await runner.run([{ ...database, host: '127.0.0.1', port: proxy.port }], {
      once: true,
    });
    const again = await runAgain(database, BUNDLE);
    const different = differencesOf(expected, await contentsOfDatabase(database));
    if (outcomes !== undefined || again.status === 'failed' || different.length > 0) {
      wrong.push(
        `${strike.moment} query ${strike.query}: ${JSON.stringify([different, outcomes, again])}`,
      );
    }
    if (again.notes.some(({ code }) => code === 'Resumed')) resumed++;
    await database.drop();
  }
  (await next).child.kill('SIGKILL');
  await proxy.close();
  say(
    `Chaos (${testServer().flavour}): killed with -9 at ${points.length} of ${all.length} points, ${points.length - wrong.length} recovered, ${resumed} of them in the middle of a migration.`,
  );
  expect(wrong).toEqual([]);
}, 1_800_000);

/** The result of an undisturbed run, and which of its queries come from migrations. */
async function cleanRun(
  proxy: CuttingProxy,
): Promise<{ expected: Contents; statements: number[] }> {
  const clean = await createDatabase('clean');
  proxy.strikeAt(undefined);
  const attempt = await migrate({ ...clean, host: '127.0.0.1', port: proxy.port }, BUNDLE);
  expect(attempt).toMatchObject({ status: 'migrated' });
  const statements = Array.from({ length: proxy.queries() }, (_, i) => i + 1);
  return { expected: await contentsOfDatabase(clean), statements };
}
