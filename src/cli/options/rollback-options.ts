import { type Command, Option } from 'commander';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import type { RunRequest } from '../../core/request.ts';
import { addGuardOptions } from './guard-options.ts';
import { wholeNumber } from './parse-number.ts';
import { addStrictOption } from './run-options.ts';

/** The options of a rollback; an option that was not typed is absent. */
export interface RollbackOptions {
  readonly to?: string;
  readonly steps?: number;
  readonly allowEmpty?: boolean;
  readonly yes?: boolean;
}

const ALLOW_EMPTY = 'allow a rollback that leaves a tenant without any migration';

/** Adds the options for rolling tenants back. */
export function addRollbackOptions(command: Command): Command {
  command.optionsGroup('Rolling back:').option('--allow-empty', ALLOW_EMPTY);
  return addGuardOptions(addStrictOption(command))
    .addOption(
      new Option(
        '--lock-wait-timeout <seconds>',
        'time limit for a statement that waits for a lock (default: 10)',
      ).argParser(wholeNumber(1, 31_536_000)),
    )
    .addOption(
      new Option(
        '--automatic-retries <n>',
        'extra passes over transient failures at the end (default: 0)',
      ).argParser(wholeNumber(0, 10)),
    )
    .option('--yes', 'do not ask for confirmation');
}

/** Adds how far to roll back, for a command that names no run. */
export function addExtentOptions(command: Command): Command {
  return command
    .optionsGroup('Rolling back:')
    .addOption(
      new Option('--to <migration>', 'last migration to keep').argParser(
        (name: string) => splitMigrationName(name).id,
      ),
    )
    .addOption(stepsOption());
}

/** Adds the options by which a plan is the plan of a rollback. */
export function addRollbackPlanOptions(command: Command): Command {
  return command
    .optionsGroup('Rolling back:')
    .option('--rollback [run]', 'plan a rollback: of this run, or with --to or --steps')
    .addOption(stepsOption())
    .option('--allow-empty', ALLOW_EMPTY);
}

/** The keys of a request that only a rollback has. */
export function rollbackRequest({ steps, allowEmpty }: RollbackOptions): Partial<RunRequest> {
  return {
    ...(steps !== undefined && { steps }),
    ...(allowEmpty !== undefined && { allowEmpty }),
  };
}

function stepsOption(): Option {
  return new Option(
    '--steps <n>',
    'number of newest migrations to roll back in each tenant',
  ).argParser(wholeNumber(1, 1_000));
}
