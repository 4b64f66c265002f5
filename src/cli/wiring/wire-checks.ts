import { createPasswordOpener } from '../../core/encryption/password-opener.ts';
import { type CheckTenant, createCheckTenant } from '../../core/safety/checks/check-tenant.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { connectionOf, type WiringContext } from './wiring-context.ts';

/** Questions about the rows of tenants. */
export interface ChecksWiring {
  /** The function that asks one tenant for rows at which migrations would fail. */
  checkTenant(options: SetupOptions): Promise<CheckTenant>;
}

/** Wires questions about the rows of tenants. */
export function wireChecks({
  environment,
  project,
}: Pick<WiringContext, 'environment' | 'project'>): ChecksWiring {
  return {
    async checkTenant(options) {
      const { createAskData } = await import('../../adapters/mysql/checks/ask-data.ts');
      // The driver's options decide the session's character set and flags, as for migrations.
      const { collate: _, ...driver } = project()?.knexfile?.settings?.connection ?? {};
      return createCheckTenant({
        ask: createAskData({ ...(await connectionOf(options)), driver }),
        passwords: createPasswordOpener(environment.keyRing()),
      });
    },
  };
}
