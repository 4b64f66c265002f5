import { type Command, Option } from 'commander';
import type { Project } from '../../compose/project/load-project.ts';
import type { RequestDefaults } from '../../core/config/fanfold-config.ts';
import type { RunRequest } from '../../core/request.ts';
import type { App } from '../app.ts';
import { printable } from '../output/printable.ts';
import type { ProjectWiring } from '../wiring/wire-project.ts';
import { GUARD_OPTIONS } from './guard-options.ts';

/** The option that chooses an environment of the configuration file. */
export interface EnvironmentOptions {
  readonly env?: string | undefined;
}

/** Whether a command takes values from the configuration file. */
export function readsConfig(command: Command): boolean {
  const names = command.options.map((option) => option.attributeName());
  return names.includes('migrations') || names.includes('tls');
}

/** Adds `--env` to a command that reads the configuration file. */
export function addEnvironmentOption(command: Command): Command {
  return command
    .optionsGroup('Setup:')
    .addOption(
      new Option('--env <name>', 'environment in the configuration file').env('FANFOLD_ENV'),
    );
}

/** A value of the configuration file for an option of the command line. */
export interface ConfiguredOption {
  /** Its path in the configuration file. */
  readonly key: string;
  /** Commander's name for the option. */
  readonly attribute: string;
  readonly value: unknown;
  /** File and key. */
  readonly from: string;
}

/** The values that the files of a project give to options of the command line. */
export function configuredOptions(project: Project): ConfiguredOption[] {
  const { section, knexfile, migrationsFolder, origin } = project;
  const { migrations = {}, request = {}, safety = {} } = section;
  const configured: ConfiguredOption[] = [];
  const add = (key: string, attribute: string, value: unknown, from = origin(key)) => {
    if (value !== undefined) configured.push({ key, attribute, value, from });
  };
  const { path, from: folderFrom } = migrationsFolder;
  if (folderFrom !== undefined) add('migrations.folder', 'migrations', path, folderFrom);
  add(
    'migrations.allowDuplicateTimestamps',
    'allowDuplicateTimestamps',
    migrations.allowDuplicateTimestamps,
  );
  for (const key of ['tableName', 'disableTransactions'] as const) {
    const ofKnexfile = knexfile?.migrations[key];
    if (migrations[key] !== undefined) add(`migrations.${key}`, key, migrations[key]);
    else add(`migrations.${key}`, key, ofKnexfile, `${knexfile?.name}: migrations.${key}`);
  }
  for (const { key, attribute, valueIn } of REQUEST_OPTIONS) {
    add(`request.${key}`, attribute, valueIn(request));
  }
  for (const { key, attribute } of GUARD_OPTIONS) add(`safety.${key}`, attribute, safety[key]);
  add('safety.requireRehearsal', 'requireRehearsal', safety.requireRehearsal);
  if (request.allowMissing === undefined) {
    const from = `${knexfile?.name}: migrations.disableMigrationsListValidation`;
    add('request.allowMissing', 'allowMissing', knexfile?.migrations.allowMissing, from);
  }
  return configured;
}

/** A key of a request and the option that names it. */
interface RequestOption {
  readonly key: keyof RunRequest;
  readonly attribute: string;
  readonly valueIn: (request: RequestDefaults) => unknown;
}

const OPTION_OF = {
  waves: 'waves',
  maxConcurrency: 'concurrency',
  maxPerHost: 'maxPerHost',
  hosts: 'hosts',
  automaticRetries: 'automaticRetries',
  probe: 'probe',
  bakeMinutes: 'bake',
  windows: 'window',
  freezes: 'freeze',
  backfillWindows: 'backfillWindow',
  timeZone: 'timeZone',
  approval: 'approval',
  approvalHours: 'approvalHours',
  strict: 'strict',
  allowMissing: 'allowMissing',
  lockWaitTimeoutSeconds: 'lockWaitTimeout',
  statementTimeoutSeconds: 'statementTimeout',
} as const satisfies Partial<Record<keyof RequestDefaults, string>>;

const TOLERANCES = ['toleratedFailureCount', 'toleratedFailurePercentage'] as const;

/** The options of a request; both limits of failures are one option. `ifRunning` is only for AWS. */
export const REQUEST_OPTIONS: readonly RequestOption[] = [
  ...Object.entries(OPTION_OF).map(([key, attribute]) => ({
    key: key as keyof typeof OPTION_OF,
    attribute,
    valueIn: (request: RequestDefaults) => request[key as keyof typeof OPTION_OF],
  })),
  { key: 'watch', attribute: 'watch', valueIn: ({ watch }) => watch?.command },
  { key: 'watch', attribute: 'alarms', valueIn: ({ watch }) => watch?.alarms },
  { key: 'watch', attribute: 'watchDigest', valueIn: ({ watch }) => watch?.digest },
  ...TOLERANCES.map((key) => ({
    key,
    attribute: 'toleratedFailures',
    valueIn: (request: RequestDefaults) =>
      request[key] === undefined ? undefined : { [key]: request[key] },
  })),
];

/** The environment that was chosen; an empty FANFOLD_ENV chooses none. */
export function environmentOf({ env }: EnvironmentOptions): string | undefined {
  return env === '' ? undefined : env;
}

/** Gives the options of a command the values from the files of the project. */
export async function useConfig(
  { host, wiring }: App<ProjectWiring>,
  command: Command,
): Promise<void> {
  // A configuration file may print, as some versions of dotenv do; that is not part of our output.
  const stopListening = host.onConsole((text) => {
    host.stderr.write(`${printable(text)}\n`);
  });
  const project = await wiring
    .loadProject(environmentOf(command.opts()))
    .finally(() => stopListening());
  // If the configuration is in a folder above, the default folder starts from there as well.
  if (!isNamed(command, 'migrations') && command.getOptionValue('migrations') !== undefined) {
    command.setOptionValueWithSource('migrations', project.migrationsFolder.path, 'default');
  }
  applyConfig(command, configuredOptions(project));
}

/**
 * Gives an option the value of the configuration file unless a flag or an environment variable has set it.
 * Defaults of requests are only for runs that begin here: a retry keeps the request of the run that it
 * retries, a run on AWS has the deployed defaults, and a list of tenants shows all of them.
 */
function applyConfig(command: Command, configured: readonly ConfiguredOption[]): void {
  const attributes = new Set(command.options.map((option) => option.attributeName()));
  const takesRequest =
    command.getOptionValue('aws') === undefined &&
    command.name() !== 'migrate:retry' &&
    /^(?:migrate:|config$)/.test(command.name());
  for (const { key, attribute, value } of configured) {
    if (!attributes.has(attribute) || isNamed(command, attribute)) continue;
    // The gate holds for every run that begins here, also for a retry; a stack that does not hold it is refused.
    const isGate = attribute === 'requireRehearsal';
    if (/^(?:request|safety)\./.test(key) && !takesRequest && !isGate) continue;
    // A command that runs nothing has no pace of its own.
    if (attribute === 'concurrency' && value === 'auto' && !takesAuto(command)) continue;
    // Otherwise a typed canary would come before the waves of the file.
    if (attribute === 'waves' && isNamed(command, 'canary')) continue;
    command.setOptionValueWithSource(attribute, value, 'config');
  }
}

function takesAuto(command: Command): boolean {
  return command.options.some(({ long, flags }) => long === '--concurrency' && /auto/.test(flags));
}

/** Whether a flag or an environment variable sets the option. */
function isNamed(command: Command, attribute: string): boolean {
  const source = command.getOptionValueSource(attribute);
  return source === 'cli' || source === 'env';
}
