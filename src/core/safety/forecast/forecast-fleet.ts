import { splitMigrationName } from '../../bundle/bundle.ts';
import type { OwnFailure } from '../../failure.ts';
import { forEachItem } from '../../list/for-each-tenant.ts';
import { inPages } from '../../list/in-pages.ts';
import { createHostHealth } from '../../migrate/host-health.ts';
import type { Outcome } from '../../outcome.ts';
import type { TenantDirectory } from '../../ports.ts';
import { hostKey, type Tenant, type TenantRef, tenantRef } from '../../tenant.ts';
import type { KeptForecast } from './calibration.ts';
import { createFleetForecast, type FleetForecast } from './fleet-forecast.ts';
import { forecastTenant, type TenantForecast } from './forecast-tenant.ts';
import type { RateBook } from './rate.ts';
import { type MigrationWork, touchedTables } from './recorded-work.ts';
import type { TenantFacts } from './tenant-facts.ts';

/** The facts about a tenant, or why they could not be read. */
export type FactsAnswer =
  | { readonly status: 'read'; readonly facts: TenantFacts }
  | { readonly status: 'failed'; readonly failure: OwnFailure };

/** Reads the facts about one tenant; failure is data. Read-only. */
export type ReadFacts = (tenant: Tenant, tables: readonly string[]) => Promise<FactsAnswer>;

export interface ForecastFleetOptions {
  readonly works: ReadonlyMap<string, MigrationWork>;
  readonly rates: RateBook;
  /** Tenants at a time, of this reading and of the run that is forecast. */
  readonly atATime: number;
}

export interface ForecastFleetDependencies {
  readonly directory: Pick<TenantDirectory, 'findByIds'>;
  readonly readFacts: ReadFacts;
  readonly onTenant: (forecast: TenantForecast) => void;
  readonly onUnread: (tenant: TenantRef, failure: OwnFailure) => void;
}

/** Rows that are read from the central database at a time, and forecasts that are in memory. */
const PAGE = 500;

/**
 * Forecasts every tenant that a plan found to have pending migrations, and yields the record to be kept of
 * each. The fleet's forecast is complete when it has ended. Stops without an error when the signal is
 * aborted.
 *
 * @param outcomes those of the plan
 */
export function forecastFleet(
  outcomes: AsyncIterable<Outcome>,
  { works, rates, atATime }: ForecastFleetOptions,
  { directory, readFacts, onTenant, onUnread }: ForecastFleetDependencies,
  signal?: AbortSignal,
): {
  readonly kept: AsyncGenerator<KeptForecast, void, undefined>;
  readonly fleet: () => FleetForecast;
} {
  const fold = createFleetForecast(atATime);
  const health = createHostHealth();

  const read = async (tenant: Tenant, pending: readonly string[]): Promise<FactsAnswer> => {
    const host = hostKey(tenant.address);
    const { down } = health.of(host);
    if (down !== undefined) return { status: 'failed', failure: down };
    const own = pending.flatMap((id) => works.get(id) ?? []);
    const answer = await readFacts(tenant, touchedTables(own));
    if (answer.status === 'read') health.answered(host);
    else health.ended(host, { ...answer, applied: [], notes: [] }, true);
    return answer;
  };

  async function* kept(): AsyncGenerator<KeptForecast, void, undefined> {
    for await (const page of inPages(pendingIn(outcomes, fold), PAGE)) {
      const rows = await directory.findByIds(page.map(({ id }) => id));
      const byId = new Map(rows.map((tenant) => [tenant.id, tenant]));
      const answers = new Map<string, FactsAnswer>();
      await forEachItem(
        eachOf(page),
        atATime,
        async ({ id, pending }) => {
          const tenant = byId.get(id);
          if (tenant !== undefined) answers.set(id, await read(tenant, pending));
        },
        signal,
      );
      for (const { id, pending, wave } of page) {
        const tenant = byId.get(id);
        const answer = answers.get(id);
        // A tenant that vanished since it was planned has left the fleet.
        if (tenant === undefined || answer === undefined) continue;
        if (answer.status === 'failed') {
          fold.unread();
          onUnread(tenantRef(tenant), answer.failure);
          continue;
        }
        const host = hostKey(tenant.address);
        const { facts } = answer;
        const forecast = forecastTenant({
          tenant: tenantRef(tenant),
          host,
          pending,
          works,
          facts,
          rates,
        });
        fold.add(forecast, host, wave);
        onTenant(forecast);
        yield keptOf(forecast, host);
      }
      if (signal?.aborted === true) return;
    }
  }

  return { kept: kept(), fleet: fold.read };
}

interface PendingTenant {
  readonly id: string;
  readonly pending: readonly string[];
  readonly wave: number;
}

async function* pendingIn(
  outcomes: AsyncIterable<Outcome>,
  fold: ReturnType<typeof createFleetForecast>,
): AsyncGenerator<PendingTenant, void, undefined> {
  for await (const outcome of outcomes) {
    if (outcome.status !== 'planned') continue;
    const { tenant, pending, wave } = outcome;
    if (pending.length === 0) fold.upToDate();
    else yield { id: tenant.id, pending: pending.map((name) => splitMigrationName(name).id), wave };
  }
}

async function* eachOf<Item>(items: readonly Item[]): AsyncGenerator<Item, void, undefined> {
  yield* items;
}

function keptOf(
  { tenant, ms, basis, scale, migrations }: TenantForecast,
  host: string,
): KeptForecast {
  return {
    id: tenant.id,
    host,
    ms,
    ...(basis !== undefined && { basis }),
    ...(scale !== undefined && { scale }),
    migrations: migrations
      .filter(({ missing }) => missing === undefined)
      .map(({ id, ms: { likely }, work }) => ({ id, ms: likely, work })),
  };
}
