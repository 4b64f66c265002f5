import type { ServerAddress } from '../tenant.ts';

/**
 * How late a replica is: `seconds` without a delay that is wanted; `stopped` if it does not replicate at present;
 * `unread` if nobody can tell. The two latter are clauses for people.
 */
export type ReplicaLag =
  | { readonly seconds: number }
  | { readonly stopped: string }
  | { readonly unread: string };

/** A replica, and how late it was when it was asked. */
export interface ReplicaStanding {
  /** Its address as people write it. */
  readonly replica: string;
  readonly lag: ReplicaLag;
}

/** Asks the configured replicas of a server; none if none are configured. Never rejects. */
export type ReadReplicas = (source: ServerAddress) => Promise<readonly ReplicaStanding[]>;

/** Configured replicas, and the lag that is put up with. */
export interface ReplicaWatch {
  /** The addresses of the configured replicas of a server. */
  readonly find: (source: ServerAddress) => readonly ServerAddress[];
  readonly read: ReadReplicas;
  /** Beyond so many seconds nothing is added to the work of a replica. */
  readonly maxLagSeconds: number;
}

/** The configured replicas of one server. */
export interface ServerReplicas {
  read(): Promise<readonly ReplicaStanding[]>;
  readonly maxLagSeconds: number;
}

/** The replicas of one server among all. */
export function replicasOf(watch: ReplicaWatch, source: ServerAddress): ServerReplicas {
  return { read: () => watch.read(source), maxLagSeconds: watch.maxLagSeconds };
}

/** The lag that is put up with, unless the configuration has another: readers of a replica notice more. */
export const MAX_LAG_SECONDS = 5;

/**
 * The longest lag of some replicas in seconds; `undefined` if none can be read. One that does not replicate counts as
 * late without end, as its readers see old rows until it has caught up with all that is added meanwhile.
 */
export function longestLag(standings: readonly ReplicaStanding[]): number | undefined {
  const lags = standings.flatMap(({ lag }) =>
    'seconds' in lag ? [lag.seconds] : 'stopped' in lag ? [Number.POSITIVE_INFINITY] : [],
  );
  return lags.length === 0 ? undefined : Math.max(...lags);
}

/** Whether some replica is known to be later than is put up with. */
export function hasLate(standings: readonly ReplicaStanding[], maxLagSeconds: number): boolean {
  return (longestLag(standings) ?? 0) > maxLagSeconds;
}

/** Whether nobody can tell how late some replica is. */
export function hasUnread(standings: readonly ReplicaStanding[]): boolean {
  return standings.some(({ lag }) => 'unread' in lag);
}

/** `replica-1:3306 is 12 s late`; one that is not later than `beyondSeconds` is left out. */
export function lagSentences(
  standings: readonly ReplicaStanding[],
  beyondSeconds: number,
): string[] {
  return standings.flatMap(({ replica, lag }) => {
    if ('stopped' in lag) return [`${replica} does not replicate: ${lag.stopped}`];
    if ('unread' in lag) return [`the lag of ${replica} cannot be read: ${lag.unread}`];
    return lag.seconds > beyondSeconds ? [`${replica} is ${Math.round(lag.seconds)} s late`] : [];
  });
}
