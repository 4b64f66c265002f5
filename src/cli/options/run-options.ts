import { type Command, Option } from 'commander';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import type { RunRequest, WaveRequest } from '../../core/request.ts';
import { parseList } from './parse-list.ts';
import { wholeNumber } from './parse-number.ts';
import { parseTolerance, type Tolerance } from './parse-tolerance.ts';
import { parseCanary, parseWaves } from './parse-waves.ts';

/** What people typed; what they did not type is absent. */
export interface RunOptions {
  readonly concurrency?: number;
  readonly maxPerHost?: number;
  readonly hosts?: readonly string[];
  readonly canary?: WaveRequest;
  readonly waves?: readonly WaveRequest[];
  readonly toleratedFailures?: Tolerance;
  readonly automaticRetries?: number;
  readonly to?: string;
  readonly strict?: boolean;
  readonly allowMissing?: boolean;
  readonly lockWaitTimeout?: number;
  readonly statementTimeout?: number;
}

/**
 * Tenants at a time where nothing is said: what one process keeps busy without crowding one small
 * server. The request's own default, 50, is meant for a fleet of Lambdas.
 */
export const CONCURRENCY = 8;

/** Adds the options that say what a run over several tenants does. */
export function addFleetOptions(command: Command): Command {
  return addConcurrencyOptions(command)
    .addOption(
      new Option('--max-per-host <n>', 'tenants at a time on one database server').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option(
        '--canary <slugs|n%>',
        'a first wave, by name or share; a failure there ends the run',
      ).argParser(parseCanary),
    )
    .addOption(
      new Option(
        '--waves <percentages>',
        'shares of the fleet, one wave each, such as 5,25; the rest comes last',
      ).argParser(parseWaves),
    )
    .addOption(
      new Option(
        '--tolerated-failures <n|n%>',
        'stop when more tenants than this have failed (default: go on through all)',
      ).argParser(parseTolerance),
    );
}

/** Adds how many tenants are handled at a time, for a command that only runs here. */
export function addConcurrencyOption(command: Command): Command {
  return command
    .optionsGroup('Pace and safety:')
    .addOption(
      new Option('--concurrency <n>', `tenants at a time (default: ${CONCURRENCY})`).argParser(
        wholeNumber(1, 1_000),
      ),
    );
}

/** Adds how many tenants are handled at a time, and on which hosts. */
export function addConcurrencyOptions(command: Command): Command {
  return command
    .optionsGroup('Pace and safety:')
    .addOption(
      new Option(
        '--concurrency <n>',
        `tenants at a time (default: ${CONCURRENCY}; on AWS 50)`,
      ).argParser(wholeNumber(1, 10_000)),
    )
    .addOption(
      new Option(
        '--hosts <hosts>',
        'only tenants on these hosts: host or host:port, with commas',
      ).argParser(parseList),
    );
}

/** Adds the options that say what a tenant lacks. */
export function addPlanOptions(command: Command): Command {
  return command
    .optionsGroup('Migrating:')
    .addOption(
      // A file name will do as well.
      new Option('--to <migration>', 'the last migration to apply (default: all)').argParser(
        (name: string) => splitMigrationName(name).id,
      ),
    )
    .option('--strict', 'fail tenants whose applied migrations have changed since')
    .option('--allow-missing', 'go on where a tenant has migrations that the folder lacks');
}

/** Adds the options that say how each tenant is migrated. */
export function addMigrateOptions(command: Command): Command {
  return addPlanOptions(command)
    .addOption(
      new Option(
        '--lock-wait-timeout <seconds>',
        'how long a statement waits for a lock (default: 10)',
      ).argParser(wholeNumber(1, 31_536_000)),
    )
    .addOption(
      new Option(
        '--statement-timeout <seconds>',
        'kill a statement that runs longer (default: never)',
      ).argParser(wholeNumber(1, 31_536_000)),
    )
    .addOption(
      new Option(
        '--automatic-retries <n>',
        'whole passes over transient failures at the end (default: 0)',
      ).argParser(wholeNumber(0, 10)),
    );
}

/** The keys of a request that the options name; nothing that was not typed. */
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
    ...(options.to !== undefined && { to: options.to }),
    ...(options.strict !== undefined && { strict: options.strict }),
    ...(options.allowMissing !== undefined && { allowMissing: options.allowMissing }),
    ...(options.lockWaitTimeout !== undefined && {
      lockWaitTimeoutSeconds: options.lockWaitTimeout,
    }),
    ...(options.statementTimeout !== undefined && {
      statementTimeoutSeconds: options.statementTimeout,
    }),
  };
}
