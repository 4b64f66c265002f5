import type { RowDataPacket } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { type Strike, startCuttingProxy } from '../support/cutting-proxy.ts';
import { migrate } from '../support/migrating.ts';
import { bundle } from '../support/migrations.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../support/own-server.ts';
import { testServer } from '../support/server.ts';
import { differencesOf } from './differential/contents.ts';
import { CHAOS_MIGRATIONS } from './support/chaos-migrations.ts';
import { contentsOfDatabase } from './support/contents-of-database.ts';
import { pointsOf, say } from './support/form.ts';
import { CHAOS_RUN, runAgain } from './support/run-again.ts';

const BUNDLE = bundle(...CHAOS_MIGRATIONS);

/** The statement that the server is about to run, or is running, when it is killed. */
const STRIKES: readonly Strike[] = [
  { query: /ALGORITHM=COPY/, moment: 'during' },
  { query: /create table `orders`/, moment: 'after' },
  { query: /add index/, moment: 'during' },
  { query: /RENAME|rename table/, moment: 'during' },
  { query: /insert into `customers`/, moment: 'after' },
  { query: /in a transaction/, moment: 'after' },
  { query: /MODIFY status/, moment: 'after' },
  { query: /drop foreign key/i, moment: 'during' },
  { query: /DO RELEASE_LOCK/, moment: 'before' },
  { query: /add constraint `orders_to_customers`/, moment: 'during' },
];

it.skipIf(ownServerFolder() === undefined)(
  'a migration resumes after its database server was killed with -9 and started again',
  async () => {
    const server = await startOwnServer();
    const proxy = await startCuttingProxy(server);
    try {
      const clean = await createDatabase(server, 'clean');
      await migrate(clean, BUNDLE);
      const expected = await contentsOfDatabase(clean, undefined, server);
      const points = pointsOf(STRIKES, 3);
      const wrong: string[] = [];
      for (const [index, strike] of points.entries()) {
        const database = await createDatabase(server, `crash${index}`);
        proxy.strikeAt(strike, (cut) => {
          server.crash();
          cut();
        });
        const struck = await migrate({ ...database, port: proxy.port }, BUNDLE, {
          runId: CHAOS_RUN,
        });
        await server.restart();
        const again = await runAgain(database, BUNDLE);
        const found = await contentsOfDatabase(database, undefined, server);
        const different = differencesOf(expected, found);
        if (struck.status !== 'failed' || again.status === 'failed' || different.length > 0) {
          wrong.push(
            `${strike.moment} ${strike.query}: ${JSON.stringify([different, struck, again])}`,
          );
        }
      }
      say(
        `Chaos (${testServer().flavour}): server killed with -9 at ${points.length} points, ${points.length - wrong.length} recovered.`,
      );
      expect(wrong).toEqual([]);
    } finally {
      await proxy.close();
      await server.stop();
    }
  },
  600_000,
);

async function createDatabase(server: OwnServer, database: string) {
  const { host, port, user, password } = server;
  const root = await server.connection();
  await root.query(`CREATE DATABASE ${database}`);
  await root.end();
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const connection = await server.connection(database);
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    await connection.end();
    return rows;
  };
  return { host, port, user, password, database, query };
}
