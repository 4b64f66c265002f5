import type { Tenant } from '../tenant.ts';
import type { Ceiling } from './next-limit.ts';

/** The load of a database server, as it tells it. */
export interface ServerLoad {
  /** Sessions that execute a statement now (`Threads_running`). */
  readonly running: number;
  /** Sessions (`Threads_connected`). */
  readonly connected: number;
  /** Sessions that it allows (`max_connections`). */
  readonly most: number;
  /** Whether a configured replica of the server is late, or does not replicate. */
  readonly hasLateReplicas?: boolean | undefined;
}

/** Asks the server of a tenant for its load, over a connection of its own. Rejects if it cannot be read. */
export type ReadServerLoad = (tenant: Tenant) => Promise<ServerLoad>;

/** More sessions that execute a statement are a busy server: the number at which pt-online-schema-change pauses. */
export const MOST_RUNNING = 25;
/** Tenants at a time on a server that has not told how many connections it has. */
const WHILE_UNKNOWN = 32;
/** Tenants at a time on one server. */
const ON_ONE_SERVER = 128;

/** Whether the server has more to do than it should get from a run. */
export function isBusy({ running }: ServerLoad): boolean {
  return isBusyWith(running);
}

/** Whether so many sessions that execute a statement make a busy server. */
export function isBusyWith(running: number): boolean {
  return running > MOST_RUNNING;
}

/**
 * The most tenants at a time on a server: half of the connections that nobody else uses, since the applications
 * of the tenants need some too.
 *
 * @param own connections of this run that `load` counts
 */
export function ceilingOf(load: ServerLoad | undefined, own: number): Ceiling {
  if (load === undefined) return { limit: WHILE_UNKNOWN, why: 'most' };
  const others = Math.max(0, load.connected - own);
  const spare = Math.max(1, Math.floor((load.most - others) / 2));
  return spare < ON_ONE_SERVER
    ? { limit: spare, why: 'connections' }
    : { limit: ON_ONE_SERVER, why: 'most' };
}
