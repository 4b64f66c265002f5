import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { StackSecrets } from '../adapters/aws/connect-to-secrets.ts';
import { keepHeapSmall } from '../adapters/local/small-heap.ts';
import type { CentralDatabase } from '../adapters/prisma/central-database.ts';
import type { CentralTables } from '../core/adoption/central-tables.ts';
import type { ProjectFiles } from '../core/adoption/project-files.ts';
import { type BaselineTenant, createBaselineTenant } from '../core/baseline/baseline-tenant.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { checkMigrations } from '../core/bundle/check-migrations.ts';
import type { CentralAccess } from '../core/central/central-access.ts';
import { parseCentralDatabaseUrl } from '../core/central/central-database-url.ts';
import { centralTlsMode } from '../core/central/central-tls.ts';
import type { TenantsMapping } from '../core/central/tenants-mapping.ts';
import { parseTenantsMapping, TENANTS_VARIABLE } from '../core/central/tenants-mapping-text.ts';
import type { Moving } from '../core/credentials/move-tenant.ts';
import type { PasswordRotation } from '../core/credentials/rotate-password.ts';
import { createExamineTenant, type ExamineTenant } from '../core/doctor/examine-tenant.ts';
import type { RepairDependencies } from '../core/doctor/repair-tenant.ts';
import type { KeyRingSource, KeyRingStore } from '../core/encryption/key-ring.ts';
import { createPasswordOpener } from '../core/encryption/password-opener.ts';
import {
  createPasswordSealer,
  formatFor,
  type PasswordFormat,
  type PasswordSealer,
  parsePasswordFormat,
} from '../core/encryption/password-sealer.ts';
import type { AttemptTenant } from '../core/migrate/attempt.ts';
import { createMigrateTenant } from '../core/migrate/migrate-tenant.ts';
import type { Clock, RunStore, StrayErrors, TenantDatabases } from '../core/ports.ts';
import type { ServerAddress } from '../core/provision/database-server.ts';
import type { Provisioning } from '../core/provision/provisioning.ts';
import type { ProvisioningRegistry } from '../core/provision/provisioning-registry.ts';
import type { RemoteProvisioning } from '../core/remote-provisioning.ts';
import { createResolveTenant, type ResolveTenant } from '../core/resolve/resolve-tenant.ts';
import type { FanOutDependencies } from '../core/run/run-fan-out.ts';
import { createWatchTenant, type WatchTenant } from '../core/running-session.ts';
import type { KnexfileInUse } from '../project/load-knex-settings.ts';
import type { Project } from '../project/load-project.ts';
import type { ConnectionSetupOptions } from './options/connection-options.ts';
import type { ProvisioningOptions } from './options/provisioning-options.ts';
import type {
  FolderOptions,
  RunStoreOptions,
  SetupOptions,
  TlsSetupOptions,
} from './options/setup-options.ts';
import type { RemoteAccess } from './remote/remote-access.ts';

/**
 * Everything that commands need from the outside. Every member reads its part of the environment when it is
 * called, so that a command asks for no more than it needs: listing tenants takes no key.
 *
 * Adapters are loaded when they are used: `--help` should not wait for three database drivers.
 */
