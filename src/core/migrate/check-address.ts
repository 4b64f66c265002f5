import { FanfoldError } from '../errors.ts';
import type { DatabaseAddress } from '../tenant.ts';

/**
 * Throws `AddressIncomplete` if a part of the address is empty, as plain SQL may leave it. A driver
 * would use its default instead: without a host, this machine.
 */
export function checkAddress({ host, database, user }: DatabaseAddress): void {
  const parts = { dbHost: host, dbName: database, dbUser: user };
  const empty = Object.entries(parts).flatMap(([column, value]) => (value === '' ? column : []));
  if (empty.length === 0) return;
  throw new FanfoldError('AddressIncomplete', `The tenant has no ${empty.join(', no ')}.`, {
    fault: 'tenant',
    nextStep: 'Fill in what is empty in the row of the tenant in the central database.',
  });
}
