import { type Command, Option } from 'commander';
import { addRunStoreOption, type RunStoreOptions } from './setup-options.ts';

/** The place of a run that is under way. */
export interface RunPlaceOptions extends RunStoreOptions {
  /** Name of the stack, if it runs on AWS. */
  readonly aws?: string;
}

/** Adds the options that tell where a run is: in another process on this machine, or on AWS. */
export function addRunPlaceOptions(command: Command): Command {
  return addRunStoreOption(command)
    .optionsGroup('AWS:')
    .addOption(new Option('--aws <stack>', 'stack that the run belongs to'));
}
