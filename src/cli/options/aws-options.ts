import { type Command, Option } from 'commander';
import type { RunRequest } from '../../core/request.ts';
import { optionsExclude } from './options-exclude.ts';
import { wholeNumber } from './parse-number.ts';
import { typedOptions } from './typed-options.ts';

/** The stack whose state machine runs the command, if it does not run here. */
export interface AwsOptions {
  /** Name of the stack. */
  readonly aws?: string;
  readonly ifRunning?: 'run' | 'skip';
}

/** The stack of a command that is only for runs on AWS. */
export interface RequiredAwsOptions {
  readonly aws: string;
}

/** Adds `--aws` to a command that also runs on this machine. */
export function addAwsOption(command: Command): Command {
  return command
    .optionsGroup('AWS:')
    .addOption(
      new Option('--aws <stack>', 'run on the state machine of this stack and follow the run'),
    )
    .addOption(
      new Option(
        '--if-running <what>',
        'if another run is in progress there: run alongside it, or skip (default: run)',
      ).choices(['run', 'skip']),
    );
}

/** Adds `--aws` to a command that a function of the stack can carry out. */
export function addOperatorOption(command: Command): Command {
  return command.optionsGroup('AWS:').addOption(new Option('--aws <stack>', BY_A_FUNCTION));
}

/** The description of `--aws` for a command that a function of the stack carries out. */
export const BY_A_FUNCTION = 'let a function of this stack do it, which reaches the databases';

/** Adds a required `--aws` to a command that is only for runs on AWS. */
export function addRequiredAwsOption(command: Command): Command {
  return command
    .optionsGroup('AWS:')
    .addOption(
      new Option('--aws <stack>', 'stack that the run belongs to').makeOptionMandatory(true),
    );
}

/** Adds `--redrive`, for a run on AWS. */
export function addRedriveOption(command: Command): Command {
  return command.option(
    '--redrive',
    'resume the execution itself, with the options that it was started with',
  );
}

/** Adds the number of tenants at a time for a run in progress. */
export function addMaxConcurrencyOption(command: Command): Command {
  return command.addOption(
    new Option('--max-concurrency <n>', 'tenants to migrate at a time from now on')
      .argParser(wholeNumber(1, 10_000))
      .makeOptionMandatory(true),
  );
}

/**
 * Options about this process and its machine, with what applies on AWS instead. One that is typed together
 * with `--aws` is refused: somebody who types `--tls off` means it. A value from the environment, such as
 * FANFOLD_RUN_STORE in a .env file, is meant for runs on this machine and is ignored.
 */
const OF_THIS_PROCESS: Readonly<Record<string, string>> = {
  migrations: 'the deployed migrations run',
  allowDuplicateTimestamps: 'the deployed migrations run',
  tableName: 'the table name is part of the deployment',
  disableTransactions: 'each migration decides for itself',
  requireRehearsal: 'the evidence is part of the deployment ("requireRehearsal")',
  tls: 'TLS is part of the deployment',
  ca: 'TLS is part of the deployment',
  connectTimeout: 'the time limit is part of the deployment',
  runStore: "runs are stored in the stack's bucket",
  workers: 'each tenant has a function of its own',
  notify: 'the stack sends changes to EventBridge and to "notifyTopic"',
  notifyCommand: 'the stack sends changes to EventBridge and to "notifyTopic"',
  auth: 'the way to log in is part of the deployment ("provisioning")',
  collation: 'the collation is part of the deployment ("provisioning")',
  accountsFrom: 'the hosts of users are part of the deployment ("provisioning")',
  privileges: 'the privileges are part of the deployment ("provisioning")',
  migrationPrivileges: 'the privileges are part of the deployment ("provisioning")',
  requireTls: 'TLS is part of the deployment',
};

/**
 * Throws `OptionsExclude` if an option was typed that has no meaning together with `--aws`.
 *
 * @param except names of options that this command hands over
 */
export function refuseLocalOptions(command: Command, except: readonly string[] = []): void {
  const typed = typedOptions(command).filter(
    (option) =>
      option.attributeName() in OF_THIS_PROCESS && !except.includes(option.attributeName()),
  );
  if (typed.length === 0) return;
  const reasons = typed.map(
    (option) =>
      `${option.long} has no meaning with --aws: ${OF_THIS_PROCESS[option.attributeName()]}.`,
  );
  throw optionsExclude(reasons.join('\n'), 'Leave it out, or run on this machine, without --aws.');
}

/** The keys of a request that only a run on AWS has; throws `OptionsExclude` for a run on this machine. */
export function awsRequest({ aws, ifRunning }: AwsOptions): Pick<RunRequest, 'ifRunning'> {
  if (ifRunning === undefined) return {};
  if (aws !== undefined) return { ifRunning };
  throw optionsExclude(
    '--if-running needs --aws: it asks the state machine for other runs.',
    'Leave it out: on this machine, two runs never migrate the same tenant at once.',
  );
}

/**
 * Throws `OptionsExclude` for `--redrive` without `--aws`, or with an option that would change the request:
 * a redriven execution keeps the request that it was started with.
 */
export function checkRedrive(command: Command, aws: string | undefined): void {
  if (aws === undefined) {
    throw optionsExclude(
      '--redrive needs --aws: it resumes an execution of Step Functions.',
      'Name the stack with --aws, or leave --redrive out to retry the tenants in a new run.',
    );
  }
  const typed = typedOptions(command).filter(
    (option) => !ALLOWED_WITH_REDRIVE.has(option.attributeName()),
  );
  if (typed.length === 0) return;
  const flags = typed.map(({ long }) => long).join(', ');
  throw optionsExclude(
    `A redriven run keeps the options that it was started with, so ${flags} would have no effect.`,
    `Leave ${typed.length === 1 ? 'it' : 'them'} out, or leave --redrive out: a new run takes other options.`,
  );
}

const ALLOWED_WITH_REDRIVE = new Set(['aws', 'of', 'redrive', 'json', 'verbose', 'junit']);
