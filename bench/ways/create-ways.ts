import type { BenchOptions } from '../options.ts';
import { createDatabases, dropDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { fanfoldWay } from './fanfold.ts';
import { knexWay } from './knex.ts';
import { rawWay } from './raw.ts';
import { recordKnex } from './record-knex.ts';
import type { Way } from './way.ts';

/** The requested ways, each one tenant at a time and several. */
export async function createWays(
  login: ServerLogin,
  options: Pick<BenchOptions, 'concurrency' | 'ways'>,
  storeFolder: string,
  signal: AbortSignal,
): Promise<Way[]> {
  const database = `${PREFIX}recorded`;
  await createDatabases(login, [database], signal);
  const recorded = await recordKnex(login, database);
  await dropDatabases(login);
  return [...new Set([1, options.concurrency])]
    .flatMap((concurrency) => [
      rawWay(login, concurrency, recorded),
      knexWay(login, concurrency),
      fanfoldWay(login, concurrency, storeFolder),
      fanfoldWay(login, concurrency, storeFolder, false),
    ])
    .filter(({ name }) => options.ways.includes(name));
}
