import { splitMigrationName } from '../bundle/bundle.ts';
import { recordedName } from '../bundle/recorded-name.ts';
import { FanfoldError } from '../errors.ts';
import { openLoginToMigrate } from '../migrate/login-to-migrate.ts';
import type { FencedDatabase, PasswordOpener, TenantDatabases } from '../ports.ts';
import type { SchemaState } from '../schema-state.ts';
import type { Tenant } from '../tenant.ts';
import {
  type HalfAppliedReport,
  halfAppliedReport,
  type LookOptions,
} from './half-applied-report.ts';
import type { ByHand, ResolutionKind } from './resolution.ts';
import type { WayOut } from './ways-out.ts';

export interface ResolveDependencies {
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
  /** Default 10 s. */
  readonly fenceWaitSeconds?: number | undefined;
}

/** How to read the state, and how long to wait. */
export interface LookRequest extends LookOptions {
  readonly lockWaitTimeoutSeconds: number;
}

/** Seconds that a statement of a `down` waits for a lock. */
export const RESOLVE_LOCK_WAIT_SECONDS = 10;

/** A person's request to resolve a migration. */
export interface ResolveRequest extends LookRequest {
  readonly kind: ResolutionKind;
  /** Id of the migration, or its file name. */
  readonly migration: string;
  /** Set if somebody confirms that it was done by hand. */
  readonly byHand?: ByHand | undefined;
  readonly by: string;
  readonly runId: string;
  /** Called with the facts, under the fence, and the chosen way out; returns whether to take it. */
  confirm(report: HalfAppliedReport, way: WayOut): Promise<boolean>;
}

/** Operations on half-applied migrations of one tenant. */
export interface ResolveTenant {
  /** Reports every half-applied migration, and changes nothing. */
  look(tenant: Tenant, request: LookRequest): Promise<readonly HalfAppliedReport[]>;
  /**
   * Resolves one. Throws `NothingToResolve` if the tenant has no such half-applied migration,
   * `MigrationUnknown` if `down` is requested of a migration that the folder lacks, `ResolutionUnsafe`
   * if the request would be wrong or nobody has confirmed that it was done by hand, and what the
   * database throws.
   */
  resolve(tenant: Tenant, request: ResolveRequest): Promise<'resolved' | 'declined'>;
}

/** Makes the functions that report half-applied migrations and resolve them. */
export function createResolveTenant(dependencies: ResolveDependencies): ResolveTenant {
  const { databases, passwords, fenceWaitSeconds = 10 } = dependencies;
  const using = async <Result>(
    tenant: Tenant,
    { lockWaitTimeoutSeconds }: LookRequest,
    check: (state: SchemaState) => boolean,
    work: (fenced: FencedDatabase) => Promise<Result>,
  ): Promise<Result | undefined> => {
    const login = await openLoginToMigrate(tenant, passwords);
    return databases.using(login, async (database) => {
      if (!check(await database.readState())) return undefined;
      return database.usingFence({ waitSeconds: fenceWaitSeconds, lockWaitTimeoutSeconds }, work);
    });
  };
  return {
    async look(tenant, request) {
      const reports = await using(
        tenant,
        request,
        ({ open }) => open.length > 0,
        async (fenced) => {
          const ids = [...new Set(fenced.state.open.map(({ id }) => id))];
          const found: HalfAppliedReport[] = [];
          for (const id of ids) found.push(await halfAppliedReport(fenced, request, id));
          return found;
        },
      );
      return reports ?? [];
    },
    async resolve(tenant, request) {
      const check = (state: SchemaState) => checkOpen(state, request) !== '';
      const resolved = await using(tenant, request, check, (fenced) => resolve(fenced, request));
      return resolved ?? 'declined';
    },
  };
}

