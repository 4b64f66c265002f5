import type { Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { runsCommand } from '../invocation/script-of.ts';

/** Options that npm has as well: `npm run x --json` may be meant for npm. */
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
 * Throws `FlagsTakenByNpm` if npm kept flags for itself. It takes every flag before `--` and passes it on
 * only as an environment variable, so `npm run migrate:all-tenants --canary acme-corp` would silently
 * migrate the whole fleet without a canary.
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
    .filter((option) => isKept(option, env))
    .map(({ long = '' }) => long);
  if (taken.length === 0) return;
  throw new FanfoldError(
    'FlagsTakenByNpm',
    `npm kept ${taken.join(', ')} and did not pass it on to Fanfold.`,
    {
      fault: 'usage',
      nextStep: `Put -- before the flags: npm run ${script}${named === command.name() ? '' : ` ${command.name()}`} -- ${taken.join(' ')} …`,
    },
  );
}

/** npm passes `--strict` on as `npm_config_strict=true`, and `--no-strict` as `npm_config_strict=`. */
function isKept(
  { long = '', negate }: Option,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const name = long.replace(negate ? /^--no-/ : /^--/, '').replaceAll('-', '_');
  const value = env[`npm_config_${name}`];
  return value !== undefined && negate === (value === '');
}
