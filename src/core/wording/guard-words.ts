import type { MigrationSafety } from '../safety/guard/guard-settings.ts';

/** The limits of a migration in a few words, with the reason: `lock "shared": the table has 200 rows`. */
export function guardWords({ why, ...limits }: MigrationSafety): string {
  const words = Object.entries(limits)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(', ');
  return why === undefined ? words : `${words === '' ? 'no limits' : words}: ${why}`;
}
