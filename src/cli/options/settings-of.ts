import type { Command, Option } from 'commander';
import type { Project } from '../../compose/project/load-project.ts';
import { parseTenantsMapping, TENANTS_VARIABLE } from '../../core/central/tenants-mapping-text.ts';
import type { Setting, SettingOrigin } from '../../core/config/setting.ts';
import { type ConfiguredOption, REQUEST_OPTIONS } from './config-options.ts';
import { GUARD_OPTIONS } from './guard-options.ts';
import { typedOptions } from './typed-options.ts';

/** Options of a run by their key in the configuration file; the others are shown by their flag. */
const KEYS: Readonly<Record<string, string>> = {
  migrations: 'migrations.folder',
  tableName: 'migrations.tableName',
  allowDuplicateTimestamps: 'migrations.allowDuplicateTimestamps',
  disableTransactions: 'migrations.disableTransactions',
  ...Object.fromEntries(REQUEST_OPTIONS.map(({ key, attribute }) => [attribute, `request.${key}`])),
  toleratedFailures: 'request.toleratedFailures',
  ...Object.fromEntries(GUARD_OPTIONS.map(({ key, attribute }) => [attribute, `safety.${key}`])),
  watch: 'request.watch.command',
  alarms: 'request.watch.alarms',
};

/** Options that are not settings: they concern one command line. */
const NOT_SHOWN = new Set([
  'json',
  'verbose',
  'env',
  'help',
  'to',
  'canary',
  // Both may hold a token.
  'notify',
  'notifyCommand',
]);

const DEFAULTS: Readonly<Record<string, unknown>> = {
  bake: 0,
  timeZone: 'UTC',
  approval: 'none',
  approvalHours: 24,
  concurrency: 'auto',
  workers: 1,
  allowDuplicateTimestamps: false,
  disableTransactions: false,
  strict: false,
  allowMissing: false,
  lockWaitTimeout: 10,
  safetyLock: 'any',
  automaticRetries: 0,
};

/** Variables that hold or name a secret; their values are never shown. */
const SECRETS = [
  'CENTRAL_DATABASE_URL',
  'DB_ENCRYPTION_KEY',
  'DB_ENCRYPTION_KEY_FILE',
  'FANFOLD_ADMIN_URL',
  'FANFOLD_ADMIN_FILE',
  'FANFOLD_NOTIFY_URL',
  'FANFOLD_NOTIFY_COMMAND',
];
const SET = 'set (not shown)';

/** All effective settings of a command with the origin of each; secrets are not shown. */
export function settingsOf(
  command: Command,
  project: Project,
  configured: readonly ConfiguredOption[],
  env: Readonly<Record<string, string | undefined>>,
): Setting[] {
  const options = command.options
    .filter((option) => !option.negate && !NOT_SHOWN.has(option.attributeName()))
    .map((option) => settingOf(command, option, configured));
  return [
    ...secretSettings(env),
    tenantsSetting(project, env),
    ...options.sort((a, b) => rank(a.key) - rank(b.key)),
    ...knexSettings(project),
  ];
}

/** The sections of the file in their order, then options that have only a flag. */
function rank(key: string): number {
  return key.startsWith('migrations.')
    ? 0
    : key.startsWith('request.')
      ? 1
      : key.startsWith('safety.')
        ? 2
        : 3;
}

function settingOf(
  command: Command,
  option: Option,
  configured: readonly ConfiguredOption[],
): Setting {
  const attribute = option.attributeName();
  const given = command.getOptionValue(attribute);
  return {
    key: KEYS[attribute] ?? (option.long ?? attribute).replace(/^--/, ''),
    // A command may contain a token.
    value:
      attribute === 'watch' && typeof given === 'string' ? SET : (given ?? DEFAULTS[attribute]),
    origin: originOf(command, option, configured),
  };
}

function originOf(
  command: Command,
  option: Option,
  configured: readonly ConfiguredOption[],
): SettingOrigin {
  const attribute = option.attributeName();
  switch (command.getOptionValueSource(attribute)) {
    case 'cli':
      return { kind: 'flag', name: typedFlag(command, option) };
    case 'env':
      return { kind: 'environment variable', name: option.envVar ?? '' };
    case 'config': {
      const from = configured.findLast((each) => each.attribute === attribute)?.from;
      return { kind: 'file', name: from ?? '' };
    }
    default:
      return { kind: 'default' };
  }
}

/** Of an option and its opposite, the one that was typed. */
function typedFlag(command: Command, option: Option): string {
  const name = option.attributeName();
  const typed = typedOptions(command).find((each) => each.attributeName() === name) ?? option;
  return typed.long ?? typed.flags;
}

function secretSettings(env: Readonly<Record<string, string | undefined>>): Setting[] {
  return SECRETS.filter((name) => env[name] !== undefined && env[name] !== '').map((name) => ({
    key: name,
    value: SET,
    origin: { kind: 'environment variable', name },
  }));
}

function tenantsSetting(
  { section, origin }: Project,
  env: Readonly<Record<string, string | undefined>>,
): Setting {
  const key = 'central.tenants';
  const ofEnvironment = parseTenantsMapping(env[TENANTS_VARIABLE]);
  if (ofEnvironment !== undefined) {
    const name = TENANTS_VARIABLE;
    return { key, value: ofEnvironment, origin: { kind: 'environment variable', name } };
  }
  const { tenants } = section.central ?? {};
  return tenants === undefined
    ? { key, value: { table: 'tenants' }, origin: { kind: 'default' } }
    : { key, value: tenants, origin: { kind: 'file', name: origin(key) } };
}

/** The effective settings of Knex, flattened; a function is shown as "a function". */
function knexSettings({ knexfile, file, origin }: Project): Setting[] {
  if (knexfile === undefined) return [];
  const { settings, name, migrations } = knexfile;
  const isKnexfile = knexfile.file !== file;
  const { connection, pool, seeds, migrations: _, client: __, ...rest } = settings;
  const flat = {
    ...rest,
    ...prefixed('connection', connection),
    ...prefixed('pool', pool),
    ...prefixed('seeds', seeds),
    'migrations.loadExtensions': migrations.loadExtensions,
  };
  return Object.entries(flat)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({
      key: `knex.${key}`,
      value: shownSetting(key, value),
      origin: { kind: 'file', name: isKnexfile ? name : origin(`knex.${key}`) },
    }));
}

function prefixed(prefix: string, values: object | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([key, value]) => [`${prefix}.${key}`, value]),
  );
}

/** Settings whose values are safe to show; any other could hold a secret. */
const PLAIN =
  /^(?:connection\.(?!connectAttributes)|seeds\.|migrations\.|asyncStackTraces|compileSqlOnError|debug|useNullAsDefault|version)/;

function shownSetting(key: string, value: unknown): unknown {
  if (typeof value === 'function') return 'a function';
  if (!PLAIN.test(key)) return SET;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? SET : value;
}
