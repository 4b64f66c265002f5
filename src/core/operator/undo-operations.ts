import { FanfoldError } from '../errors.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import type { ProvisioningRow } from '../provision/provisioning-registry.ts';
import { checkUndoable, undoProvisioning } from '../provision/undo-provisioning.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';

/**
 * Shows the parts of a tenant that would be removed, and changes nothing. Throws `TenantUnknown` and
 * `TenantNotUndoable`.
 */
export async function lookAtProvisioning(
  { slug }: OperationRequest<'look-at-provisioning'>,
  { registry }: Pick<Provisioning, 'registry'>,
): Promise<OperationAnswer<'look-at-provisioning'>> {
  const row = await registry.findBySlug(slug);
  if (row === undefined) throw unknown(`There is no tenant with the slug "${slug}".`);
  checkUndoable(row);
  return doomedPartsOf(row);
}

/** The parts of a tenant that a person must know about before they are removed. */
export type DoomedParts = OperationAnswer<'look-at-provisioning'>;

/** The parts of a row. */
function doomedPartsOf({ tenant, mark }: ProvisioningRow): DoomedParts {
  const { id, address, migrationLogin } = tenant;
  return { id, mark, address, migrationUser: migrationLogin?.user };
}

/** Removes a tenant that was never ACTIVE. Throws what {@link undoProvisioning} throws. */
export async function undoById(
  { tenantId }: OperationRequest<'undo-provisioning'>,
  provisioning: Provisioning,
): Promise<OperationAnswer<'undo-provisioning'>> {
  const row = await provisioning.registry.read(tenantId);
  if (row === undefined) throw unknown('The tenant is gone since you looked.');
  const { notAsked } = await undoProvisioning(row, provisioning);
  return { notAsked: notAsked && { code: notAsked.code, message: notAsked.message } };
}

function unknown(message: string): FanfoldError {
  return new FanfoldError('TenantUnknown', message, {
    fault: 'usage',
    nextStep: 'List the tenants: `fanfold tenant:list`',
  });
}
