import { type Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import type { RunRequest } from '../../core/request.ts';
import { wholeNumber } from './parse-number.ts';

/** Whether a command is about a run of a deployed stack. */
export interface AwsOptions {
  /** Name of the stack. */
  readonly aws?: string;
  readonly ifRunning?: 'run' | 'skip';
}

/** What a command needs that is about nothing but runs of a deployed stack. */
export interface RequiredAwsOptions {
  readonly aws: string;
}

/** Adds `--aws` to a command that runs here without it. */
export function addAwsOption(command: Command): Command {
  return command
    .optionsGroup('AWS:')
    .addOption(new Option('--aws <stack>', 'run on the state machine of this stack, and follow it'))
    .addOption(
      new Option(
        '--if-running <what>',
        'where another run is under way there: run beside it, or skip (default: run)',
      ).choices(['run', 'skip']),
    );
}

/** Adds `--aws` to a command that has nothing to do without it. */
export function addRequiredAwsOption(command: Command): Command {
  return command
    .optionsGroup('AWS:')
    .addOption(new Option('--aws <stack>', 'the stack whose run it is').makeOptionMandatory(true));
}

/** Adds `--redrive`, for a run that is on AWS. */
export function addRedriveOption(command: Command): Command {
  return command.option('--redrive', 'go on with the execution itself, as it was started');
}

/** Adds how many tenants are handled at a time in a round that is under way. */
export function addMaxConcurrencyOption(command: Command): Command {
  return command.addOption(
    new Option('--max-concurrency <n>', 'tenants at a time from now on')
      .argParser(wholeNumber(1, 10_000))
      .makeOptionMandatory(true),
  );
}

/**
 * Options about this process and its machine, with what stands in for each on AWS. They are refused
 * where they are typed with `--aws`: somebody who types --tls off means something by it. What comes
 * from the environment, such as FANFOLD_RUN_STORE in a .env file, is meant for runs here and left
 * alone.
 */
const OF_THIS_PROCESS: Readonly<Record<string, string>> = {
  migrations: 'the migrations are those that were deployed',
  allowDuplicateTimestamps: 'the migrations are those that were deployed',
  tableName: 'the table is part of the deployment',
  disableTransactions: 'the migrations run as they say themselves',
  tls: 'TLS is part of the deployment',
  ca: 'TLS is part of the deployment',
  connectTimeout: 'the time limit is part of the deployment',
  runStore: "runs are kept in the stack's bucket",
  collation: 'the collation is part of the deployment ("provisioning")',
  accountsFrom: 'where users log in from is part of the deployment ("provisioning")',
  privileges: 'the privileges are part of the deployment ("provisioning")',
  migrationPrivileges: 'the privileges are part of the deployment ("provisioning")',
  requireTls: 'TLS is part of the deployment',
  undo: 'a tenant is taken away from where its server can be reached',
};

/** Throws `OptionsExclude` where an option was typed that means nothing together with `--aws`. */
export function refuseLocalOptions(command: Command): void {
  const typed = command.options.filter(
    (option) =>
      option.attributeName() in OF_THIS_PROCESS &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (typed.length === 0) return;
  const reasons = typed.map(
    (option) =>
      `${option.long} has no meaning with --aws: ${OF_THIS_PROCESS[option.attributeName()]}.`,
  );
  throw optionsExclude(reasons.join('\n'), 'Leave it out, or run here, without --aws.');
}

/** The keys of a request that only a run on AWS knows; throws `OptionsExclude` for one here. */
export function awsRequest({ aws, ifRunning }: AwsOptions): Pick<RunRequest, 'ifRunning'> {
  if (ifRunning === undefined) return {};
  if (aws !== undefined) return { ifRunning };
  throw optionsExclude(
    '--if-running asks the state machine for other runs, and there is none without --aws.',
    'Leave it out: two runs here are kept apart tenant by tenant.',
  );
}

/**
 * Throws `OptionsExclude` where `--redrive` stands without `--aws`, or with an option that would
 * change the request: a redriven execution keeps the one that it was started with.
 */
export function checkRedrive(command: Command, aws: string | undefined): void {
  if (aws === undefined) {
    throw optionsExclude(
      '--redrive goes on with an execution of Step Functions, and there is none without --aws.',
      'Name the stack with --aws, or leave --redrive out: without it a new run does what is left.',
    );
  }
  const typed = command.options.filter(
    (option) =>
      !KEPT_WITH_REDRIVE.has(option.attributeName()) &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (typed.length === 0) return;
  const flags = typed.map(({ long }) => long).join(', ');
  throw optionsExclude(
    `A redriven run keeps the request that it was started with, so ${flags} would change nothing.`,
    `Leave ${typed.length === 1 ? 'it' : 'them'} out, or leave --redrive out: a new run takes other options.`,
  );
}

const KEPT_WITH_REDRIVE = new Set(['aws', 'of', 'redrive', 'json', 'verbose', 'junit']);

function optionsExclude(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('OptionsExclude', message, { fault: 'usage', nextStep });
}
