import type { ConnectionLogin } from '../../ports.ts';
import type { ReplicaStanding } from '../../replicas/replica-standing.ts';
import type { TableSize } from './table-size.ts';

/** A fact that a server shows, or why it does not: hidden is never the same as none. */
export type Seen<Fact> = { readonly seen: Fact } | { readonly hidden: string };

/** A transaction of another session that has been open for some time. */
export interface OpenTransaction {
  /** Connection id. */
  readonly id: number;
  /** Absent if this login may not see the session. */
  readonly user?: string | undefined;
  readonly seconds: number;
}

/** A session that holds a metadata lock for which a statement would wait. */
export interface LockHolding {
  /** Connection id. */
  readonly id: number;
  readonly user?: string | undefined;
  /** Absent for a lock on the whole server or database. */
  readonly table?: string | undefined;
  /** In words: `a lock on the table`. */
  readonly lock: string;
  /** Seconds in its current state. */
  readonly seconds?: number | undefined;
}

/** Replication, as the tenant's server shows it. */
export interface Replication {
  /** Replicas that read from this server now; absent if it does not show them. */
  readonly replicas?: number | undefined;
  /** Those of them that have not been sent everything yet, so that they are behind; what others have applied is unknown. */
  readonly replicasSending?: number | undefined;
  /** Their addresses, of those that report one (`report_host`); absent if this login may not ask. */
  readonly replicaNames?: readonly string[] | undefined;
  /** Seconds that the server itself is behind its source; null if replication does not run, absent if it is none. */
  readonly behindSeconds?: number | null | undefined;
  /** Seconds that the slowest reader of its Aurora cluster is late. */
  readonly readersLateSeconds?: number | undefined;
  /** Transactions that the slowest member of its group has not applied. */
  readonly applierQueue?: number | undefined;
  /** The replicas of this server that are configured. */
  readonly configured?: readonly ReplicaStanding[] | undefined;
}

/** The facts that a tenant's server shows before a run. */
export interface TenantFacts {
  /** Product and version: `MySQL 8.4.3`. */
  readonly server: string;
  /** Of the tables that were asked about, those that exist. */
  readonly tables: readonly TableSize[];
  /** Whether the server distinguishes upper and lower case in names of tables. */
  readonly isCaseSensitive: boolean;
  readonly transactions: Seen<readonly OpenTransaction[]>;
  readonly holders: Seen<readonly LockHolding[]>;
  readonly replication: Seen<Replication>;
}

/**
 * Reads the facts about one tenant. Read-only: nothing is written and nothing locked. Throws `FanfoldError` as a
 * connection does.
 *
 * @param tables names of the tables that pending migrations touch
 */
export type ReadTenantFacts = (
  login: ConnectionLogin,
  tables: readonly string[],
) => Promise<TenantFacts>;
