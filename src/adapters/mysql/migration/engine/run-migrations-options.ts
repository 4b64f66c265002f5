import type { ServerReplicas } from '../../../../core/replicas/replica-standing.ts';
import type { SchemaState } from '../../../../core/schema-state.ts';
import type { SessionLeft } from '../../bookkeeping/session-left.ts';
import type { HeldLock } from '../../locks/lock-value.ts';
import type { KnexClasses } from '../knex/knex-classes.ts';
import type { KnexSettings } from '../knex/knex-settings.ts';
import type { RunMigrationOptions } from './run-migration.ts';

/** Options that all operations under one fence share. */
export interface RunMigrationsOptions extends RunMigrationOptions {
  readonly state: SchemaState & { readonly left: ReadonlyMap<string, SessionLeft> };
  /** The lock of a killed run that this one continues. */
  readonly stale?: number | undefined;
  /** Knex's lock that this session holds. */
  readonly lock: HeldLock;
  /** The user's Knex settings, for the Knex of a dry run. */
  readonly knexSettings: KnexSettings | undefined;
  /** The classes of the Knex that runs the migrations. */
  readonly classes: KnexClasses;
  /** The configured replicas of the server, which backfills heed. */
  readonly replicas: ServerReplicas | undefined;
  /** Called when Knex's lock was released. */
  readonly onUnlocked: () => void;
}
