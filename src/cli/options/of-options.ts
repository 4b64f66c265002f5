import { type Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { wholeNumber } from './parse-number.ts';
import { addRunStoreOption, type RunStoreOptions } from './setup-options.ts';

/** Tenants that are named by the run that left them. */
export interface OfOptions extends RunStoreOptions {
  /** Id of the run, or `last`. */
  readonly of?: string;
  readonly cause?: number;
  /** The stack whose run it is. */
  readonly aws?: string;
}

/** Adds `--of <run>` and `--cause <n>`, and where the runs are kept. */
export function addOfOptions(command: Command): Command {
  addCauseOption(command.optionsGroup('Tenants of a run:').addOption(ofOption()));
  addRunStoreOption(command);
  return command
    .optionsGroup('AWS:')
    .addOption(new Option('--aws <stack>', 'the stack whose run --of names'));
}

function ofOption(): Option {
  return new Option('--of <run>', 'those that this run leaves: its id, or "last"');
}

/** Adds `--cause <n>`. */
export function addCauseOption(command: Command): Command {
  return command.addOption(
    new Option('--cause <n>', 'of these, those that failed of this cause of the run').argParser(
      wholeNumber(1, 2_000),
    ),
  );
}

/**
 * Throws `RequestInvalid` where tenants are named twice, by their names and by a run, or not at all.
 *
 * @param example how the command is typed with a name
 */
export function checkNamedOnce(
  names: readonly string[],
  { of, cause }: Pick<OfOptions, 'of' | 'cause'>,
  example: string,
): void {
  if (of !== undefined && names.length > 0) {
    throw invalid(
      'Tenants are named twice: by their names, and by --of.',
      'Leave one of them out.',
    );
  }
  if (of === undefined && cause !== undefined) {
    throw invalid('--cause is a number in the summary of a run.', 'Name the run with --of <run>.');
  }
  if (of === undefined && names.length === 0) {
    throw invalid(
      'No tenant was named.',
      `Name one: \`${example}\`, or the run that left them: --of last`,
    );
  }
}

function invalid(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('RequestInvalid', message, { fault: 'usage', nextStep });
}
