import { describe, expect, it } from 'vitest';
import { MOMENTS, type Strike, startCuttingProxy } from '../support/cutting-proxy.ts';
import { createDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle } from '../support/migrations.ts';
import { testServer } from '../support/server.ts';
import { differencesOf } from './differential/contents.ts';
import { CHAOS_MIGRATIONS } from './support/chaos-migrations.ts';
import { contentsOfDatabase } from './support/contents-of-database.ts';
import { pointsOf, say } from './support/form.ts';
import { CHAOS_RUN, runAgain } from './support/run-again.ts';

const BUNDLE = bundle(...CHAOS_MIGRATIONS);

describe('a connection that is cut', () => {
  it('a connection that is cut at any query leaves nothing that the next run does not repair', async () => {
    const proxy = await startCuttingProxy(testServer());
    const clean = await createDatabase('clean');
    const through = { ...clean, host: '127.0.0.1', port: proxy.port };
    proxy.strikeAt(undefined);
    expect(await migrate(through, BUNDLE)).toMatchObject({ status: 'migrated' });
    const expected = await contentsOfDatabase(clean);
    const all = Array.from({ length: proxy.queries() }, (_, i) => i + 1).flatMap((query) =>
      MOMENTS.map((moment): Strike => ({ query, moment })),
    );
    const points = pointsOf(all, 9);
    let resumed = 0;
    const wrong: string[] = [];
    for (const strike of points) {
      const database = await createDatabase('cut');
      proxy.strikeAt(strike);
      const struck = await migrate({ ...database, host: '127.0.0.1', port: proxy.port }, BUNDLE, {
        runId: CHAOS_RUN,
      });
      const again = await runAgain(database, BUNDLE);
      const different = differencesOf(expected, await contentsOfDatabase(database));
      if (again.status === 'failed' || different.length > 0) {
        wrong.push(
          `${strike.moment} query ${strike.query}: ${JSON.stringify([different, struck, again])}`,
        );
      }
      if (again.notes.some(({ code }) => code === 'Resumed')) resumed++;
      await database.drop();
    }
    await proxy.close();
    say(
      `Chaos (${testServer().flavour}): ${points.length} of ${all.length} points at which the connection was cut, ${points.length - wrong.length} recovered, ${resumed} of them in the middle of a migration.`,
    );
    expect(wrong).toEqual([]);
  }, 1_800_000);
});
