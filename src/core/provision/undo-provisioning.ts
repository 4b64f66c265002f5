import type { ErrorCode } from '../error-codes.ts';
import { FanfoldError } from '../errors.ts';
import type { Tenant } from '../tenant.ts';
import { clearAway } from './clear-away.ts';
import type { Provisioning } from './provisioning.ts';
import type { ProvisioningRow } from './provisioning-registry.ts';

/**
 * Throws `TenantNotUndoable` (fault `usage`) for a tenant that has ever been ACTIVE, or whose database was
 * not made by provisioning: those are never removed.
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
        'To end a tenant that was in use, set it to ARCHIVED (`fanfold tenant:status <slug> ARCHIVED`), and drop its database by hand once its backups are safe.',
    },
  );
}

/** Errors after which a server cannot be reached at all, such as a mistyped name. */
const CANNOT_BE_ASKED = new Set<ErrorCode>([
  'HostNotFound',
  'ConnectionRefused',
  'ConnectionTimedOut',
  'AdminLoginMissing',
]);

/** The parts that were removed. */
export interface UndoneProvisioning {
  readonly tenant: Tenant;
  /** The reason why its server could not be asked; it has a user without any rights at most. */
  readonly notAsked?: FanfoldError | undefined;
}

/**
 * Removes a tenant that was never ACTIVE: its user, its database, its row. May be repeated if it was
 * interrupted. If nothing was made for a row yet, it is removed even if its server does not answer, because
 * its address may be wrong.
 *
 * Throws `TenantNotUndoable`, also if another process takes the tenant up meanwhile, `TenantInUse` if users of the product belong to it, and what the
 * server refuses.
 */
export async function undoProvisioning(
  row: ProvisioningRow,
  provisioning: Provisioning,
): Promise<UndoneProvisioning> {
  checkUndoable(row);
  const { registry } = provisioning;
  const { id } = row.tenant;
  // From here on nobody activates it. It may be FAILED already.
  await registry.fail(id, 'Taken away by tenant:provision --undo.');
  const now = await registry.read(id);
  if (now === undefined) return { tenant: row.tenant };
  checkUndoable(now);
  const { tenant, mark } = now;
  let notAsked: FanfoldError | undefined;
  if (mark !== null) {
    await clearAway(tenant, mark, provisioning).catch((error: unknown) => {
      const isInTheWay =
        mark !== 'claimed' || !(error instanceof FanfoldError) || !CANNOT_BE_ASKED.has(error.code);
      if (isInTheWay) throw error;
      notAsked = error;
    });
  }
  if (!(await registry.remove(id)) && (await registry.read(id)) !== undefined) {
    throw takenUp(tenant);
  }
  return { tenant, notAsked };
}

function takenUp({ slug }: Tenant): FanfoldError {
  return new FanfoldError(
    'TenantNotUndoable',
    `The tenant "${slug}" was not taken away: another process provisions it at this moment.`,
    { fault: 'usage', nextStep: 'Look at it with `fanfold tenant:list`; then decide again.' },
  );
}
