import type { RunRequest } from '../request.ts';

/** Whether a run brings every tenant to the newest migration, and with them the databases of the pool. */
export function isWholeFleet({
  command,
  tenants,
  hosts,
  to,
}: Pick<RunRequest, 'command' | 'tenants' | 'hosts' | 'to'>): boolean {
  return [tenants, hosts, to].every((each) => each === undefined) && command === 'migrate';
}
