import { type Moving, moveTenant } from '../credentials/move-tenant.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';
import { withoutPassword } from './without-password.ts';

/** Changes the address of a tenant, as {@link moveTenant} does. No error contains a password that a person has typed. */
export async function moveById(
  { tenantId, ...move }: OperationRequest<'move-tenant'>,
  dependencies: Moving,
): Promise<OperationAnswer<'move-tenant'>> {
  try {
    const { from, tenant } = await moveTenant({ id: tenantId, ...move }, dependencies);
    return { from, to: tenant.address };
  } catch (error) {
    throw move.password === undefined ? error : withoutPassword(error, move.password);
  }
}
