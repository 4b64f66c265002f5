import { inPages } from '../../core/list/in-pages.ts';
import { resolveNames } from '../../core/list/resolve-names.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { TenantDirectory } from '../../core/ports.ts';
import { causeNumbered, type StandingCause } from '../../core/reduce/run-standing.ts';
import type { Tenant, TenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { App } from '../app.ts';
import type { OfOptions } from '../options/of-options.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { openKeptRuns } from '../runs/kept-runs.ts';
import { namedRun } from '../runs/named-run.ts';

/** A tenant as this machine reads it, or as a function of a stack shows it. */
export type LotRow = Tenant | TenantRef;

/** The tenants that a lot is taken from. */
export interface LotSource<Row extends LotRow = Tenant> {
  /** Throws `TenantUnknown` and `TenantAmbiguous`. */
  resolve(names: readonly string[]): Promise<readonly Row[]>;
  findByIds(ids: readonly string[]): Promise<readonly Row[]>;
}

/** The tenants of the central database that this machine reaches. */
export function lotSource(
  directory: Pick<TenantDirectory, 'findByNames' | 'findByIds'>,
): LotSource {
  return {
    resolve: (names) => resolveNames(directory, names),
    findByIds: (ids) => directory.findByIds(ids),
  };
}

/** A tenant and, if it was chosen by a run, its outcome in that run. */
export interface LotMember<Row extends LotRow = Tenant> {
  readonly tenant: Row;
  readonly outcome?: Outcome | undefined;
}

/** The tenants of one command. */
export interface TenantLot<Row extends LotRow = Tenant> {
  readonly count: number;
  /** `5 tenants of run … of cause 2: message`; `undefined` if they were named one by one. */
  readonly words: string | undefined;
  /** Calls `onGone` for tenants that are no longer in the central database. */
  members(
    source: Pick<LotSource<Row>, 'findByIds'>,
    onGone: (id: string) => void,
  ): AsyncGenerator<LotMember<Row>, void, undefined>;
}

/** The number of rows that are read from the central database at a time. */
const PAGE = 500;

/** The tenants of a run as its store has them. */
interface ListOfRun {
  readonly count: number;
  readonly words: string;
  members(): AsyncIterable<{ readonly id: string; readonly outcome?: Outcome | undefined }>;
}

/** The tenants of a run that still need a retry, or those of one of its causes. */
export async function listOfRun(
  app: Pick<App<KeptRunsWiring>, 'wiring'>,
  options: OfOptions & { readonly of: string },
): Promise<ListOfRun> {
  const { of, cause: number } = options;
  const standing = await namedRun(await openKeptRuns(app, options), of);
  const { id } = standing.record;
  const cause = number === undefined ? undefined : causeNumbered(standing.causes, number, id);
  const count = cause?.left ?? standing.left;
  return { count, words: lotWords(count, id, cause), members: () => standing.tenants(cause) };
}

/** The same with their rows. */
export async function lotOfRun<Row extends LotRow = Tenant>(
  app: Pick<App<KeptRunsWiring>, 'wiring'>,
  options: OfOptions & { readonly of: string },
): Promise<TenantLot<Row>> {
  const { count, words, members } = await listOfRun(app, options);
  return {
    count,
    words,
    async *members(source, onGone) {
      for await (const page of inPages(members(), PAGE)) {
        const rows = await source.findByIds(page.map((each) => each.id));
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
export async function lotOf<Row extends LotRow>(
  app: Pick<App<KeptRunsWiring>, 'wiring'>,
  source: LotSource<Row>,
  names: readonly string[],
  options: OfOptions,
): Promise<TenantLot<Row>> {
  const { of } = options;
  return of === undefined
    ? lotOfTenants(await source.resolve(names))
    : lotOfRun(app, { ...options, of });
}

/** Tenants that were named one by one. */
function lotOfTenants<Row extends LotRow>(tenants: readonly Row[]): TenantLot<Row> {
  return {
    count: tenants.length,
    words: undefined,
    async *members() {
      for (const tenant of tenants) yield { tenant };
    },
  };
}
