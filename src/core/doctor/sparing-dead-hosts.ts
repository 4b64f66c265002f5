import { FanfoldError } from '../errors.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { createHostHealth, type HostHealth } from '../migrate/host-health.ts';
import { hostKey } from '../tenant.ts';
import type { InspectDatabase } from './database-facts.ts';

/** The same inspection, which fails at once for a database server that has not answered twice in a row. */
export function sparingDeadHosts(
  inspect: InspectDatabase,
  health: HostHealth = createHostHealth(),
): InspectDatabase {
  return async (login, ...rest) => {
    const host = hostKey(login);
    const { down } = health.of(host);
    if (down !== undefined) {
      const { code, message, nextStep, retryable } = down;
      throw new FanfoldError(code, message, { fault: 'tenant', nextStep, retryable });
    }
    try {
      const facts = await inspect(login, ...rest);
      health.answered(host);
      return facts;
    } catch (error) {
      const failure = failureOf(error);
      health.ended(host, { status: 'failed', failure, applied: [], notes: [] }, true);
      throw error;
    }
  };
}
