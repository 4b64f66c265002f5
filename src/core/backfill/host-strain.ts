import { isBusyWith, MOST_RUNNING } from '../pace/server-load.ts';
import {
  hasUnread,
  lagSentences,
  longestLag,
  MAX_LAG_SECONDS,
  type ReplicaStanding,
} from '../replicas/replica-standing.ts';
import { formatCount } from '../wording/format-count.ts';

/** How a server is doing, by what can be read of it; `undefined` for what cannot. */
export interface HostLoad {
  /** Sessions of others that execute a statement now (`Threads_running`). */
  readonly running: number | undefined;
  /** Changes that purge has not removed yet: the length of InnoDB's history list. */
  readonly history: number | undefined;
  /** Seconds by which replication is late, without a delay that is wanted, as the server itself shows it. */
  readonly replicaLag: number | undefined;
  /** Transactions that the slowest member of its group has not applied. */
  readonly applierQueue: number | undefined;
  /** The configured replicas of the server. */
  readonly replicas: readonly ReplicaStanding[];
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
  /** The configured replicas among the reasons, a sentence each. */
  readonly replicas: readonly string[];
}

/** The most share of the time while a server has more to do than it should, or nobody knows. */
const PACE_OF_BUSY = 0.1;
/** Old versions of rows make every reader slower: at this number, dashboards of InnoDB turn yellow. */
const MOST_HISTORY = 100_000;
/** A tenth of the queue at which Group Replication slows all writers of the group, the application's included. */
const MOST_QUEUE = 2_500;
/** A tenth of it is usual on a disk that keeps up. */
const MOST_COMMIT_MS = 100;

/**
 * The effect of a server's load. A sign that cannot be read has none, and is reported as unread; but somebody has
 * named the configured replicas because they matter, so that one which cannot be read slows a backfill down.
 *
 * @param maxLagSeconds the lag of replicas beyond which nothing is added
 */
export function strainOf(load: HostLoad, maxLagSeconds = MAX_LAG_SECONDS): HostStrain {
  const { running = 0, history = 0, applierQueue = 0, commitMs = 0, replicas } = load;
  const isLate = lagOf(load) > maxLagSeconds || applierQueue > MOST_QUEUE;
  const strained: Readonly<Record<LoadSign, boolean>> = {
    running: isBusyWith(running),
    history: history > MOST_HISTORY,
    replicaLag: isLate || hasUnread(replicas),
    commitMs: commitMs > MOST_COMMIT_MS,
  };
  const because = LOAD_SIGNS.filter((sign) => strained[sign]);
  // A replica that is late catches up only while nothing is added.
  const most = isLate ? 0 : because.length > 0 ? PACE_OF_BUSY : 1;
  return { most, because, replicas: lagSentences(replicas, maxLagSeconds) };
}

/** A sign of a load with its limit, for a report. */
export function strainWords(sign: LoadSign, load: HostLoad): string {
  const { running = 0, history = 0, applierQueue = 0, commitMs = 0, replicas } = load;
  switch (sign) {
    case 'running':
      return `${formatCount(running)} sessions execute a statement (limit ${MOST_RUNNING})`;
    case 'history':
      return `InnoDB's history list has ${formatCount(history)} entries (limit ${formatCount(MOST_HISTORY)})`;
    case 'replicaLag': {
      const sentences = lagSentences(replicas, MAX_LAG_SECONDS);
      if (sentences.length > 0) return sentences.join(', ');
      return applierQueue > MOST_QUEUE
        ? `a member of the group has ${formatCount(applierQueue)} transactions to apply (limit ${formatCount(MOST_QUEUE)})`
        : `replication is ${formatCount(lagOf(load))} s late (limit ${MAX_LAG_SECONDS} s)`;
    }
    case 'commitMs':
      return `a commit takes ${formatCount(commitMs)} ms (limit ${MOST_COMMIT_MS} ms)`;
  }
}

/** The signs that a server does not show to this login. */
export function unreadSigns(load: HostLoad): LoadSign[] {
  const { running, history, replicaLag, applierQueue, replicas, commitMs } = load;
  const isLagUnread =
    hasUnread(replicas) ||
    (replicas.length === 0 && replicaLag === undefined && applierQueue === undefined);
  const unread: Readonly<Record<LoadSign, boolean>> = {
    running: running === undefined,
    history: history === undefined,
    replicaLag: isLagUnread,
    commitMs: commitMs === undefined,
  };
  return LOAD_SIGNS.filter((sign) => unread[sign]);
}

function lagOf({ replicaLag = 0, replicas }: HostLoad): number {
  return Math.max(replicaLag, longestLag(replicas) ?? 0);
}
