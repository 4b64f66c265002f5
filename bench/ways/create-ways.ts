import type { BenchOptions } from '../options.ts';
import { createDatabases, dropDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { fanfoldWay } from './fanfold.ts';
import { knexWay } from './knex.ts';
import { packedWay } from './packed.ts';
import { rawWay } from './raw.ts';
import { recordKnex } from './record-knex.ts';
import type { Way } from './way.ts';

/** The requested ways, each with every requested number of tenants at a time. */
export async function createWays(
  login: ServerLogin,
  options: Pick<BenchOptions, 'atATime' | 'ways'>,
  storeFolder: string,
  signal: AbortSignal,
): Promise<Way[]> {
  const database = `${PREFIX}recorded`;
  await createDatabases(login, [database], signal);
  const recorded = await recordKnex(login, database);
  await dropDatabases(login);
  return options.atATime
    .flatMap((concurrency) => [
      ...(concurrency === 'auto'
        ? []
        : [
            rawWay(ownLogin(login), concurrency, recorded),
            packedWay(ownLogin(login), concurrency, recorded),
            knexWay(ownLogin(login), concurrency),
          ]),
      fanfoldWay(ownLogin(login), concurrency, storeFolder),
      fanfoldWay(ownLogin(login), concurrency, storeFolder, false),
    ])
    .filter(({ name }) => options.ways.includes(name));
}

/** mysql2 keeps a TLS context and TLS sessions for each object of options, which ways must not share. */
function ownLogin({ ssl, ...login }: ServerLogin): ServerLogin {
  return ssl === undefined ? login : { ...login, ssl: { ...ssl } };
}
