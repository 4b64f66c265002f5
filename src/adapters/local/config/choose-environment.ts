import { FanfoldError } from '../../../core/errors.ts';
import { nearestWord } from '../../../core/text/nearest-word.ts';

/** One environment of a knexfile, unchanged. */
export interface KnexfileSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  /** The name of the environment; undefined if the knexfile has no environments. */
  readonly environment: string | undefined;
}

/**
 * Chooses the environment of a knexfile's export. `file` is the path for messages. Throws
 * `KnexfileEnvironmentMissing`.
 */
export function chooseEnvironment(
  exported: Readonly<Record<string, unknown>>,
  { asked, otherwise }: { readonly asked: string | undefined; readonly otherwise: string },
  file: string,
): KnexfileSettings {
  const name = asked ?? otherwise;
  const chosen = Object.hasOwn(exported, name) ? exported[name] : undefined;
  if (isSettings(chosen)) return { settings: chosen, environment: name };
  const names = Object.keys(exported).filter((key) => isEnvironment(exported[key]));
  // In this case Knex uses the whole file.
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
  const why = isAsked ? '' : " (from NODE_ENV, or Knex's default)";
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
