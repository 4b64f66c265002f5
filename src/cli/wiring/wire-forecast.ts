import { createPasswordOpener } from '../../core/encryption/password-opener.ts';
import { createReadFacts } from '../../core/safety/forecast/create-read-facts.ts';
import type { ReadFacts } from '../../core/safety/forecast/forecast-fleet.ts';
import type { ForecastStore } from '../../core/safety/forecast/forecast-store.ts';
import type { RunStoreOptions, SetupOptions } from '../options/setup-options.ts';
import { replicasOfProject } from './tenant-access-options.ts';
import { connectionOf, type WiringContext } from './wiring-context.ts';

/** The forecast of runs. */
export interface ForecastWiring {
  /** The function that reads the facts about one tenant's database and its server. */
  readFacts(options: SetupOptions): Promise<ReadFacts>;
  /** Forecasts, and what runs took, beside the runs of a folder. */
  forecastStore(options: RunStoreOptions): Promise<ForecastStore>;
}

/** Wires the forecast of runs. */
export function wireForecast({ env, environment, project }: WiringContext): ForecastWiring {
  return {
    async readFacts(options) {
      const { createReadTenantFacts } = await import('../../adapters/mysql/read-tenant-facts.ts');
      const connection = await connectionOf(options);
      return createReadFacts({
        read: createReadTenantFacts({
          ...connection,
          replicas: await replicasOfProject(project(), connection, env),
        }),
        passwords: createPasswordOpener(environment.keyRing()),
      });
    },

    async forecastStore({ runStore }) {
      const { createForecastStore } = await import('../../adapters/local/forecast-store.ts');
      return createForecastStore(runStore);
    },
  };
}
