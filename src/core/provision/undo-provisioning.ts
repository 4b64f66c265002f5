import { FanfoldError } from '../errors.ts';
import type { Tenant } from '../tenant.ts';
import { clearAway } from './clear-away.ts';
import type { Provisioning } from './provisioning.ts';
import type { ProvisioningRow } from './provisioning-registry.ts';

/**
 * Throws `TenantNotUndoable` (fault `usage`) for a tenant that has ever been ACTIVE, or whose database
 * was not made by provisioning: those are never taken away.
 */
export function checkUndoable({ tenant, mark }: ProvisioningRow): void {
  const { slug, status, schemaVersion, lastMigratedAt } = tenant;
  const why =
    status !== 'PROVISIONING' && status !== 'FAILED'
      ? `it is ${status}`
      : mark === null
        ? 'it was added by hand, or has been ACTIVE'
        : schemaVersion !== null || lastMigratedAt !== null
          ? 'it has been migrated as an ACTIVE tenant'
          : undefined;
  if (why === undefined) return;
  throw new FanfoldError(
    'TenantNotUndoable',
    `The tenant "${slug}" is not taken away: ${why}. Only what provisioning has made and nobody has used is.`,
    {
      fault: 'usage',
      nextStep:
        'To end a tenant that was in use, set it to ARCHIVED (npm run tenant:status), and drop its database by hand once its backups are safe.',
    },
  );
}

/**
 * Takes a tenant away that was never ACTIVE: its user, its database, its row. May be repeated where it
 * was interrupted. Throws `TenantNotUndoable`, `TenantInUse` where users of the product belong to it,
 * and what the server refuses.
 */
export async function undoProvisioning(
  row: ProvisioningRow,
  provisioning: Provisioning,
): Promise<Tenant> {
  checkUndoable(row);
  const { registry } = provisioning;
  const { id } = row.tenant;
  // From here on nobody activates it. It may be FAILED already.
  await registry.fail(id, 'Taken away by tenant:provision --undo.');
  const now = await registry.read(id);
  if (now === undefined) return row.tenant;
  checkUndoable(now);
  if (now.mark !== null) await clearAway(now.tenant, now.mark, provisioning);
  await registry.remove(id);
  return now.tenant;
}
