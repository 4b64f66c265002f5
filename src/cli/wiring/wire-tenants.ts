import { chooseTls } from '../../compose/choose-tls.ts';
import { iamToken } from '../../compose/iam-token.ts';
import { tenantAccess, tenantDatabases } from '../../compose/tenant-access.ts';
import type { ReadTenantDigests } from '../../core/digests/look-at-digests.ts';
import { createExamineTenant, type ExamineTenant } from '../../core/doctor/examine-tenant.ts';
import { createPasswordOpener } from '../../core/encryption/password-opener.ts';
import { createKeptOfTenant, type KeptOfTenant } from '../../core/kept/kept-of-tenant.ts';
import type { Attempt, AttemptContext, AttemptTenant } from '../../core/migrate/attempt.ts';
import { type BaselineTenant, createBaselineTenant } from '../../core/migrate/baseline-tenant.ts';
import { openLoginToMigrate } from '../../core/migrate/login-to-migrate.ts';
import { migrateDatabase } from '../../core/migrate/migrate-database.ts';
import { createMigrateTenant } from '../../core/migrate/migrate-tenant.ts';
import { createWatchTenant, type WatchTenant } from '../../core/migrate/running-session.ts';
import type { ReadServerLoad } from '../../core/pace/server-load.ts';
import type { ConnectionLogin, StrayErrors } from '../../core/ports.ts';
import { replicaLogin } from '../../core/replicas/find-replicas.ts';
import { hasLate } from '../../core/replicas/replica-standing.ts';
import { createResolveTenant, type ResolveTenant } from '../../core/resolve/resolve-tenant.ts';
import { createReadTenant, type ReadTenant } from '../../core/status/read-tenant.ts';
import type { ConnectionSetupOptions } from '../options/connection-options.ts';
import type { RunStoreOptions, SetupOptions } from '../options/setup-options.ts';
import {
  databaseOptions,
  replicasOfProject,
  tenantAccessOptions,
} from './tenant-access-options.ts';
import { connectionOf, tlsChoice, type WiringContext } from './wiring-context.ts';

/** Attempts one database once. */
export type AttemptDatabase = (login: ConnectionLogin, context: AttemptContext) => Promise<Attempt>;

/** Operations on the database of one tenant. */
export interface TenantsWiring {
  /** The function that attempts one tenant. */
  attemptTenant(options: SetupOptions): Promise<AttemptTenant>;
  /** The function that attempts one database, whose login is known. */
  attemptDatabase(options: SetupOptions): Promise<AttemptDatabase>;
  /** The function that reads or drops the values that one tenant keeps. */
  keptOfTenant(options: ConnectionSetupOptions): Promise<KeptOfTenant>;
  /** The function that asks one tenant's database which migrations are pending. */
  readTenant(options: SetupOptions): Promise<ReadTenant>;
  /** The function that looks at one tenant while it is migrated. */
  watchTenant(options: SetupOptions): Promise<WatchTenant>;
  /** The function that asks a tenant's server how busy it is. */
  readLoad(options: SetupOptions): Promise<ReadServerLoad>;
  /** The function that reads what servers have counted of a tenant's statements. */
  readDigests(options: SetupOptions): Promise<ReadTenantDigests>;
  /** The function that records the checksums of one tenant's applied migrations. */
  baselineTenant(options: SetupOptions): Promise<BaselineTenant>;
  /** The function that examines one tenant and changes nothing. */
  examineTenant(options: SetupOptions & Partial<RunStoreOptions>): Promise<ExamineTenant>;
  /** The functions that resolve a half-applied migration of one tenant. */
  resolveTenant(options: SetupOptions): Promise<ResolveTenant>;
  /** Finds the migration that caused an error which nobody awaits. */
  strayErrors(): Promise<StrayErrors>;
}

/** Wires the operations on the database of one tenant. */
export function wireTenants(context: WiringContext): TenantsWiring {
  const access = async (options: SetupOptions) =>
    tenantAccess(await tenantAccessOptions(options, context));
  const passwords = () => createPasswordOpener(context.environment.keyRing());
  return {
    async attemptTenant(options) {
      const config = context.project()?.section.replicas;
      // Before the first tenant: a run that nobody can hold back from late replicas must not begin by accident.
      if (config !== undefined) replicaLogin(config, context.env);
      return createMigrateTenant(await access(options));
    },

    async attemptDatabase(options) {
      const databases = await tenantDatabases(await databaseOptions(options, context));
      return (login, attempt) => migrateDatabase(login, attempt, { databases });
    },

    async keptOfTenant(options) {
      const { createKeptStore } = await import('../../adapters/mysql/kept-store.ts');
      const store = createKeptStore(await connectionOf(options));
      return createKeptOfTenant({ store, passwords: passwords() });
    },

    readTenant: async (options) => createReadTenant(await access(options)),
    baselineTenant: async (options) => createBaselineTenant(await access(options)),
    resolveTenant: async (options) => createResolveTenant(await access(options)),

    async watchTenant(options) {
      const { createWatchDatabase } = await import('../../adapters/mysql/watch-database.ts');
      const watch = createWatchDatabase({ tls: await chooseTls(tlsChoice(options)), iamToken });
      return createWatchTenant({ watch, passwords: passwords() });
    },

    async readLoad(options) {
      const { createReadServerLoad } = await import('../../adapters/mysql/read-server-load.ts');
      const connection = { tls: await chooseTls(tlsChoice(options)), iamToken };
      const read = createReadServerLoad(connection);
      const replicas = await replicasOfProject(context.project(), connection, context.env);
      const opener = passwords();
      return async (tenant) => {
        const standings = replicas?.read(tenant.address);
        const load = await read(await openLoginToMigrate(tenant, opener));
        if (replicas === undefined || standings === undefined) return load;
        return { ...load, hasLateReplicas: hasLate(await standings, replicas.maxLagSeconds) };
      };
    },

    async readDigests(options) {
      const { createReadDigests } = await import('../../adapters/mysql/read-digests.ts');
      const read = createReadDigests({ tls: await chooseTls(tlsChoice(options)), iamToken });
      const opener = passwords();
      return async (tenant) => read(await openLoginToMigrate(tenant, opener));
    },

    async examineTenant(options) {
      const { createInspectDatabase } = await import('../../adapters/mysql/inspect-database.ts');
      const opener = passwords();
      const { tableName } = options;
      const connection = await connectionOf(options);
      const inspect = createInspectDatabase({ ...connection, tableName });
      const replicas = await replicasOfProject(context.project(), connection, context.env);
      const isPaused = await pausedRuns(options);
      return createExamineTenant({ inspect, passwords: opener, isPaused, replicas });
    },

    async strayErrors() {
      const { strayErrors } = await import('../../adapters/mysql/migration/knex/stray-errors.ts');
      return strayErrors;
    },
  };
}

/** Whether a run of this machine is paused; undefined if the command has no place of runs. */
async function pausedRuns({ runStore }: Partial<RunStoreOptions>) {
  if (runStore === undefined) return undefined;
  const { createLocalRunStore } = await import('../../adapters/local/run-store.ts');
  const runs = createLocalRunStore(runStore);
  // A run of another machine, or of AWS, is not in this folder.
  return async (runId: string) =>
    (await runs.readControl(runId).catch(() => undefined))?.isPaused === true;
}
