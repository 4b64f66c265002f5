import type { Command } from 'commander';
import type { App } from './app.ts';
import type { Wiring } from './wiring/create-wiring.ts';

/**
 * A command of the program. Its code is loaded when it is needed, because loading all commands takes longer
 * than most of them run.
 */
export interface CommandEntry {
  readonly name: string;
  /** Its line in the list of commands. */
  readonly summary: string;
  /** Whether it describes the other commands. */
  readonly seesAll?: boolean | undefined;
  load(): Promise<(app: App<Wiring>) => Command>;
}

/** All commands, by the heading of the help that they are under. */
export const COMMAND_GROUPS: Readonly<Record<string, readonly CommandEntry[]>> = {
  'Getting started:': [
    {
      name: 'init',
      summary: 'set up Fanfold in a project that has tenants',
      load: async () => (await import('./commands/init.ts')).init,
    },
    {
      name: 'config',
      summary: 'show the effective settings and their sources',
      load: async () => (await import('./commands/config.ts')).config,
    },
  ],
  'Migrating tenants:': [
    {
      name: 'migrate:make',
      summary: 'create a migration file',
      load: async () => (await import('./commands/migrate-make.ts')).migrateMake,
    },
    {
      name: 'migrate:lint',
      summary: 'judge migrations by rules before they run',
      load: async () => (await import('./commands/migrate-lint.ts')).migrateLint,
    },
    {
      name: 'migrate:rehearse',
      summary: 'try migrations on a scratch server, killed and resumed',
      load: async () => (await import('./commands/migrate-rehearse.ts')).migrateRehearse,
    },
    {
      name: 'migrate:snapshot',
      summary: 'write what new tenants are made from, instead of a replay',
      load: async () => (await import('./commands/migrate-snapshot.ts')).migrateSnapshot,
    },
    {
      name: 'migrate:plan',
      summary: 'show pending migrations without running them',
      load: async () => (await import('./commands/migrate-plan.ts')).migratePlan,
    },
    {
      name: 'migrate:tenant',
      summary: 'migrate one tenant or several',
      load: async () => (await import('./commands/migrate-tenant.ts')).migrateTenant,
    },
    {
      name: 'migrate:database',
      summary: 'migrate one database that is named by its URL',
      load: async () => (await import('./commands/migrate-database.ts')).migrateDatabase,
    },
    {
      name: 'migrate:all-tenants',
      summary: 'migrate every active tenant',
      load: async () => (await import('./commands/migrate-all-tenants.ts')).migrateAllTenants,
    },
    {
      name: 'migrate:backfills',
      summary: 'change rows in batches, as backfills say',
      load: async () => (await import('./commands/migrate-backfills.ts')).migrateBackfills,
    },
    {
      name: 'migrate:status',
      summary: 'show which tenants are up to date',
      load: async () => (await import('./commands/migrate-status.ts')).migrateStatus,
    },
    {
      name: 'migrate:retry',
      summary: 'retry tenants that failed or were not reached',
      load: async () => (await import('./commands/migrate-retry.ts')).migrateRetry,
    },
    {
      name: 'approve',
      summary: 'approve the next wave of a run that waits',
      load: async () => (await import('./commands/approve.ts')).approve,
    },
    {
      name: 'reject',
      summary: 'end a run that waits before its next wave',
      load: async () => (await import('./commands/approve.ts')).reject,
    },
    {
      name: 'pause',
      summary: 'hold the backfills of a run',
      load: async () => (await import('./commands/pause.ts')).pause,
    },
    {
      name: 'resume',
      summary: 'continue the backfills of a run, or change their pace',
      load: async () => (await import('./commands/pause.ts')).resume,
    },
    {
      name: 'throttle',
      summary: 'change how many tenants a run migrates at a time',
      load: async () => (await import('./commands/throttle.ts')).throttle,
    },
    {
      name: 'runs',
      summary: 'list runs, or show one with its failed tenants',
      load: async () => (await import('./commands/runs.ts')).runs,
    },
  ],
  'The whole fleet:': [
    {
      name: 'fleet:shapes',
      summary: 'group tenants by their definitions',
      load: async () => (await import('./commands/fleet-shapes.ts')).fleetShapes,
    },
    {
      name: 'fleet:drift',
      summary: 'find tenants that are not what migrations make',
      load: async () => (await import('./commands/fleet-drift.ts')).fleetDrift,
    },
    {
      name: 'fleet:kept',
      summary: 'list or drop what migrations have dropped and kept',
      load: async () => (await import('./commands/fleet-kept.ts')).fleetKept,
    },
  ],
  'Rolling back and repairing:': [
    {
      name: 'migrate:rollback-run',
      summary: 'roll back the migrations that a run applied',
      load: async () => (await import('./commands/migrate-rollback-run.ts')).migrateRollbackRun,
    },
    {
      name: 'migrate:rollback-tenants',
      summary: 'roll back the newest migrations of tenants',
      load: async () =>
        (await import('./commands/migrate-rollback-tenants.ts')).migrateRollbackTenants,
    },
    {
      name: 'migrate:doctor',
      summary: 'check what would block a migration, and fix it',
      load: async () => (await import('./commands/migrate-doctor.ts')).migrateDoctor,
    },
    {
      name: 'migrate:resolve',
      summary: 'resolve a half-applied migration',
      load: async () => (await import('./commands/migrate-resolve.ts')).migrateResolve,
    },
    {
      name: 'migrate:baseline',
      summary: 'record checksums of applied migrations',
      load: async () => (await import('./commands/migrate-baseline.ts')).migrateBaseline,
    },
  ],
  'Runs on AWS:': [
    {
      name: 'follow',
      summary: 'follow a run on AWS until it ends',
      load: async () => (await import('./commands/follow.ts')).follow,
    },
    {
      name: 'stop',
      summary: 'stop a run on AWS',
      load: async () => (await import('./commands/stop.ts')).stop,
    },
  ],
  'Tenants:': [
    {
      name: 'tenant:list',
      summary: 'list tenants',
      load: async () => (await import('./commands/tenant-list.ts')).tenantList,
    },
    {
      name: 'tenant:provision',
      summary: 'create a tenant: database, user, migrations',
      load: async () => (await import('./commands/tenant-provision.ts')).tenantProvision,
    },
    {
      name: 'tenant:pool',
      summary: 'list and fill the databases kept ready for new tenants',
      load: async () => (await import('./commands/tenant-pool.ts')).tenantPool,
    },
    {
      name: 'tenant:add',
      summary: 'add a tenant whose database exists',
      load: async () => (await import('./commands/tenant-add.ts')).tenantAdd,
    },
    {
      name: 'tenant:move',
      summary: 'point a tenant at another host, database or user',
      load: async () => (await import('./commands/tenant-move.ts')).tenantMove,
    },
    {
      name: 'tenant:status',
      summary: 'change the status of a tenant',
      load: async () => (await import('./commands/tenant-status.ts')).tenantStatus,
    },
    {
      name: 'tenant:password',
      summary: 'store the password of a tenant, or set a new one',
      load: async () => (await import('./commands/tenant-password.ts')).tenantPassword,
    },
    {
      name: 'tenant:rotate-password',
      summary: 'replace the password of a tenant',
      load: async () => (await import('./commands/tenant-rotate-password.ts')).tenantRotatePassword,
    },
  ],
  'Central database:': [
    {
      name: 'migrate:latest',
      summary: 'migrate the central database',
      load: async () => (await import('./commands/migrate-latest.ts')).migrateLatest,
    },
    {
      name: 'migrate:rollback',
      summary: 'roll back the last batch of the central database',
      load: async () => (await import('./commands/migrate-rollback.ts')).migrateRollback,
    },
    {
      name: 'secrets:encrypt',
      summary: 'encrypt a tenant password',
      load: async () => (await import('./commands/secrets-encrypt.ts')).secretsEncrypt,
    },
    {
      name: 'secrets:rotate',
      summary: 'encrypt every password with a new key',
      load: async () => (await import('./commands/secrets-rotate.ts')).secretsRotate,
    },
  ],
  'Tools:': [
    {
      name: 'schema',
      summary: 'print a JSON Schema of files and output',
      load: async () => (await import('./commands/schema.ts')).schema,
    },
    {
      name: 'completion',
      summary: 'print the completion script for a shell',
      seesAll: true,
      load: async () => (await import('./commands/completion.ts')).completion,
    },
  ],
};