export interface Wiring {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** An id that no run had before, in the order of time: `20261127-093012-4f2a1c`. */
  newRunId(): string;
  /** Reads the configuration of the project, once; what other members do follows it from then on. */
  loadProject(environment: string | undefined): Promise<Project>;
  /** Finds out which Knex runs the migrations of a folder, and which Fanfold this is. */
  installed(migrations: string): Promise<InstalledPackages>;
  /** Writes a new migration file and returns its path, for people. */
  makeMigration(directory: string, name: string, language?: 'ts' | 'js'): Promise<string>;
  /** Reads the tenant migrations and loads each of them once, so that a broken one shows now. */
  loadBundle(options: FolderOptions): Promise<Bundle>;
  /** The functions that resolve a half-applied migration of one tenant. */
  resolveTenant(options: SetupOptions): Promise<ResolveTenant>;
  /** Who runs this, for what is written down of it: a user of the operating system, and the host. */
  operator(): string;
  /** The function that attempts one tenant. */
  attemptTenant(options: SetupOptions): Promise<AttemptTenant>;
  /** The function that looks at one tenant while it is migrated. */
  watchTenant(options: SetupOptions): Promise<WatchTenant>;
  /** The function that records the checksums of one tenant's applied migrations. */
  baselineTenant(options: SetupOptions): Promise<BaselineTenant>;
  /** The function that examines one tenant and changes nothing. */
  examineTenant(options: SetupOptions): Promise<ExamineTenant>;
  /** Connects to the central database for the time of `work`. */
  usingCentral<Result>(
    options: TlsSetupOptions,
    work: (central: CentralDatabase) => Promise<Result>,
  ): Promise<Result>;
  /** Looks around in the project of the current folder. */
  readProjectFiles(): Promise<ProjectFiles>;
  /** Reads a knexfile of the project, by its path from the current folder; throws what is wrong with it. */
  loadKnexfile(file: string, environment: string | undefined): Promise<KnexfileInUse>;
  /** Writes one of its files as a whole or not at all. */
  writeConfigFile(project: ProjectFiles, name: string, text: string): Promise<void>;
  /** Connects to a central database of which nothing is known yet, for the time of `work`. */
  usingCentralTables<Result>(
    options: AdoptionOptions,
    work: (central: CentralTables) => Promise<Result>,
  ): Promise<Result>;
  /** Connects to the central database by a mapping that is not configured yet. */
  usingTenants<Result>(
    options: AdoptionOptions,
    mapping: TenantsMapping,
    work: (central: Pick<CentralDatabase, 'directory'>) => Promise<Result>,
  ): Promise<Result>;
  /** Brings the central database up to date; resolves to what ran. */
  migrateCentral(options: TlsSetupOptions): Promise<readonly string[]>;
  /** Rolls back the newest batch of the central database; resolves to what was rolled back. */
  rollbackCentral(options: TlsSetupOptions): Promise<readonly string[]>;
  /** Encryption of passwords under `DB_ENCRYPTION_KEY`, and its format. */
  passwordEncryption(): Promise<PasswordSealer & { readonly format: PasswordFormat }>;
  /** The key ring of the environment; it can be written if it is a file. */
  keyRing(): Promise<KeyRingSource | KeyRingStore>;
  /** The functions that change the logins of tenants, in their row and on their server. */
  credentials(
    options: ConnectionSetupOptions,
  ): Promise<Omit<PasswordRotation, 'registry' | 'keepOld'> & Pick<Moving, 'databases'>>;
  /** The parts that repair what an examination finds, as the administrators of the servers. */
  repairs(options: SetupOptions & { readonly accountsFrom?: string }): Promise<RepairDependencies>;
  /** The parts that provision tenants, from their row to ACTIVE. */
  provisioning(
    registry: ProvisioningRegistry,
    bundle: Bundle,
    options: ProvisioningOptions,
  ): Promise<Provisioning>;
  runStore(options: RunStoreOptions): Promise<RunStore>;
  /** Finder of the migration that caused an error which the process is told of. */
  strayErrors(): Promise<StrayErrors>;
  /** Other dependencies of a run. */
  fanOut(): Promise<Pick<FanOutDependencies, 'clock' | 'random' | 'renderReport'>>;
  /** The key ring of a deployed stack, and its central database; found as `remote` finds the stack. */
  remoteKeys(stack: string, options: RemoteKeysOptions): Promise<RemoteKeys>;
  /** The ProvisionTenant of a deployed stack; found as `remote` finds the stack. */
  remoteProvisioning(stack: string): Promise<RemoteProvisioning & { readonly clock: Clock }>;
  /** The runs of a deployed stack; region and credentials are looked for as the SDK does it. */
  remote(stack: string): Promise<RemoteAccess>;
}

/** The packages that count. */
export interface InstalledPackages {
  readonly fanfold: { readonly version: string; readonly folder: string };
  /** `undefined` if there is none at all. */
  readonly knex:
    | { readonly version: string; readonly folder: string; readonly owner: 'project' | 'fanfold' }
    | undefined;
}

/** A central database that may not be the environment's. */
export interface AdoptionOptions extends TlsSetupOptions {
  /** Instead of CENTRAL_DATABASE_URL. */
  readonly centralUrl?: string | undefined;
}

export interface RemoteKeysOptions extends TlsSetupOptions {
  /** Where the central database is reached, if not at the address in its secret: `host:port`. */
  readonly centralAddress?: ServerAddress | undefined;
}

