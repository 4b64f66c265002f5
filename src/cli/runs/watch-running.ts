import type { WatchTenant } from '../../core/migrate/running-session.ts';
import type { TenantDirectory } from '../../core/ports.ts';
import type { RunningBoard } from '../output/running-board.ts';
import { LONG_MS } from '../output/running-lines.ts';

export interface WatchRunningOptions {
  readonly board: RunningBoard;
  readonly directory: Pick<TenantDirectory, 'findByIds'>;
  readonly watchTenant: WatchTenant;
}

const TICK_MS = 1_000;
const MOST_WATCHED = 3;
/** Each look opens a connection, and an account may have an hourly limit. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * While `work` runs, looks at the tenants that have run longest, over a second connection to each, and puts
 * their sessions on the board. A failed look is not an error, and nothing waits for it.
 */
export async function usingWatch<Result>(
  { board, directory, watchTenant }: WatchRunningOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  /** The age at which each tenant is looked at again; `Infinity` during a look. */
  const dueAt = new Map<string, number>();

  const look = async (id: string, ageMs: number) => {
    dueAt.set(id, Number.POSITIVE_INFINITY);
    const pause = Math.min(LONGEST_PAUSE_MS, Math.max(LONG_MS, ageMs / 10));
    try {
      const [tenant] = await directory.findByIds([id]);
      if (tenant !== undefined) board.saw(id, await watchTenant(tenant));
      dueAt.set(id, ageMs + pause);
    } catch {
      board.saw(id, undefined);
      dueAt.set(id, ageMs + LONGEST_PAUSE_MS);
    }
  };

  const tick = () => {
    const long = board.longest(MOST_WATCHED).filter(({ ageMs }) => ageMs >= LONG_MS);
    const ids = new Set(long.map(({ tenant }) => tenant.id));
    for (const id of dueAt.keys()) if (!ids.has(id)) dueAt.delete(id);
    for (const { tenant, ageMs, againInMs } of long) {
      if (againInMs === undefined && ageMs >= (dueAt.get(tenant.id) ?? 0)) {
        void look(tenant.id, ageMs);
      }
    }
  };

  const timer = setInterval(tick, TICK_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
