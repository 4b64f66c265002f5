import type {
  CentralConfig,
  FanfoldConfig,
  MigrationsConfig,
  ProvisioningConfig,
  RequestDefaults,
  SafetyConfig,
  ShapesConfig,
} from '../../src/core/config/fanfold-config.ts';
import type { ReplicasConfig } from '../../src/core/replicas/find-replicas.ts';
import { publicSchema } from '../../src/core/wire/public-schemas.ts';
import { code, markdownTable } from './markdown-table.ts';
import { REQUEST_MEANINGS } from './requests-section.ts';
import { allowed, fieldsOf, type JsonSchema } from './schema-fields.ts';

type Meanings<Keys extends string> = Readonly<Record<Keys, string>>;

const TOP: Meanings<keyof FanfoldConfig | '$schema'> = {
  $schema: 'For editors, in JSON only.',
  central: 'The central database.',
  migrations: 'The migrations of the tenants, and how they are recorded.',
  knex: 'Settings for Knex, or your knexfile: [your Knex](knex.md#settings).',
  request: 'Defaults for runs.',
  safety:
    'The rules of [`migrate:lint`](lint.md), and limits for statements that change existing tables.',
  shapes:
    'How [`fleet:shapes`](../how-to/before-a-run.md#shapes) reads the definitions of tenants.',
  replicas:
    "Replicas of the tenants' servers, whose lag [backfills heed](../how-to/backfills.md#replicas).",
  provisioning: 'How [new tenants](../how-to/new-tenants.md) are made.',
  environments: 'The keys above, by the name of an environment.',
};

const CENTRAL: Meanings<keyof CentralConfig> = {
  tenants: 'The table, view or query that has the tenants. Default: a table `tenants`.',
};

const TENANTS: Meanings<'table' | 'columns' | 'query' | 'active'> = {
  table: 'Table or view. Default: `tenants`.',
  columns: 'Names of the nine columns, as far as they differ.',
  query: 'A query that yields the nine columns, instead of a table.',
  active: 'Status of the tenants that are migrated. Default: `ACTIVE`.',
};

const MIGRATIONS: Meanings<keyof MigrationsConfig> = {
  folder: "Default: the knexfile's, or `./migrations/tenant`.",
  tableName: "Default: the knexfile's, or `knex_migrations`.",
  allowDuplicateTimestamps: 'Accepts migrations that share a timestamp. Default: `false`.',
  disableTransactions:
    "Runs no migration inside a transaction. Default: the knexfile's, or `false`.",
};

const SAFETY: Meanings<keyof SafetyConfig> = {
  rules: 'Severities by rule. Default: [that of the rule](lint.md).',
  allow:
    'Reasons for which a migration may break a rule: `{ "20260102000000_change_tasks": { "copies-table": "at most 100 rows" } }`.',
  requireRehearsal:
    'The file of [`migrate:rehearse --evidence`](../explanation/safety.md#gate): a run on this machine ends before the first tenant if a shape was not rehearsed.',
  lock: 'The strongest lock that a statement may hold on an existing table while it runs: [guard](../explanation/safety.md#guard). Default: `"any"`.',
  copyBytes: 'The largest table that a statement may copy; 0: none is copied. Default: no limit.',
  onlineChange:
    'The way on where the limits refuse a statement: [huge tables](../how-to/huge-tables.md). `"native"`: MariaDB copies the table without a lock. `"external"`: Spirit or gh-ost changes it on MySQL. Default: none.',
  keep: 'Keeps dropped tables and columns aside, so that a rollback brings their values back: [undo](../how-to/undo.md). Default: `false`.',
  onlineProgram:
    'The path of Spirit or gh-ost, or its name in `PATH`; its version shows which of them it is. Default: `spirit`, and `gh-ost` for the tables that Spirit must not change.',
  queueMs:
    'How long queries of others may queue behind a statement that waits for a lock. Default: `lockWaitTimeoutSeconds`.',
};

const SHAPES: Meanings<keyof ShapesConfig> = {
  hosts:
    'Logins that see all databases of a server: `{ "db1:3306": { "user": "reader", "passwordEnv": "DB1_READER_PASSWORD" } }`. Default: each tenant is read with its own login.',
};

const REPLICAS: Meanings<keyof ReplicasConfig> = {
  hosts:
    'Replicas by their source: `{ "db1:3306": ["db1-replica-1", "db1-replica-2:3307"] }`. The source is written as in the tenants\' rows.',
  user: 'The user that asks the replicas, with `REPLICATION CLIENT` (MariaDB: `REPLICA MONITOR`).',
  passwordEnv: 'The environment variable with its password. Default: no password.',
  auth: '`"iam"`: logs in by IAM instead.',
  heartbeat:
    'The table of pt-heartbeat, by which the lag is measured on source and replica. Default: the status of the replicas.',
  maxLagSeconds: 'The lag beyond which backfills wait. Default: 5.',
};

const PROVISIONING: Meanings<keyof ProvisioningConfig> = {
  snapshot:
    '`"auto"`: from a [snapshot](../how-to/new-tenants.md#snapshot), if one fits; `"never"`: by running every migration. Default: `"auto"`.',
  pool: 'Databases that are [kept ready](../how-to/new-tenants.md#pool) on each server that gets new tenants. Default: 0.',
  snapshotFile: 'The file that `migrate:snapshot` has written. Default: `fanfold.snapshot`.',
};

/** Every key of `fanfold.config.ts`, out of the schema by which the file is checked. */
export function configurationSection(): string {
  const schema = publicSchema('config') as JsonSchema;
  const at = (...path: string[]) =>
    path.reduce<JsonSchema>((each, key) => each.properties?.[key] ?? {}, schema);
  const request: Meanings<keyof RequestDefaults> = REQUEST_MEANINGS;
  const groups: [path: string[], meanings: Readonly<Record<string, string>>][] = [
    [[], TOP],
    [['central'], CENTRAL],
    [['central', 'tenants'], TENANTS],
    [['migrations'], MIGRATIONS],
    [['request'], request],
    [['safety'], SAFETY],
    [['shapes'], SHAPES],
    [['replicas'], REPLICAS],
    [['provisioning'], PROVISIONING],
  ];
  return groups
    .flatMap(([path, meanings]) => {
      const fields = fieldsOf(at(...path));
      return [
        `### ${path.length === 0 ? 'Top level' : code(path.join('.'))}`,
        markdownTable(
          ['key', 'meaning', 'must be'],
          fields.map(({ name, schema: field }) => [
            code(name),
            meaningOf(meanings, name),
            allowed(field),
          ]),
        ),
      ];
    })
    .join('\n\n');
}

/** The meaning of a key. Throws for a key without one, because the page would be incomplete. */
export function meaningOf(meanings: Readonly<Record<string, string>>, key: string): string {
  const meaning = meanings[key];
  if (meaning === undefined) throw new TypeError(`The key "${key}" has no meaning written down.`);
  return meaning;
}