/** Dependencies for changing the key of a deployed stack. */
export interface RemoteKeys extends Pick<StackSecrets, 'ring' | 'runningRuns'> {
  /** Connects to the central database for the time of `work`. */
  usingCentral<Result>(work: (central: CentralDatabase) => Promise<Result>): Promise<Result>;
}

/** Joins the adapters to the core for the command line. */
export function createWiring(env: Readonly<Record<string, string | undefined>>): Wiring {
  keepHeapSmall();
  const keyRing = async () => {
    const { environmentKeyRing } = await import('../adapters/local/environment-key-ring.ts');
    return environmentKeyRing(env);
  };
  const now = () => performance.now();
  let project: Project | undefined;
  const tenantDatabases = (options: SetupOptions) => connectTenants(options, project);

  const centralAccess = async (options: AdoptionOptions): Promise<CentralAccess> => {
    const login = parseCentralDatabaseUrl(options.centralUrl ?? env.CENTRAL_DATABASE_URL);
    const tls = centralTlsMode(options.tls, login);
    const ssl = (await tlsChooser({ ...options, tls }, login.parameters?.caFile))(login.host);
    const verified = ssl === undefined ? undefined : { ca: ssl.ca as string[] };
    return { login, tls: verified, tenants: tenantsMapping() };
  };
  const tenantsMapping = () =>
    parseTenantsMapping(env[TENANTS_VARIABLE]) ?? project?.section.central?.tenants;

  return {
    now,
    newRunId: () => runId(new Date()),

    async loadProject(environment) {
      const { loadProject } = await import('../project/load-project.ts');
      const { checkOwnCopy } = await import('../project/own-package.ts');
      if (project !== undefined && project.environment === environment) return project;
      const directory = process.cwd();
      project = await loadProject({ directory, environment, nodeEnv: env.NODE_ENV });
      checkOwnCopy(project);
      return project;
    },

    async installed(migrations) {
      const { loadProject } = await import('../project/load-project.ts');
      const { ownPackage } = await import('../project/own-package.ts');
      const { knexOf } = await import('../project/project-knex.ts');
      const directory = process.cwd();
      project ??= await loadProject({ directory, environment: undefined, nodeEnv: env.NODE_ENV });
      const { displayPath } = await import('../adapters/local/display-path.ts');
      const named = <Found extends { readonly folder: string }>(found: Found) => ({
        ...found,
        folder: displayPath(found.folder),
      });
      const { found } = knexOf(project, migrations);
      return { fanfold: named(ownPackage()), knex: found && named(found) };
    },

    async makeMigration(directory, name, language) {
      const { makeMigration } = await import('../adapters/local/make-migration.ts');
      const { displayPath } = await import('../adapters/local/display-path.ts');
      return displayPath(await makeMigration({ directory, name, language, now: new Date() }));
    },

    async loadBundle({ migrations, allowDuplicateTimestamps }) {
      const { loadMigrationsFolder } = await import('../adapters/local/migrations-folder.ts');
      const bundle = await loadMigrationsFolder(migrations, {
        allowDuplicateTimestamps: allowDuplicateTimestamps === true,
        loadExtensions: project?.knexfile?.migrations.loadExtensions,
      });
      await checkMigrations(bundle);
      return bundle;
    },

    async resolveTenant(options) {
      const passwords = createPasswordOpener(await keyRing());
      return createResolveTenant({ databases: await tenantDatabases(options), passwords });
    },

    operator: () => `${userName()}@${hostname()}`,

    async attemptTenant(options) {
      const passwords = createPasswordOpener(await keyRing());
      return createMigrateTenant({ databases: await tenantDatabases(options), passwords });
    },

    async watchTenant(options) {
      const { createWatchDatabase } = await import('../adapters/mysql/watch-database.ts');
      const watch = createWatchDatabase({ tls: await tlsChooser(options) });
      return createWatchTenant({ watch, passwords: createPasswordOpener(await keyRing()) });
    },

    async baselineTenant(options) {
      const passwords = createPasswordOpener(await keyRing());
      return createBaselineTenant({ databases: await tenantDatabases(options), passwords });
    },

    async examineTenant(options) {
      const passwords = createPasswordOpener(await keyRing());
      const { createInspectDatabase } = await import('../adapters/mysql/inspect-database.ts');
      const inspect = createInspectDatabase({
        connectTimeoutMs: options.connectTimeout * 1_000,
        tls: await tlsChooser(options),
        tableName: options.tableName,
      });
      return createExamineTenant({ inspect, passwords });
    },

    async usingCentral(options, work) {
      const access = await centralAccess(options);
      const { usingCentralDatabase } = await import('../adapters/prisma/central-database.ts');
      return usingCentralDatabase(access, work);
    },

    async readProjectFiles() {
      const { readProjectFiles } = await import('../adapters/local/project/read-project-files.ts');
      return readProjectFiles(process.cwd());
    },

    async loadKnexfile(file, environment) {
      const { loadKnexSettings } = await import('../project/load-knex-settings.ts');
      return loadKnexSettings({ file }, process.cwd(), { environment, nodeEnv: env.NODE_ENV });
    },

    async writeConfigFile({ folder }, name, text) {
      const { writeConfigFile } = await import('../adapters/local/project/write-config-file.ts');
      return writeConfigFile(folder, name, text);
    },

    async usingCentralTables(options, work) {
      const access = await centralAccess(options);
      const { usingCentralTables } = await import('../adapters/prisma/central-tables.ts');
      return usingCentralTables(access, work);
    },

    async usingTenants(options, tenants, work) {
      const access = await centralAccess(options);
      const { usingCentralDatabase } = await import('../adapters/prisma/central-database.ts');
      return usingCentralDatabase({ ...access, tenants }, work);
    },

    async migrateCentral(options) {
      const access = await centralAccess(options);
      const { migrateCentralLatest } = await import('../adapters/knex/central-migrations.ts');
      return migrateCentralLatest(access);
    },

    async rollbackCentral(options) {
      const access = await centralAccess(options);
      const { rollbackCentral } = await import('../adapters/knex/central-migrations.ts');
      return rollbackCentral(access);
    },

    async passwordEncryption() {
      const source = await keyRing();
      const wanted = parsePasswordFormat(env.DB_ENCRYPTION_FORMAT);
      const format = formatFor(await source.current(), wanted);
      return { format, ...createPasswordSealer(source, format) };
    },

    async keyRing() {
      const { environmentKeyRingStore } = await import('../adapters/local/environment-key-ring.ts');
      return environmentKeyRingStore(env) ?? (await keyRing());
    },

    async credentials(options) {
      const { createAdminLogins } = await import('../adapters/local/admin-logins.ts');
      const { createDatabaseServers } = await import('../adapters/mysql/database-servers.ts');
      const { createTenantDatabases } = await import('../adapters/mysql/tenant-databases.ts');
      const { FANFOLD_ADMIN_URL: url, FANFOLD_ADMIN_FILE: file } = env;
      const connection = {
        connectTimeoutMs: options.connectTimeout * 1_000,
        tls: await tlsChooser(options),
      };
      const source = await keyRing();
      return {
        admins: createAdminLogins({ url, file }),
        servers: createDatabaseServers(connection),
        databases: createTenantDatabases(connection),
        passwords: createPasswordOpener(source),
        sealer: createPasswordSealer(source, parsePasswordFormat(env.DB_ENCRYPTION_FORMAT)),
      };
    },

    async repairs(options) {
      const { createAdminLogins } = await import('../adapters/local/admin-logins.ts');
      const { createDatabaseServers } = await import('../adapters/mysql/database-servers.ts');
      const { FANFOLD_ADMIN_URL: url, FANFOLD_ADMIN_FILE: file } = env;
      const tls = await tlsChooser(options);
      const { tableName, accountsFrom } = options;
      return {
        admins: createAdminLogins({ url, file }),
        servers: createDatabaseServers({
          connectTimeoutMs: options.connectTimeout * 1_000,
          tls,
          tableName,
        }),
        passwords: createPasswordOpener(await keyRing()),
        accountsFrom,
        requireTls: ({ host }) => tls(host) !== undefined,
      };
    },

    async provisioning(registry, bundle, options) {
      const { createAdminLogins } = await import('../adapters/local/admin-logins.ts');
      const { createProvisioning } = await import('../create-provisioning.ts');
      const { FANFOLD_ADMIN_URL: url, FANFOLD_ADMIN_FILE: file } = env;
      return createProvisioning({
        registry,
        bundle,
        admins: createAdminLogins({ url, file }),
        attemptTenant: await this.attemptTenant(options),
        keyRing: await keyRing(),
        passwordFormat: parsePasswordFormat(env.DB_ENCRYPTION_FORMAT),
        connectTimeoutMs: options.connectTimeout * 1_000,
        tls: await tlsChooser(options),
        tableName: options.tableName,
        collation: options.collation,
        accountsFrom: options.accountsFrom,
        privileges: options.privileges,
        migrationPrivileges: options.migrationPrivileges,
        requireTls: options.requireTls,
      });
    },

    async runStore({ runStore }) {
      const { createLocalRunStore } = await import('../adapters/local/run-store.ts');
      return createLocalRunStore(runStore);
    },

    async strayErrors() {
      const { strayErrors } = await import('../adapters/mysql/migration/knex/stray-errors.ts');
      return strayErrors;
    },

    async fanOut() {
      const { systemClock } = await import('../adapters/local/system-clock.ts');
      const { renderHtmlReport } = await import('../adapters/report/html-report.ts');
      return { clock: systemClock, random: Math.random, renderReport: renderHtmlReport };
    },

    async remoteKeys(stack, { centralAddress, ...options }) {
      const { connectToSecrets } = await import('../adapters/aws/connect-to-secrets.ts');
      const { usingCentralDatabase } = await import('../adapters/prisma/central-database.ts');
      const { ring, centralLogin: stored, runningRuns } = await connectToSecrets(stack);
      const login = { ...stored, ...centralAddress };
      const ssl = (await tlsChooser(options))(login.host);
      const verified = ssl === undefined ? undefined : { ca: ssl.ca as string[] };
      return {
        ring,
        runningRuns,
        usingCentral: (work) =>
          usingCentralDatabase({ login, tls: verified, tenants: tenantsMapping() }, work),
      };
    },

    async remoteProvisioning(stack) {
      const { connectToProvisioning } = await import('../adapters/aws/remote-provisioning.ts');
      const { systemClock } = await import('../adapters/local/system-clock.ts');
      return { ...(await connectToProvisioning(stack, env)), clock: systemClock };
    },

    async remote(stack) {
      const { connectToStack } = await import('../adapters/aws/connect-to-stack.ts');
      const { systemClock } = await import('../adapters/local/system-clock.ts');
      return { ...(await connectToStack(stack, env)), clock: systemClock };
    },
  };
}

