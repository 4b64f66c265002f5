import { type Command, Option } from 'commander';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import type { RunRequest } from '../../core/request.ts';
import { wholeNumber } from './parse-number.ts';

/** The options of a rollback, as they were typed. */
export interface RollbackOptions {
  readonly to?: string;
  readonly steps?: number;
  readonly allowEmpty?: boolean;
  readonly yes?: boolean;
}

/** Adds the options that say how tenants are rolled back. */
export function addRollbackOptions(command: Command): Command {
  return command
    .optionsGroup('Rolling back:')
    .option('--allow-empty', 'go on where a tenant would be left without any migration')
    .option('--strict', 'fail tenants whose applied migrations have changed since')
    .addOption(
      new Option(
        '--lock-wait-timeout <seconds>',
        'how long a statement waits for a lock (default: 10)',
      ).argParser(wholeNumber(1, 31_536_000)),
    )
    .addOption(
      new Option(
        '--automatic-retries <n>',
        'whole passes over transient failures at the end (default: 0)',
      ).argParser(wholeNumber(0, 10)),
    )
    .option('--yes', 'do not ask');
}

/** Adds how far back, if it is not a run that says so. */
export function addExtentOptions(command: Command): Command {
  return command
    .optionsGroup('Rolling back:')
    .addOption(
      new Option('--to <migration>', 'the last migration to stay').argParser(
        (name: string) => splitMigrationName(name).id,
      ),
    )
    .addOption(stepsOption());
}

/** Adds to a plan that it may be one of a rollback. */
export function addRollbackPlanOptions(command: Command): Command {
  return command
    .optionsGroup('Rolling back:')
    .option('--rollback [run]', 'plan to roll back that run, or back to --to, or --steps')
    .addOption(stepsOption())
    .option('--allow-empty', 'plan to leave a tenant without any migration');
}

/** The keys of a request that only a rollback knows. */
export function rollbackRequest({ steps, allowEmpty }: RollbackOptions): Partial<RunRequest> {
  return {
    ...(steps !== undefined && { steps }),
    ...(allowEmpty !== undefined && { allowEmpty }),
  };
}

function stepsOption(): Option {
  return new Option('--steps <n>', "how many of each tenant's newest migrations").argParser(
    wholeNumber(1, 1_000),
  );
}
