import type { Command, Option } from 'commander';

/** The options that were typed; of `--strict` and `--no-strict`, which share a value, the one that was. */
export function typedOptions(command: Command): Option[] {
  return command.options.filter((option) => {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return false;
    return option.negate === (command.getOptionValue(name) === false);
  });
}