async function connectTenants(
  options: SetupOptions,
  project: Project | undefined,
): Promise<TenantDatabases> {
  const { createTenantDatabases } = await import('../adapters/mysql/tenant-databases.ts');
  const { knexOf } = await import('../project/project-knex.ts');
  const { createSeedLoader } = await import('../adapters/local/seed-loader.ts');
  return createTenantDatabases({
    connectTimeoutMs: options.connectTimeout * 1_000,
    tls: await tlsChooser(options),
    tableName: options.tableName,
    disableTransactions: options.disableTransactions,
    knex: project?.knexfile?.settings,
    knexPackage: project && knexOf(project, options.migrations).knexPackage,
    loadSeed: createSeedLoader(),
  });
}

/** @param centralCa the file that CENTRAL_DATABASE_URL names beside `--ca` */
async function tlsChooser({ tls, ca }: TlsSetupOptions, centralCa?: string) {
  const { createTlsChooser } = await import('../adapters/mysql/connection/tls.ts');
  if (ca === undefined && centralCa === undefined) return createTlsChooser({ mode: tls });
  const { readCertificates } = await import('../adapters/local/certificates-file.ts');
  const byOption = 'Name a PEM file with --ca or FANFOLD_CA_FILE that this user may read.';
  const byUrl = 'Name a PEM file in CENTRAL_DATABASE_URL (ssl-ca) that this user may read.';
  const texts = [
    ...(ca === undefined ? [] : [await readCertificates(ca, byOption)]),
    ...(centralCa === undefined ? [] : [await readCertificates(centralCa, byUrl)]),
  ];
  return createTlsChooser({ mode: tls, ca: texts.join('\n') });
}

/** A container may run under a number that no account has. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

/** Runs of one second are told apart by 24 random bits; a store refuses an id that it has. */
function runId(at: Date): string {
  const [date = '', time = ''] = at.toISOString().split('T');
  const clock = time.slice(0, 8).replaceAll(':', '');
  return `${date.replaceAll('-', '')}-${clock}-${randomBytes(3).toString('hex')}`;
}
