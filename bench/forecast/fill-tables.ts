import { send, usingConnection } from '../connection.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { TABLES } from './forecast-migrations.ts';

const SOURCE = `${PREFIX}source`;
/** Rows of the largest table for each one of the smallest. */
const RANGE = 100;

/**
 * Fills the tables of all tenants. Sizes are spread evenly over their orders of magnitude, and differ by table; the
 * smallest of each table is empty. The tenants of each fleet have the same sizes, in the same order.
 */
export async function fillTables(
  login: ServerLogin,
  fleets: readonly (readonly string[])[],
  most: number,
  signal: AbortSignal,
): Promise<void> {
  await makeSource(login, most);
  const databases = fleets.flatMap((fleet) => [...fleet.entries()]);
  const tenants = fleets[0]?.length ?? 0;
  await forEachBounded(databases, 2, signal, ([index, database]) =>
    usingConnection(login, database, async (connection) => {
      for (const [at, { name, body }] of TABLES.entries()) {
        const place = ((index * (at + 2) + at * 3) % tenants) / tenants;
        const rows = place === 0 ? 0 : Math.round(most * RANGE ** (place - 1));
        await send(
          connection,
          `INSERT INTO ${name} (owner_id, amount, status, body)
           SELECT n % 1000, (n * 7919) % 1000003, 'open', REPEAT('x', ${body} + n % 50) FROM ${SOURCE}.numbers WHERE n <= ${rows}`,
        );
        // A tenant in use has had its statistics for long.
        await send(connection, `ANALYZE TABLE ${name}`);
      }
    }),
  );
}

async function makeSource(login: ServerLogin, most: number): Promise<void> {
  await usingConnection(login, undefined, async (connection) => {
    await send(connection, `CREATE DATABASE ${SOURCE}`);
    await send(connection, `CREATE TABLE ${SOURCE}.numbers (n INT PRIMARY KEY)`);
    await send(connection, `INSERT INTO ${SOURCE}.numbers VALUES (1)`);
    for (let rows = 1; rows < most; rows *= 2) {
      await send(
        connection,
        `INSERT INTO ${SOURCE}.numbers SELECT n + ${rows} FROM ${SOURCE}.numbers WHERE n + ${rows} <= ${most}`,
      );
    }
  });
}
