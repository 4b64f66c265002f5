/**
 * The functions for your service, such as one that provisions tenants. The module is light to load: the
 * first call that uses database drivers, Knex or Prisma loads them.
 *
 * One tenant: {@link runTenantMigrations}. A new tenant, from its row to ACTIVE:
 * {@link provisionTenant}. A request to a tenant whose database may be older than the build:
 * {@link assertTenantReady}, with the hash of {@link loadMigrationsFolder}. Passwords:
 * {@link createPasswordSealer} and {@link createPasswordOpener} over a {@link KeyRing}.
 *
 * @module fanfold/service
 */
export type { FileNameOptions } from '../adapters/local/migration-file-names.ts';
export { loadMigrationsFolder } from '../adapters/local/migrations-folder.ts';
export type {
  DriverSetting,
  DriverSettings,
} from '../adapters/mysql/connection/driver-settings.ts';
export type { AfterCreate, KnexSettings } from '../adapters/mysql/migration/knex/knex-settings.ts';
export type { ProjectOptions } from '../compose/project/project-of-service.ts';
export type { Backfill, BackfillRows } from '../core/backfill/backfill.ts';
export type { Bundle, Migration, MigrationModule } from '../core/bundle/bundle.ts';
export type { TlsMode } from '../core/central/central-parameter-names.ts';
export type {
  ActiveWords,
  TenantColumn,
  TenantsMapping,
  TenantsQuery,
  TenantsTable,
} from '../core/central/tenants-mapping.ts';
export type { KnexfileReference } from '../core/config/fanfold-config.ts';
export type { EncryptionKey } from '../core/encryption/encryption-key.ts';
export {
  cachedKeyRing,
  fixedKeyRing,
  type KeyRing,
  type KeyRingSource,
} from '../core/encryption/key-ring.ts';
export { parseKeyRing } from '../core/encryption/parse-key-ring.ts';
export { createPasswordOpener } from '../core/encryption/password-opener.ts';
export {
  createPasswordSealer,
  type PasswordFormat,
  type PasswordSealer,
} from '../core/encryption/password-sealer.ts';
export type { ErrorCode } from '../core/error-codes.ts';
export type { Fault } from '../core/error-kind.ts';
export type { FanfoldErrorOptions, FanfoldErrorOptionsOf } from '../core/errors.ts';
export { FanfoldError, isFanfoldError } from '../core/errors.ts';
export type { Failure, OwnFailure, StatementRef } from '../core/failure.ts';
export type { Standing, StatementStanding } from '../core/half-applied.ts';
export { TenantMigrationError } from '../core/migrate/tenant-migration-error.ts';
export type { AppliedMigration, Note } from '../core/outcome.ts';
export type { UserLogin } from '../core/ports.ts';
export type { AdminLogin, AdminLogins } from '../core/provision/database-server.ts';
export type { ProvisionStep } from '../core/provision/provision-step.ts';
export type { ProvisionOutcome, StepTime } from '../core/provision/provision-tenant.ts';
export type { FailedProvisioning } from '../core/provision/provisioning-error.ts';
export { ProvisioningError } from '../core/provision/provisioning-error.ts';
export type {
  GuardLock,
  GuardSettings,
  MigrationSafety,
  OnlineChangeWay,
} from '../core/safety/guard/guard-settings.ts';
export type { TenantAddress, TenantLogin, TenantRow } from '../core/service/tenant-to-migrate.ts';
export type {
  DatabaseAddress,
  EncryptedUser,
  ServerAddress,
  Tenant,
  TenantStatus,
} from '../core/tenant.ts';
export {
  assertTenantReady,
  type ServedTenant,
  type TenantReadyOptions,
} from './assert-tenant-ready.ts';
export {
  type ProvisionedTenant,
  type ProvisionTenantOptions,
  provisionTenant,
} from './provision-tenant.ts';
export {
  runTenantMigrations,
  type TenantMigrations,
  type TenantMigrationsOptions,
} from './run-tenant-migrations.ts';
