/**
 * The public API of Fanfold, for services that migrate tenants themselves.
 *
 * One tenant, such as one that is being provisioned: {@link runTenantMigrations}.
 *
 * A new tenant, from its row to ACTIVE: {@link provisionTenant}.
 *
 * A request to a tenant whose database may be older than the build: {@link assertTenantReady}.
 *
 * A fleet: {@link runFanOut} over a `TenantDirectory` of your own, with {@link createMigrateTenant},
 * {@link loadMigrationsFolder}, {@link createLocalRunStore}, {@link systemClock} and
 * {@link renderHtmlReport} as its parts. The command line is made of the same ones.
 *
 * @module
 */
export { loadMigrationsFolder } from './adapters/local/migrations-folder.ts';
export { createLocalRunStore } from './adapters/local/run-store.ts';
export { systemClock } from './adapters/local/system-clock.ts';
export type { DriverSettings } from './adapters/mysql/connection/driver-settings.ts';
export { createTlsChooser } from './adapters/mysql/connection/tls.ts';
export { checkKnexSettings } from './adapters/mysql/migration/knex/check-knex-settings.ts';
export type {
  AfterCreate,
  KnexSettings,
} from './adapters/mysql/migration/knex/knex-settings.ts';
export { createTenantDatabases } from './adapters/mysql/tenant-databases.ts';
export { renderHtmlReport } from './adapters/report/html-report.ts';
export {
  assertTenantReady,
  type ServedTenant,
  type TenantReadyOptions,
} from './assert-tenant-ready.ts';
export type { Bundle, Migration, MigrationModule } from './core/bundle/bundle.ts';
export type { EncryptionKey } from './core/encryption/encryption-key.ts';
export {
  cachedKeyRing,
  fixedKeyRing,
  type KeyRing,
  type KeyRingSource,
} from './core/encryption/key-ring.ts';
export { parseKeyRing } from './core/encryption/parse-key-ring.ts';
export { createPasswordOpener } from './core/encryption/password-opener.ts';
export {
  createPasswordSealer,
  type PasswordFormat,
  type PasswordSealer,
} from './core/encryption/password-sealer.ts';
export { FanfoldError, type Fault } from './core/errors.ts';
export type { Reporter, RunEvent } from './core/events.ts';
export type { Failure } from './core/failure.ts';
export type { Attempt, AttemptTenant } from './core/migrate/attempt.ts';
export { createMigrateTenant } from './core/migrate/migrate-tenant.ts';
export { TenantMigrationError } from './core/migrate/tenant-migration-error.ts';
export type { AppliedMigration, Note, Outcome } from './core/outcome.ts';
export type { RunStore, TenantDirectory } from './core/ports.ts';
export type { AdminLogin, AdminLogins } from './core/provision/database-server.ts';
export type { StepTime } from './core/provision/provision-tenant.ts';
export { ProvisioningError } from './core/provision/provisioning-error.ts';
export type { Summary } from './core/reduce/summary.ts';
export type { RunRequest } from './core/request.ts';
export {
  type FanOut,
  type FanOutDependencies,
  type RunResult,
  runFanOut,
} from './core/run/run-fan-out.ts';
export type { DatabaseAddress, Tenant, TenantRef } from './core/tenant.ts';
export { parseRunRequest } from './core/wire/parse-run-request.ts';
export {
  type ProvisionedTenant,
  type ProvisionTenantOptions,
  provisionTenant,
} from './provision-tenant.ts';
export {
  runTenantMigrations,
  type TenantLogin,
  type TenantMigrations,
  type TenantMigrationsOptions,
} from './run-tenant-migrations.ts';
