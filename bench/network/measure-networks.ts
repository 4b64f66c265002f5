import { measureFleets, type Sample } from '../measure-fleets.ts';
import type { AtATime, BenchOptions } from '../options.ts';
import type { ServerLogin } from '../server-login.ts';
import { createWays } from '../ways/create-ways.ts';
import type { Way } from '../ways/way.ts';
import { countTrips, type TripCounts } from './count-trips.ts';
import { usingProxy } from './using-proxy.ts';

/** The fleets over a network with one latency. */
export interface NetworkResult {
  /** The conditions, in one line. */
  readonly title: string;
  readonly samples: readonly Sample[];
  readonly ways: readonly Way[];
  readonly trips: TripCounts;
}

interface NetworkContext {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => void;
}

/** Certificates of test servers are their own. All ways do the same work of TLS, except for checking the authority. */
const TLS = { rejectUnauthorized: false };

/** Measures the fleets at each of the requested latencies, and counts the round trips once. */
export async function* measureNetworks(
  server: ServerLogin,
  options: Pick<BenchOptions, 'tenants' | 'rounds' | 'ways' | 'atATime' | 'latencies' | 'tls'>,
  { folder, signal, notice }: NetworkContext,
): AsyncGenerator<NetworkResult, void, undefined> {
  const { tenants, rounds, latencies, tls } = options;
  const login = tls ? { ...server, ssl: TLS } : server;
  const ways = (to: ServerLogin, atATime: readonly AtATime[]) =>
    createWays(to, { ...options, atATime }, folder, signal);
  notice('counting round trips');
  const trips = await countTrips(login, (to) => ways(to, [1]), signal);
  for (const latencyMs of latencies) {
    const measure = async (to: ServerLogin): Promise<NetworkResult> => {
      const measured = await ways(to, options.atATime);
      const samples = await measureFleets(login, measured, {
        tenants,
        rounds,
        signal,
        onRound: (round) => notice(`${latencyMs} ms: round ${round} of ${rounds}`),
      });
      const title = `${tenants} tenants, 5 tables each; ${tls ? 'TLS' : 'no TLS'}; round trips of ${latencyMs} ms more; medians of ${rounds} rounds`;
      return { title, samples, ways: measured, trips };
    };
    yield latencyMs === 0
      ? await measure(login)
      : await usingProxy(login, latencyMs, (proxied) => measure(proxied.login));
  }
}
