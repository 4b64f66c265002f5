import { type Command, InvalidArgumentError, Option } from 'commander';
import { PHASES, type Phase } from '../../core/backfill/phase.ts';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import type { RunRequest, WaveRequest } from '../../core/request.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { addGuardOptions, type GuardOptions, guardRequest } from './guard-options.ts';
import { parseList } from './parse-list.ts';
import { wholeNumber } from './parse-number.ts';
import { parseTolerance, type Tolerance } from './parse-tolerance.ts';
import { parseCanary, parseWaves } from './parse-waves.ts';
import { type RolloutOptions, rolloutRequest } from './rollout-options.ts';
import { addSwitchOption } from './switch-option.ts';

/** The options of a run; an option that was not typed is absent. */
export interface RunOptions extends RolloutOptions, GuardOptions {
  readonly concurrency?: number | 'auto';
  readonly workers?: number | 'auto';
  readonly maxPerHost?: number;
  readonly hosts?: readonly string[];
  readonly canary?: WaveRequest;
  readonly waves?: readonly WaveRequest[];
  readonly toleratedFailures?: Tolerance;
  readonly automaticRetries?: number;
  readonly probe?: RunRequest['probe'];
  readonly to?: string;
  readonly strict?: boolean;
  readonly allowMissing?: boolean;
  readonly lockWaitTimeout?: number;
  readonly statementTimeout?: number;
  readonly phase?: Phase;
}

/**
 * Default number of tenants at a time for commands that only read, or change few tenants: enough to keep one
 * process busy without crowding a small server. Runs choose their own pace.
 */
export const CONCURRENCY = 8;

/** Adds the options of a run over several tenants. */
export function addFleetOptions(command: Command): Command {
  return addConcurrencyOptions(command)
    .addOption(
      new Option(
        '--workers <n|auto>',
        "threads that migrate; auto: one for each of this machine's processors (default: 1, the main thread)",
      ).argParser(numberOrAuto(MOST_WORKERS)),
    )
    .addOption(
      new Option('--max-per-host <n>', 'tenants at a time on one database server').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option(
        '--canary <slugs|n%>',
        'migrate these tenants first; if one fails, stop',
      ).argParser(parseCanary),
    )
    .addOption(
      new Option(
        '--waves <percentages>',
        'migrate in waves of these percentages, such as 5,25, then the rest',
      ).argParser(parseWaves),
    )
    .addOption(
      new Option(
        '--tolerated-failures <n|n%>',
        'stop once more tenants than this have failed (default: never stop)',
      ).argParser(parseTolerance),
    );
}

/** Adds the number of tenants at a time, for a command that only runs on this machine. */
export function addConcurrencyOption(command: Command): Command {
  return inPace(
    command,
    new Option('--concurrency <n>', `tenants at a time (default: ${CONCURRENCY})`).argParser(
      wholeNumber(1, MOST_AT_A_TIME),
    ),
  );
}

/** Adds the number of tenants at a time, and their hosts, for a command that also runs on AWS. */
export function addConcurrencyOptions(command: Command): Command {
  return addHostsOption(
    inPace(
      command,
      new Option(
        '--concurrency <n|auto>',
        'tenants at a time; auto: as many as the servers take well (default: auto; 50 on AWS)',
      ).argParser(numberOrAuto(MOST_AT_A_TIME)),
    ),
  );
}

/** Adds `--hosts`. */
export function addHostsOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--hosts <hosts>',
      'only tenants on these servers: host or host:port, separated by commas',
    ).argParser(parseList),
  );
}

const MOST_AT_A_TIME = 10_000;

function inPace(command: Command, option: Option): Command {
  return command.optionsGroup('Pace and safety:').addOption(option);
}

/** More threads than any machine has processors for this. */
const MOST_WORKERS = 64;

function numberOrAuto(most: number) {
  return (text: string): number | 'auto' => {
    if (text === 'auto') return text;
    try {
      return wholeNumber(1, most)(text);
    } catch {
      throw new InvalidArgumentError(
        `It must be a whole number from 1 to ${formatCount(most)}, or auto.`,
      );
    }
  };
}

/** Adds the options that determine which migrations a tenant lacks. */
export function addPlanOptions(command: Command): Command {
  command.optionsGroup('Migrating:').addOption(
    // A file name is accepted as well.
    new Option('--to <migration>', 'last migration to apply (default: all)').argParser(
      (name: string) => splitMigrationName(name).id,
    ),
  );
  return addSwitchOption(
    addStrictOption(command),
    'allow-missing',
    'continue if a tenant has migrations that the folder lacks',
  );
}

/** Adds `--strict`. */
export function addStrictOption(command: Command): Command {
  return addSwitchOption(command, 'strict', 'fail tenants whose applied migrations have changed');
}

/** Adds the evidence without which no tenant is migrated. */
function addGateOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--require-rehearsal <file>',
      'migrate only tenants whose shape was rehearsed: the file of migrate:rehearse --evidence',
    ),
  );
}

/** Adds the options for migrating one database. */
export function addMigrationOptions(command: Command): Command {
  return addGuardOptions(addPlanOptions(command))
    .addOption(
      new Option(
        '--lock-wait-timeout <seconds>',
        'time limit for a statement that waits for a lock (default: 10)',
      ).argParser(wholeNumber(1, 31_536_000)),
    )
    .addOption(
      new Option(
        '--statement-timeout <seconds>',
        'kill statements that run longer (default: never)',
      ).argParser(wholeNumber(1, 31_536_000)),
    );
}

/** Adds the options for migrating each tenant. */
export function addMigrateOptions(command: Command): Command {
  return addGateOption(addMigrationOptions(command)).addOption(
    new Option(
      '--automatic-retries <n>',
      'extra passes over transient failures at the end (default: 0)',
    ).argParser(wholeNumber(0, 10)),
  );
}

/** Adds `--phase`. */
export function addPhaseOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--phase <phase>',
      'what to run: schema changes, backfills, or all (default: schema)',
    ).choices(PHASES),
  );
}

/** Adds `--probe`. */
export function addProbeOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--probe <how>',
      'find tenants with nothing to do first: ask each, trust the recorded version, or do not (default: ask, but on one machine not those that a killed run has just recorded)',
    ).choices(['ask', 'trust', 'none']),
  );
}

/** The request keys of the options that were typed. */
export function explicitRequest(options: RunOptions): Partial<RunRequest> {
  const waves = [
    ...(options.canary === undefined ? [] : [options.canary]),
    ...(options.waves ?? []),
  ];
  return {
    ...(options.concurrency !== undefined && { maxConcurrency: options.concurrency }),
    ...(options.maxPerHost !== undefined && { maxPerHost: options.maxPerHost }),
    ...(options.hosts !== undefined && { hosts: options.hosts }),
    ...(waves.length > 0 && { waves }),
    ...options.toleratedFailures,
    ...(options.automaticRetries !== undefined && { automaticRetries: options.automaticRetries }),
    ...(options.probe !== undefined && { probe: options.probe }),
    ...(options.to !== undefined && { to: options.to }),
    ...(options.strict !== undefined && { strict: options.strict }),
    ...(options.allowMissing !== undefined && { allowMissing: options.allowMissing }),
    ...(options.lockWaitTimeout !== undefined && {
      lockWaitTimeoutSeconds: options.lockWaitTimeout,
    }),
    ...(options.statementTimeout !== undefined && {
      statementTimeoutSeconds: options.statementTimeout,
    }),
    ...(options.phase !== undefined && { phase: options.phase }),
    ...rolloutRequest(options),
    ...guardRequest(options),
  };
}
