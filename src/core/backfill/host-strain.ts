import { isBusyWith, MOST_RUNNING } from '../pace/server-load.ts';
import { formatCount } from '../wording/format-count.ts';

/** How a server is doing, by what can be read of it; `undefined` for what cannot. */
export interface HostLoad {
  /** Sessions of others that execute a statement now (`Threads_running`). */
  readonly running: number | undefined;
  /** Changes that purge has not removed yet: the length of InnoDB's history list. */
  readonly history: number | undefined;
  /** Seconds by which replication is late, without a delay that is wanted. */
  readonly replicaLag: number | undefined;
  /** Milliseconds that a commit takes. */
  readonly commitMs: number | undefined;
}

/** The signs of a load, in the order in which they are reported. */
export const LOAD_SIGNS = ['running', 'history', 'replicaLag', 'commitMs'] as const;
export type LoadSign = (typeof LOAD_SIGNS)[number];

/** The effect of a server's load on a backfill. */
export interface HostStrain {
  /** The most share of the time in which batches may run; 0: none may begin now. */
  readonly most: number;
  /** The signs for which it is not 1. */
  readonly because: readonly LoadSign[];
}

/** The most share of the time while a server has more to do than it should. */
const PACE_OF_BUSY = 0.1;
/** Old versions of rows make every reader slower: at this number, dashboards of InnoDB turn yellow. */
const MOST_HISTORY = 100_000;
/** Readers of a replica notice more. */
const MOST_LAG_SECONDS = 5;
/** A tenth of it is usual on a disk that keeps up. */
const MOST_COMMIT_MS = 100;

/** The effect of a server's load. A sign that cannot be read has none, and is reported as unread. */
export function strainOf(load: HostLoad): HostStrain {
  const { running = 0, history = 0, replicaLag = 0, commitMs = 0 } = load;
  const strained: Readonly<Record<LoadSign, boolean>> = {
    running: isBusyWith(running),
    history: history > MOST_HISTORY,
    replicaLag: replicaLag > MOST_LAG_SECONDS,
    commitMs: commitMs > MOST_COMMIT_MS,
  };
  const because = LOAD_SIGNS.filter((sign) => strained[sign]);
  // A replica that is late catches up only while nothing is added.
  const most = strained.replicaLag ? 0 : because.length > 0 ? PACE_OF_BUSY : 1;
  return { most, because };
}

/** A sign of a load with its limit, for a report. */
export function strainWords(sign: LoadSign, load: HostLoad): string {
  const value = load[sign] ?? 0;
  switch (sign) {
    case 'running':
      return `${formatCount(value)} sessions execute a statement (limit ${MOST_RUNNING})`;
    case 'history':
      return `InnoDB's history list has ${formatCount(value)} entries (limit ${formatCount(MOST_HISTORY)})`;
    case 'replicaLag':
      return `replication is ${formatCount(value)} s late (limit ${MOST_LAG_SECONDS} s)`;
    case 'commitMs':
      return `a commit takes ${formatCount(value)} ms (limit ${MOST_COMMIT_MS} ms)`;
  }
}

/** The signs that a server does not show to this login. */
export function unreadSigns(load: HostLoad): LoadSign[] {
  return LOAD_SIGNS.filter((sign) => load[sign] === undefined);
}
