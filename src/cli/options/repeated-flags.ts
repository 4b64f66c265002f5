import type { Command } from 'commander';

/** Options that a run's request does not keep, so that a retry has to name them again. */
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
 * The flags of a command line that the next command needs as well.
 * What came from the environment stays there and is not repeated.
 */
export function repeatedFlags(command: Command): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    const typed = command.getOptionValueSource(name) === 'cli';
    if (!typed || !NOT_IN_THE_REQUEST.has(name)) return [];
    const flag = option.long ?? option.flags;
    return option.required ? [flag, String(command.getOptionValue(name))] : [flag];
  });
}
