import type { HalfAppliedLabel } from '../half-applied.ts';
import type { ConnectionLogin } from '../ports.ts';
import type { OnlineLeftovers } from '../safety/online/online-leftovers.ts';
import type { SchemaState } from '../schema-state.ts';
import type { BackfillFacts, PendingBackfill } from './backfill-facts.ts';

/** Facts about a tenant's database and its server, without a judgement. */
export interface DatabaseFacts {
  readonly server: ServerFacts;
  /** The encryption of this connection, such as `TLSv1.3`; `null` if it has none. */
  readonly tls: string | null;
  /** Whether the server is on this machine's loopback, which no other machine can intercept. */
  readonly isLoopback: boolean;
  /** Modes of a new session. */
  readonly sqlMode: readonly string[];
  readonly connections: ConnectionFacts;
  /** The account that the server takes this login for, as it writes it: `acme@%`. */
  readonly account: string;
  /** Whether the server takes an underscore in a GRANT literally (`partial_revokes`). */
  readonly grantsLiterally: boolean;
  /** Privileges of this login on its database, upper case, whatever granted them. */
  readonly privileges: ReadonlySet<string>;
  /** The holder of the fence, in words; `null` if it is free. */
  readonly fenceHolder: string | null;
  /** Its connection; absent if the fence is free. */
  readonly fenceHolderId?: number | undefined;
  readonly knexLock: KnexLockFacts;
  /** Whether Fanfold has ever changed this database. */
  readonly hasJournal: boolean;
  readonly state: SchemaState;
  /** Why the half-applied migration could not be resumed, if an attempt has found out. */
  readonly label: HalfAppliedLabel | undefined;
  /** Tables and triggers of programs that change tables beside their users. */
  readonly onlineWork: readonly OnlineLeftovers[];
  readonly backfills: BackfillFacts;
}

export interface ServerFacts {
  readonly product: 'MySQL' | 'MariaDB';
  /** Its name, if it reveals it: `Percona Server`, `Aurora MySQL`, `TiDB`. */
  readonly name?: string | undefined;
  /** Such as `9.7.4`. */
  readonly version: string;
  /** Whether it takes no writes, such as a replica. */
  readonly readOnly: boolean;
}

export interface ConnectionFacts {
  /** The most connections that the server takes, and those that are open, this one included. */
  readonly most: number;
  readonly open: number;
  /** The same for this user; `undefined` if the user has no separate limit. */
  readonly ofUser: { readonly most: number; readonly open: number } | undefined;
}

export interface KnexLockFacts {
  /**
   * `running`: Fanfold has set it in a session that exists, or cannot be seen. `ours`: Fanfold had, and that
   * session is gone. `knex`: plain Knex has, or had. `abandoned`: plain Knex had, all sessions are visible,
   * and none of them uses the database.
   */
  readonly state: 'free' | 'running' | 'ours' | 'knex' | 'abandoned';
  /** SQL that frees it. */
  readonly unlock: string;
}

/**
 * Connects and looks, in a fixed number of queries; changes nothing, locks nothing. Throws
 * `FanfoldError`s if the database cannot be reached or read.
 */
export type InspectDatabase = (
  login: ConnectionLogin,
  /** The backfills to look at, of a database that has applied so much. Default: none. */
  pendingBackfills?: (state: SchemaState) => Promise<readonly PendingBackfill[]>,
) => Promise<DatabaseFacts>;
