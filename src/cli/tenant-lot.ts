import { inPages } from '../core/list/in-pages.ts';
import { resolveNames } from '../core/list/resolve-names.ts';
import type { Outcome } from '../core/outcome.ts';
import type { TenantDirectory } from '../core/ports.ts';
import { causeNumbered, type StandingCause } from '../core/reduce/run-standing.ts';
import type { Tenant } from '../core/tenant.ts';
import { countOf } from '../core/wording/count-of.ts';
import type { App } from './app.ts';
import type { KeptRunsWiring } from './kept-runs.ts';
import { openKeptRuns } from './kept-runs.ts';
import { namedRun } from './named-run.ts';
import type { OfOptions } from './options/of-options.ts';

/** A tenant and, if it was chosen by a run, its outcome in that run. */
export interface LotMember {
  readonly tenant: Tenant;
  readonly outcome?: Outcome | undefined;
}

/** The tenants of one command. */
export interface TenantLot {
  readonly count: number;
  /** `5 tenants of run … of cause 2: message`; `undefined` if they were named one by one. */
  readonly words: string | undefined;
  /** Calls `onGone` for tenants that are no longer in the central database. */
  members(
    directory: Pick<TenantDirectory, 'findByIds'>,
    onGone: (id: string) => void,
  ): AsyncGenerator<LotMember, void, undefined>;
}

/** The number of rows that are read from the central database at a time. */
const PAGE = 500;

/** The tenants of a run that still need a retry, or those of one of its causes. */
export async function lotOfRun(
  app: Pick<App<KeptRunsWiring>, 'wiring'>,
  options: OfOptions & { readonly of: string },
): Promise<TenantLot> {
  const { of, cause: number } = options;
  const standing = await namedRun(await openKeptRuns(app, options), of);
  const { id } = standing.record;
  const cause = number === undefined ? undefined : causeNumbered(standing.causes, number, id);
  const count = cause?.left ?? standing.left;
  return {
    count,
    words: lotWords(count, id, cause),
    async *members(directory, onGone) {
      for await (const page of inPages(standing.tenants(cause), PAGE)) {
        const rows = await directory.findByIds(page.map((each) => each.id));
        const byId = new Map(rows.map((tenant) => [tenant.id, tenant]));
        for (const { id: tenantId, outcome } of page) {
          const tenant = byId.get(tenantId);
          if (tenant === undefined) onGone(tenantId);
          else yield { tenant, outcome };
        }
      }
    },
  };
}

function lotWords(count: number, runId: string, cause: StandingCause | undefined): string {
  const ofCause = cause === undefined ? '' : ` of cause ${cause.number}: ${cause.message}`;
  return `${countOf(count, 'tenant')} of run ${runId}${ofCause}`;
}

/** The named tenants or, with `--of`, those of a run that need a retry. */
export async function lotOf(
  app: Pick<App<KeptRunsWiring>, 'wiring'>,
  directory: TenantDirectory,
  names: readonly string[],
  options: OfOptions,
): Promise<TenantLot> {
  const { of } = options;
  return of === undefined
    ? lotOfTenants(await resolveNames(directory, names))
    : lotOfRun(app, { ...options, of });
}

/** Tenants that were named one by one. */
function lotOfTenants(tenants: readonly Tenant[]): TenantLot {
  return {
    count: tenants.length,
    words: undefined,
    async *members() {
      for (const tenant of tenants) yield { tenant };
    },
  };
}
