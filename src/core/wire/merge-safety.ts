import { type GuardSettings, mergeGuards } from '../safety/guard/guard-settings.ts';

/** The key `safety` of a request over that of its defaults, limit by limit; an empty object if neither has one. */
export function mergeSafety(
  defaults: Readonly<Record<string, unknown>>,
  request: Readonly<Record<string, unknown>> | undefined,
): { readonly safety?: GuardSettings } {
  const safety = mergeGuards(
    defaults.safety as GuardSettings | undefined,
    request?.safety as GuardSettings | undefined,
  );
  return safety === undefined ? {} : { safety };
}
