import type { Command } from 'commander';
import { typedOptions } from './typed-options.ts';

/** Options that are not part of a run's request, so a retry must name them again. */
const NOT_IN_THE_REQUEST = new Set([
  'env',
  'migrations',
  'allowDuplicateTimestamps',
  'tableName',
  'disableTransactions',
  'tls',
  'ca',
  'connectTimeout',
  'runStore',
]);

/**
 * The flags of a command line that the next command needs as well. Values from the environment are not
 * repeated: they are still there.
 */
export function repeatedFlags(command: Command): string[] {
  return typedOptions(command).flatMap((option) => {
    const name = option.attributeName();
    if (!NOT_IN_THE_REQUEST.has(name)) return [];
    const flag = option.long ?? option.flags;
    return option.required ? [flag, String(command.getOptionValue(name))] : [flag];
  });
}
