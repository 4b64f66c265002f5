import { ENVIRONMENT } from '../src/core/wire/environment.ts';

/** The settings of a function under the names of its variables; undefined ones are left out. */
export function functionEnvironment(
  values: Partial<Record<keyof typeof ENVIRONMENT, string | undefined>>,
): Record<string, string> {
  const set = Object.entries(values).filter(
    (entry): entry is [keyof typeof ENVIRONMENT, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(set.map(([key, value]) => [ENVIRONMENT[key], value]));
}
