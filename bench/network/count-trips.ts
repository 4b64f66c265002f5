import { createDatabases, dropDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { STAGES, type Stage } from '../stages.ts';
import type { Way } from '../ways/way.ts';
import { usingProxy } from './using-proxy.ts';

/** Long enough that a client does not have an answer before it has sent everything that does not need it. */
const LATENCY_MS = 2;

/** Tenants one after the other: what a way learns from the first one, it may use for the next ones. */
const TENANTS = 3;

/** The round trips of a tenant: of the first one, and of those after it. */
export interface Trips {
  readonly first: number;
  readonly later: number;
}

/** Round trips by stage and by the name of the way. */
export type TripCounts = ReadonlyMap<string, Trips>;

/** The key of a way's round trips in {@link TripCounts}. */
export function tripKey(stage: Stage['name'], way: Pick<Way, 'name'>): string {
  return `${stage}/${way.name}`;
}

/** Counts the round trips of every way, one tenant at a time, by a proxy. */
export async function countTrips(
  login: ServerLogin,
  createWays: (login: ServerLogin) => Promise<readonly Way[]>,
  signal: AbortSignal,
): Promise<TripCounts> {
  const counted = new Map<string, Trips>();
  await usingProxy(login, LATENCY_MS, async (proxied) => {
    const ways = await createWays(proxied.login);
    const fleetOf = (way: Way) =>
      Array.from({ length: TENANTS }, (_, index) => `${PREFIX}trips_${way.name}_${index}`);
    await createDatabases(login, ways.flatMap(fleetOf), signal);
    for (const stage of STAGES) {
      for (const way of ways) {
        const trips: number[] = [];
        for (const database of fleetOf(way)) {
          const before = await proxied.counts();
          await way.migrate([database], stage, signal);
          const after = await proxied.counts();
          trips.push(after.trips - before.trips);
        }
        const [first = Number.NaN, ...others] = trips;
        counted.set(tripKey(stage.name, way), { first, later: Math.max(...others) });
      }
    }
    await dropDatabases(login);
  });
  return counted;
}
