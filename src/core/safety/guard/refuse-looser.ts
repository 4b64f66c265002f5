import type { Migration } from '../../bundle/bundle.ts';
import { migrationInvalid } from '../../bundle/migration-module.ts';
import { looserKeys } from './effective-guard.ts';
import type { GuardSettings } from './guard-settings.ts';

/**
 * Throws `MigrationInvalid` if one of the migrations has looser limits than its run and does not say why. Loads
 * them before the first one runs.
 */
export async function refuseLooser(
  migrations: readonly Migration[],
  run: GuardSettings | undefined,
): Promise<void> {
  if (run === undefined) return;
  for (const migration of migrations) {
    const { safety } = await migration.load();
    const keys = looserKeys(run, safety);
    if (keys.length === 0 || safety?.why !== undefined) continue;
    throw migrationInvalid(
      migration.id + migration.extension,
      `exports a \`safety\` that is looser than that of the run (${keys.map((key) => `"${key}"`).join(', ')}) and does not say why`,
      "Add the reason: `export const safety = { …, why: 'the table has 200 rows' };`",
    );
  }
}
