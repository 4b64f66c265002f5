import type { CentralAccess } from '../core/central/central-access.ts';
import { fillPool } from '../core/pool/fill-pool.ts';
import type { Provisioning } from '../core/provision/provisioning.ts';
import { type ServerAddress, serverName } from '../core/tenant.ts';
import { usingHeldCentral } from './held-central.ts';

/** Servers whose pool this process is filling. */
const filling = new Set<string>();

/**
 * Fills the pool of a server while the process goes on, once at a time. A failure is written into the list of the
 * pool, and the next filling tries again.
 */
export function refillInBackground(
  server: ServerAddress,
  size: number,
  central: CentralAccess,
  parts: Omit<Provisioning, 'registry' | 'pool'>,
): void {
  const name = serverName(server);
  if (filling.has(name)) return;
  filling.add(name);
  const never = new AbortController().signal;
  usingHeldCentral(central, async ({ provisioning: registry, pool }) => {
    if (await pool.exists()) {
      await fillPool({ ...server, size }, { ...parts, registry }, pool, never);
    }
  })
    .catch(() => {})
    .finally(() => filling.delete(name));
}
