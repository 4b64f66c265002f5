import { type Command, Option } from 'commander';
import { optionsExclude } from './options-exclude.ts';
import { addConcurrencyOption, addHostsOption } from './run-options.ts';
import { typedOptions } from './typed-options.ts';

/** The shapes from which migrations are rehearsed, beside the empty database. */
export interface RehearsalStartOptions {
  /** A file. */
  readonly shapes?: string;
  readonly fromFleet?: boolean;
  readonly concurrency?: number;
  readonly hosts?: readonly string[] | undefined;
}

/** Adds the shapes to start from, and the choice of the tenants that are read for them. */
export function addRehearsalStartOptions(command: Command): Command {
  command
    .optionsGroup('Starts:')
    .addOption(
      new Option('--shapes <file>', 'start from each shape of this file too').argParser(String),
    )
    .option('--from-fleet', 'read the shapes of the tenants, and start from each too');
  return addHostsOption(addConcurrencyOption(command));
}

/**
 * The hosts whose tenants are read. Those of a configuration are not for named tenants.
 *
 * @throws FanfoldError `OptionsExclude` for both kinds of shapes, and for a choice of tenants without `--from-fleet`
 */
export function checkRehearsalStart(
  command: Command,
  names: readonly string[],
  { shapes, fromFleet = false, hosts }: RehearsalStartOptions,
): { readonly hosts?: readonly string[] | undefined } {
  const typed = typedOptions(command).map((option) => option.attributeName());
  if (fromFleet) {
    if (shapes !== undefined) {
      throw optionsExclude(
        '--from-fleet and --shapes exclude each other: both name the shapes to start from.',
        'Leave one of them out.',
      );
    }
    return { hosts: names.length === 0 || typed.includes('hosts') ? hosts : undefined };
  }
  const [name] = names;
  const needing =
    name === undefined
      ? ['hosts', 'concurrency'].filter((each) => typed.includes(each)).map((each) => `--${each}`)
      : [`The tenant ${JSON.stringify(name)}`];
  if (needing[0] !== undefined) {
    throw optionsExclude(
      `${needing[0]} needs --from-fleet: no tenant is read without it.`,
      'Add --from-fleet, or leave it out.',
    );
  }
  return {};
}
