import { type Bundle, bundleUpTo, type Migration } from '../../bundle/bundle.ts';
import type { OwnFailure } from '../../failure.ts';
import type { ExportedShape } from '../../shapes/exported-shape.ts';
import type { ShapeServer } from '../../shapes/shape.ts';
import type { SentStatement } from '../recording.ts';
import type { DatabaseContents } from './database-contents.ts';
import { FindingsList } from './findings-list.ts';
import { makeAttempt } from './make-attempt.ts';
import type { RehearsedMigration } from './rehearsal.ts';
import { FIRST_CLOCK, type RehearsalTerms } from './rehearsal-context.ts';
import type { RehearsalDatabase, RehearsalDatabases } from './rehearsal-ports.ts';
import type { RehearsalProgress } from './rehearsal-progress.ts';
import { statementsOf } from './rehearse-both-ways.ts';
import { rehearseMigration } from './rehearse-migration.ts';

/** The migrations of a rehearsal, and how it is made. */
export interface RehearseOptions extends RehearsalTerms {
  readonly bundle: Bundle;
  /** Reads the migrations anew, so that their code is evaluated once more. */
  readonly loadBundle: () => Promise<Bundle>;
  /** Whether a migration is rehearsed; the others are only applied. Default: all. */
  readonly isRehearsed?: ((id: string) => boolean) | undefined;
  /** Shapes of tenants, each of which is a start of its own. */
  readonly shapes?: readonly ExportedShape[] | undefined;
  /** Whether the shapes are read from which the migrations were rehearsed. With `shapes` they are. */
  readonly readsShapes?: boolean | undefined;
  /** Servers of the fleet, to be compared with the scratch server. Default: those of `shapes`. */
  readonly servers?: readonly ShapeServer[] | undefined;
  readonly progress?: RehearsalProgress | undefined;
}

/** A rehearsal under way. */
export interface Walk {
  readonly rehearsed: RehearsedMigration[];
  /** The database after each migration. */
  readonly states: DatabaseContents[];
  /** Migrations of the bundle that the start has already: `states` begins after them. */
  readonly skipped: number;
  /** The statements of each migration. */
  readonly sent: Map<string, readonly SentStatement[]>;
  /** Columns whose values differ from run to run. */
  readonly varying: Set<string>;
  /** Whether all migrations make the same objects in each run. */
  isStable: boolean;
  failure?: OwnFailure | undefined;
}

/** A migration on the way, and the databases before it. */
export interface Step {
  readonly migration: Migration;
  readonly start: DatabaseContents;
  readonly before: DatabaseContents;
  readonly walk: Walk;
}

/** Rehearses one migration; returns the database after it, or `undefined` if its up fails. */
export async function rehearseOne(
  databases: RehearsalDatabases,
  { migration, start, before, walk }: Step,
  options: RehearseOptions,
): Promise<DatabaseContents | undefined> {
  const bundle = partOf(options.bundle, migration);
  const freshBundle = async () => partOf(await options.loadBundle(), migration);
  const context = { ...options, databases, migration, bundle, freshBundle };
  const { rehearsed, after, varying, isStable } = await rehearseMigration(context, before);
  for (const column of varying) walk.varying.add(column);
  walk.isStable &&= isStable;
  walk.sent.set(migration.id, rehearsed.statements);
  const together = after ?? (await togetherUpTo(databases.first, bundle, start));
  const needsOthers = after === undefined && together !== undefined;
  const result = needsOthers ? { ...rehearsed, ...ofAnotherRun(context, rehearsed) } : rehearsed;
  walk.rehearsed.push(result);
  return together;
}

/** The finding about a migration that fails alone, and not in one run with the others. */
function ofAnotherRun(
  terms: RehearsalTerms & { readonly migration: Migration },
  { findings }: RehearsedMigration,
): Pick<RehearsedMigration, 'findings' | 'allowed'> {
  const found = new FindingsList(terms);
  const details = findings.flatMap((each) => each.details);
  found.add(
    'depends-on-run',
    details.map((text) => `Alone: ${text}`),
  );
  return { findings: found.findings, allowed: found.allowed };
}

async function togetherUpTo(
  database: RehearsalDatabase,
  bundle: Bundle,
  start: DatabaseContents,
): Promise<DatabaseContents | undefined> {
  if (bundle.migrations.length === 1) return undefined;
  await database.restore(start);
  const plan = { direction: 'up' as const, runId: 'rehearsal-together', clock: FIRST_CLOCK };
  const { attempt } = await makeAttempt(database, { ...plan, bundle });
  return attempt.status === 'failed' ? undefined : database.read();
}

/** Applies a migration that is not rehearsed; returns the database after it, or `undefined` if it fails. */
export async function applyOnly(
  database: RehearsalDatabase,
  { migration, before, walk }: Step,
  { bundle }: RehearseOptions,
): Promise<DatabaseContents | undefined> {
  const { id } = migration;
  await database.restore(before);
  const { attempt, statements } = await makeAttempt(database, {
    direction: 'up',
    runId: 'rehearsal-applied',
    clock: FIRST_CLOCK,
    bundle: partOf(bundle, migration),
    records: true,
  });
  walk.sent.set(id, statementsOf(statements, id));
  if (attempt.status !== 'failed') return database.read();
  walk.failure = attempt.failure;
  return undefined;
}

function partOf(bundle: Bundle, { id }: Migration): Bundle {
  return bundleUpTo(bundle, id) ?? bundle;
}
