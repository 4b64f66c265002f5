import { ENVIRONMENT } from '../src/core/wire/environment.ts';

/** What a function is told, under the names that it reads; what is undefined is left out. */
export function functionEnvironment(
  values: Partial<Record<keyof typeof ENVIRONMENT, string | undefined>>,
): Record<string, string> {
  const set = Object.entries(values).filter(
    (entry): entry is [keyof typeof ENVIRONMENT, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(set.map(([key, value]) => [ENVIRONMENT[key], value]));
}
