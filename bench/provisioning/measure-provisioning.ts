import type { RowDataPacket } from 'mysql2';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { send, usingConnection } from '../connection.ts';
import { createDatabases, dropDatabases, dropUsers, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { FIVE_TABLES } from '../tenant-migrations.ts';
import { fanfoldWay } from './fanfold.ts';
import { guideWay } from './guide.ts';
import type { Ground, ProvisioningWay } from './provisioning-way.ts';

/** One way in one round. */
export interface ProvisioningSample {
  readonly way: ProvisioningWay;
  readonly round: number;
  /** For all tenants. */
  readonly seconds: number;
}

export interface ProvisioningOptions {
  /** A way, a round. */
  readonly provisioned: number;
  readonly rounds: number;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onRound: (round: number) => void;
}

/** The number of turns of each way in a round, because the speed of a machine varies from minute to minute. */
const TURNS = 5;

/**
 * Makes tenants by each way, in turn; every round begins with another way and an empty central
 * database. What was made is checked and dropped at the end of a round.
 */
export async function measureProvisioning(
  server: ServerLogin,
  { provisioned, rounds, concurrency, signal, onRound }: ProvisioningOptions,
): Promise<ProvisioningSample[]> {
  const ways = [guideWay(), ...[...new Set([1, concurrency])].map(fanfoldWay)];
  const samples: ProvisioningSample[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      onRound(round + 1);
      await dropUsers(server);
      const ground = { server, central: `${PREFIX}registry` };
      await createDatabases(server, [ground.central], signal);
      await migrateCentralLatest({ login: { ...server, database: ground.central } });
      const seconds = new Map(ways.map((way) => [way, 0]));
      for (let turn = 0; turn < TURNS * ways.length; turn += 1) {
        const way = ways[(turn + round) % ways.length] as ProvisioningWay;
        const names = namesFor(way, provisioned).filter(
          (_, index) => index % TURNS === Math.floor(turn / ways.length),
        );
        const startedAt = performance.now();
        await way.make(names, ground, signal);
        const took = (performance.now() - startedAt) / 1_000;
        seconds.set(way, (seconds.get(way) ?? 0) + took);
      }
      for (const way of ways) {
        samples.push({ way, round, seconds: seconds.get(way) ?? Number.NaN });
        await checkMade(namesFor(way, provisioned), ground);
      }
      await dropDatabases(server);
    }
  } finally {
    await dropUsers(server);
  }
  return samples;
}

/** A user's name has at most 32 characters. */
function namesFor({ name, concurrency }: ProvisioningWay, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${PREFIX}${name}_${concurrency}_${index}`);
}

/** A way that leaves something out would look fast. */
async function checkMade(names: readonly string[], { server, central }: Ground): Promise<void> {
  await usingConnection(server, central, async (connection) => {
    const [rows] = await send<RowDataPacket[]>(
      connection,
      "SELECT COUNT(*) AS active FROM tenants WHERE slug IN (?) AND status = 'ACTIVE'",
      [names],
    );
    const applied = await send<RowDataPacket[]>(
      connection,
      names
        .map((name) => `SELECT COUNT(*) AS applied FROM \`${name}\`.knex_migrations`)
        .join(' UNION ALL '),
    );
    const whole = applied.filter((row) => row.applied === FIVE_TABLES.length).length;
    if (rows?.active === names.length && whole === names.length) return;
    throw new Error(
      `Of ${names.length} tenants ${rows?.active} are ACTIVE and ${whole} have all tables.`,
    );
  });
}