async function resolve(
  fenced: FencedDatabase,
  request: ResolveRequest,
): Promise<'resolved' | 'declined'> {
  const { kind, bundle, by, runId, byHand } = request;
  const { state } = fenced;
  const id = checkOpen(state, request);
  const migration = bundle.migrations.find((candidate) => candidate.id === id);
  if (kind === 'revert' && byHand === undefined && migration === undefined) {
    throw unknownMigration(id);
  }
  const report = await halfAppliedReport(fenced, request, id, true);
  if (!(await request.confirm(report, chosenWay(report, request)))) return 'declined';
  const extension = splitMigrationName(state.rows.at(-1)?.name ?? '.js').extension;
  const name = recordedName(migration ?? { id, extension }, bundle, state.rows);
  const batch = state.rows.reduce((latest, row) => Math.max(latest, row.batch), 0) + 1;
  await fenced.resolve({
    kind,
    byHand,
    id,
    migration,
    name,
    batch,
    by,
    runId,
  });
  return 'resolved';
}

/** The way that somebody has chosen, unless it would be wrong. */
function chosenWay(report: HalfAppliedReport, { kind, byHand }: ResolveRequest): WayOut {
  const ofKind = report.ways.filter((way) => way.kind === kind);
  // A decision that the database shows to be right needs no confirmation, but accepts one.
  const way =
    ofKind.find((each) => each.byHand === (byHand !== undefined)) ??
    ofKind.find((each) => each.verdict === 'safe') ??
    ofKind[0];
  if (way === undefined) throw new Error(`No way out is called ${kind}.`);
  if (way.verdict === 'unsafe') throw unsafe(report, kind, way.why);
  if (way.byHand && byHand === undefined) {
    throw unsafe(report, kind, `${way.why} When that is done, add --by-hand.`);
  }
  if (byHand !== undefined && !way.byHand && way.verdict !== 'safe') {
    throw unsafe(report, kind, 'It runs code, and is nothing to be done by hand.');
  }
  const vouched = byHand === 'all' || byHand === undefined ? [] : byHand;
  const open = way.contradicted.filter((number) => !vouched.includes(number));
  if (open.length > 0) throw contradicted(report, way, open);
  return way;
}

function unsafe({ migration }: HalfAppliedReport, kind: ResolutionKind, why: string): FanfoldError {
  return new FanfoldError(
    'ResolutionUnsafe',
    `The migration ${migration} is not resolved by --${kind}; nothing was changed.`,
    { fault: 'tenant', nextStep: why },
  );
}

function contradicted(
  { migration }: HalfAppliedReport,
  { kind }: WayOut,
  numbers: readonly number[],
): FanfoldError {
  const shown = numbers.slice(0, 10).join(', ');
  const what =
    kind === 'retry'
      ? `what statement ${shown} did is still in the database`
      : `what statement ${shown} does is not in the database`;
  return new FanfoldError(
    'ResolutionUnsafe',
    `The migration ${migration} is not resolved by --${kind}: ${what}. Nothing was changed.`,
    {
      fault: 'tenant',
      nextStep: `Do that by hand, and run this again. If the database is right as it is, such as after a later statement that changed the same table, vouch for it: --by-hand ${numbers.join(',')}`,
    },
  );
}

/** The id of the migration that is meant, if it is half-applied. */
function checkOpen({ open }: SchemaState, { migration }: ResolveRequest): string {
  const { id } = splitMigrationName(migration);
  if (open.some((each) => each.id === id)) return id;
  const others = [...new Set(open.map((each) => each.id))];
  throw new FanfoldError('NothingToResolve', `The migration ${id} is not half-applied.`, {
    fault: 'usage',
    nextStep:
      others.length === 0
        ? 'Nothing has to be resolved: run the migrations.'
        : `Half-applied in this tenant: ${others.join(', ')}.`,
  });
}

function unknownMigration(id: string): FanfoldError {
  return new FanfoldError('MigrationUnknown', `The folder has no migration ${id}.`, {
    fault: 'usage',
    nextStep:
      'Run the build that has it, or undo it by hand and say so: --retry <migration> --by-hand',
  });
}
