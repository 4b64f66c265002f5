import { FanfoldError } from '../../../core/errors.ts';
import { nearestWord } from '../../../core/nearest-word.ts';

/** One environment of a knexfile, as it is written there. */
export interface KnexfileSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Name of the environment; undefined if the knexfile is one by itself. */
  readonly environment: string | undefined;
}

/** The environment that counts of what a knexfile exports; `file` is for people. */
export function chooseEnvironment(
  exported: Readonly<Record<string, unknown>>,
  { asked, otherwise }: { readonly asked: string | undefined; readonly otherwise: string },
  file: string,
): KnexfileSettings {
  const name = asked ?? otherwise;
  const chosen = Object.hasOwn(exported, name) ? exported[name] : undefined;
  if (isSettings(chosen)) return { settings: chosen, environment: name };
  const names = Object.keys(exported).filter((key) => isEnvironment(exported[key]));
  // Knex takes the whole file then.
  if ('client' in exported || 'dialect' in exported || names.length === 0) {
    if (asked === undefined) return { settings: exported, environment: undefined };
  }
  throw environmentMissing(file, name, asked !== undefined, names);
}

export function isSettings(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEnvironment(value: unknown): boolean {
  return isSettings(value) && ('client' in value || 'dialect' in value || 'connection' in value);
}

function environmentMissing(
  file: string,
  name: string,
  isAsked: boolean,
  names: readonly string[],
): FanfoldError {
  const why = isAsked ? '' : ' (NODE_ENV, or what Knex takes without it)';
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const nearest = nearestWord(name, names);
  return new FanfoldError(
    'KnexfileEnvironmentMissing',
    `The knexfile ${file} has no environment "${name}"${why}: ${known}.`,
    {
      fault: 'configuration',
      nextStep: `Name one as "knex.env" in the configuration file${nearest === undefined ? '' : `, such as "${nearest}"`}.`,
    },
  );
}
