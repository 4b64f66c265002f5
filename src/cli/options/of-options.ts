import { type Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { wholeNumber } from './parse-number.ts';
import { addRunStoreOption, type RunStoreOptions } from './setup-options.ts';

/** Tenants that are chosen by a run in which they failed or were not reached. */
export interface OfOptions extends RunStoreOptions {
  /** Id of the run, or `last`. */
  readonly of?: string;
  readonly cause?: number;
  /** The stack that the run belongs to. */
  readonly aws?: string;
}

/**
 * Adds `--of <run>`, `--cause <n>` and the place of the runs.
 *
 * @param aws the description of `--aws`
 */
export function addOfOptions(
  command: Command,
  aws = 'stack that the run of --of belongs to',
): Command {
  addCauseOption(command.optionsGroup('Tenants of a run:').addOption(ofOption()));
  addRunStoreOption(command);
  return command.optionsGroup('AWS:').addOption(new Option('--aws <stack>', aws));
}

function ofOption(): Option {
  return new Option(
    '--of <run>',
    'tenants that failed or were not reached in this run (id or "last")',
  );
}

/** Adds `--cause <n>`. */
export function addCauseOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--cause <n>',
      'only tenants that failed for this cause, by its number in the summary',
    ).argParser(wholeNumber(1, 2_000)),
  );
}

/**
 * Throws `RequestInvalid` if tenants are named twice, by name and by a run, or not at all.
 *
 * @param example how the command is typed with a name
 */
export function checkNamedOnce(
  names: readonly string[],
  { of, cause }: Pick<OfOptions, 'of' | 'cause'>,
  example: string,
): void {
  if (of !== undefined && names.length > 0) {
    throw invalid('Tenants are named twice: by name and by --of.', 'Leave one of the two out.');
  }
  if (of === undefined && cause !== undefined) {
    throw invalid(
      '--cause needs --of: it is a number in the summary of a run.',
      'Name the run with --of <run>.',
    );
  }
  if (of === undefined && names.length === 0) {
    throw invalid(
      'No tenant was named.',
      `Name one: \`${example}\`, or name the run in which tenants failed: --of last`,
    );
  }
}

function invalid(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('RequestInvalid', message, { fault: 'usage', nextStep });
}
