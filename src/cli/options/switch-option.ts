import type { Command } from 'commander';

/**
 * Adds an option that the configuration file can turn on as well, and its opposite: without `--no-…` nobody
 * could turn it off for one command.
 */
export function addSwitchOption(command: Command, name: string, description: string): Command {
  return command
    .option(`--${name}`, description)
    .option(`--no-${name}`, 'override the configuration file');
}
