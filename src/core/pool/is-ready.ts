import type { PooledDatabase } from './pool-registry.ts';

/**
 * Whether the list has a pooled database as ready to be handed out: at this bundle, and made with these settings.
 *
 * @param settingsHash of the settings that new tenants get
 */
export function isReady(
  { tenant, settings }: PooledDatabase,
  bundleHash: string,
  settingsHash: string,
): boolean {
  const { status, schemaVersion } = tenant;
  return status === 'ACTIVE' && schemaVersion === bundleHash && settings === settingsHash;
}
