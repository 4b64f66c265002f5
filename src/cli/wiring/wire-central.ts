import type { CentralDatabase } from '../../adapters/prisma/central-database.ts';
import { usingCentral } from '../../compose/using-central.ts';
import type { TlsSetupOptions } from '../options/setup-options.ts';
import { centralAccessOf } from './central-access-of.ts';
import type { WiringContext } from './wiring-context.ts';

/** The central database. */
export interface CentralWiring {
  /** Connects to the central database for the time of `work`. */
  usingCentral<Result>(
    options: TlsSetupOptions,
    work: (central: CentralDatabase) => Promise<Result>,
  ): Promise<Result>;
  /** Brings the central database up to date; resolves to the migrations that ran. */
  migrateCentral(options: TlsSetupOptions): Promise<readonly string[]>;
  /** Rolls back the newest batch of the central database; resolves to what was rolled back. */
  rollbackCentral(options: TlsSetupOptions): Promise<readonly string[]>;
}

/** Wires the central database. */
export function wireCentral(
  context: Pick<WiringContext, 'environment' | 'project'>,
): CentralWiring {
  return {
    async usingCentral(options, work) {
      const access = await centralAccessOf(options, context);
      return usingCentral(access, work);
    },

    async migrateCentral(options) {
      const access = await centralAccessOf(options, context);
      const { migrateCentralLatest } = await import('../../adapters/knex/central-migrations.ts');
      return migrateCentralLatest(access);
    },

    async rollbackCentral(options) {
      const access = await centralAccessOf(options, context);
      const { rollbackCentral } = await import('../../adapters/knex/central-migrations.ts');
      return rollbackCentral(access);
    },
  };
}
