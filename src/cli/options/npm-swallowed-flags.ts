import type { Command } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { runsCommand } from '../invocation/script-of.ts';

/** Options that are npm's own as well: `npm run x --json` may be meant for npm. */
const NPM_OWN = new Set([
  'json',
  'verbose',
  'ca',
  'version',
  'help',
  'name',
  'user',
  'port',
  'yes',
]);

/**
 * npm keeps flags that stand before `--` for itself and hands them over only as variables, so that
 * `npm run migrate:all-tenants --canary acme-corp` would migrate the whole fleet with no canary and
 * no word of it. Throws `FlagsTakenByNpm` where that has happened.
 */
export function refuseSwallowedFlags(
  command: Command,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  named = command.name(),
): void {
  const { npm_lifecycle_event: script, npm_lifecycle_script: line } = env;
  if (script !== named && !runsCommand(line, named)) return;
  const taken = command.options
    .filter(({ long }) => long !== undefined && !NPM_OWN.has(long.slice(2)))
    .filter(({ long = '' }) => !argv.some((word) => word === long || word.startsWith(`${long}=`)))
    .filter(
      ({ long = '' }) => env[`npm_config_${long.slice(2).replaceAll('-', '_')}`] !== undefined,
    )
    .map(({ long = '' }) => long);
  if (taken.length === 0) return;
  throw new FanfoldError(
    'FlagsTakenByNpm',
    `npm kept ${taken.join(', ')} for itself, and Fanfold did not get it.`,
    {
      fault: 'usage',
      nextStep: `Put -- before the flags: npm run ${script}${named === command.name() ? '' : ` ${command.name()}`} -- ${taken.join(' ')} …`,
    },
  );
}
