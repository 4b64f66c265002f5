import type { TenantsMapping } from '../central/tenants-mapping.ts';
import type { ReplicasConfig } from '../replicas/find-replicas.ts';
import type { RunRequest } from '../request.ts';
import type { GuardSettings } from '../safety/guard/guard-settings.ts';
import type { Severity } from '../safety/lint/rule.ts';
import type { HostReaders } from '../shapes/host-readers.ts';

/** The place where the tenants are listed. */
export interface CentralConfig {
  /** Default: the guide's table `tenants`. */
  readonly tenants?: TenantsMapping | undefined;
}

/** The place of the tenants' migrations, and how they are recorded. */
export interface MigrationsConfig {
  /** Relative to the configuration file. Default: `./migrations/tenant`. */
  readonly folder?: string | undefined;
  /** Knex's `tableName`. Default: `knex_migrations`. */
  readonly tableName?: string | undefined;
  /** Accepts migrations that share a timestamp. Default: false. */
  readonly allowDuplicateTimestamps?: boolean | undefined;
  /** Knex's `disableTransactions`. Default: false. */
  readonly disableTransactions?: boolean | undefined;
}

/** Names the user's knexfile. */
export interface KnexfileReference {
  /** Relative to the configuration file. */
  readonly file: string;
  /**
   * The environment of a knexfile that has several. Default: as Knex has it, `--env`, `NODE_ENV` or
   * `development`.
   */
  readonly env?: string | undefined;
}

/** The judgment of migrations before they run, and limits for their statements while they do. */
export interface SafetyConfig extends GuardSettings {
  /**
   * The file of `migrate:rehearse --evidence`, from the working folder. Runs on this machine end before the first
   * tenant unless the shape of each was rehearsed.
   */
  readonly requireRehearsal?: string | undefined;
  /**
   * The program of `onlineChange: "external"`: a path, or a name to look for in `PATH`. Default: `spirit`, and `gh-ost`
   * for the tables that Spirit must not change.
   */
  readonly onlineProgram?: string | undefined;
  /** Severities of rules by name, and of all others by `*`. Default: as the reference of rules has them. */
  readonly rules?: Readonly<Record<string, Severity>> | undefined;
  /** Reasons for which a migration may break a rule, by the migration's id and the rule's name. */
  readonly allow?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** How new tenants are made. */
export interface ProvisioningConfig {
  /**
   * `auto`: from the snapshot of the migrations, if one fits bundle and server; `never`: always by
   * running the migrations. Default: `auto`.
   */
  readonly snapshot?: 'auto' | 'never' | undefined;
  /** The file of `migrate:snapshot`, relative to the configuration file. Default: `fanfold.snapshot`. */
  readonly snapshotFile?: string | undefined;
  /** Databases that are kept ready for new tenants, on each server that gets some. Default: 0. */
  readonly pool?: number | undefined;
}

/** How the definitions of tenants are read. */
export interface ShapesConfig {
  /**
   * Logins that see all databases of a server, by `host`, `host:port` or `*`. Default: each tenant is read with its
   * own login.
   */
  readonly hosts?: HostReaders | undefined;
}

/**
 * Keys of a request for which a configuration has defaults; keys that make sense only for a single run are
 * not among them.
 */
export type RequestDefaults = Partial<
  Pick<
    RunRequest,
    | 'waves'
    | 'maxConcurrency'
    | 'maxPerHost'
    | 'hosts'
    | 'ifRunning'
    | 'toleratedFailureCount'
    | 'toleratedFailurePercentage'
    | 'automaticRetries'
    | 'probe'
    | 'bakeMinutes'
    | 'watch'
    | 'windows'
    | 'freezes'
    | 'backfillWindows'
    | 'timeZone'
    | 'approval'
    | 'approvalHours'
    | 'strict'
    | 'allowMissing'
    | 'lockWaitTimeoutSeconds'
    | 'statementTimeoutSeconds'
  >
>;

/**
 * The part of a configuration that an environment may give as well.
 *
 * @typeParam Settings the settings of Knex; the core does not know them
 */
export interface ConfigSection<Settings extends object = Readonly<Record<string, unknown>>> {
  readonly central?: CentralConfig | undefined;
  readonly migrations?: MigrationsConfig | undefined;
  /** Settings of Knex as a knexfile has them, or the knexfile itself. */
  readonly knex?: Settings | KnexfileReference | undefined;
  readonly request?: RequestDefaults | undefined;
  readonly safety?: SafetyConfig | undefined;
  readonly shapes?: ShapesConfig | undefined;
  readonly replicas?: ReplicasConfig | undefined;
  readonly provisioning?: ProvisioningConfig | undefined;
}

/** The export of `fanfold.config.ts`. Flags and environment variables win over it. */
export interface FanfoldConfig<Settings extends object = Readonly<Record<string, unknown>>>
  extends ConfigSection<Settings> {
  /** By name: the keys that differ if `--env` or `FANFOLD_ENV` names it. */
  readonly environments?: Readonly<Record<string, ConfigSection<Settings>>> | undefined;
}

/** Whether the key `knex` names a knexfile. */
export function isKnexfileReference(knex: object): knex is KnexfileReference {
  return 'file' in knex;
}
