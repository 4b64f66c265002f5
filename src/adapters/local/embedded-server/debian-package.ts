import type { EmbeddedServerOptions } from './contract.ts';
import type { CommandResult } from './run-command.ts';
import { runCommand } from './run-command.ts';

const serverPackage = 'mariadb-server-core';
const installWithinMs = 600_000;

/**
 * Installs Debian's package of the server program (no service, no configuration) if apt can do so without
 * asking: as root, or by sudo without a password. Returns undefined if it cannot.
 */
export async function installDebianPackage(
  options: EmbeddedServerOptions,
): Promise<CommandResult | undefined> {
  const environment = options.environment ?? process.env;
  const quick = { timeoutMs: 10_000, environment };
  if (!(await runCommand('apt-get', ['--version'], quick)).succeeded) return undefined;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(await runCommand('sudo', ['-n', 'true'], quick)).succeeded) return undefined;

  options.notice?.(`Installing Debian's package ${serverPackage} (once)…`);
  const aptGet = (...args: string[]) => {
    // `env` sets the variable because sudo clears the environment.
    const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    const [program = '', ...rest] = isRoot ? command : ['sudo', '-n', ...command];
    return runCommand(program, rest, { timeoutMs: installWithinMs, environment });
  };
  // The result is ignored: an update that fails for one source still leaves usable lists.
  await aptGet('update');
  return aptGet('install', '-y', '--no-install-recommends', serverPackage);
}
