import { type Bundle, splitMigrationName } from '../bundle/bundle.ts';
import type { HalfAppliedLabel, StatementStanding } from '../half-applied.ts';
import type { FencedDatabase } from '../ports.ts';
import type { StatementsAhead } from './statements-ahead.ts';
import { type WayOut, waysOut } from './ways-out.ts';

/** All that a person needs to decide about one half-applied migration. */
export interface HalfAppliedReport {
  /** Id of the migration. */
  readonly migration: string;
  readonly open: ReadonlySet<'up' | 'down'>;
  /** Name of its file; `undefined` if the folder does not have it. */
  readonly file: string | undefined;
  /** Why the last attempt to resume it stopped, if one did. */
  readonly label: HalfAppliedLabel | undefined;
  readonly statements: readonly StatementStanding[];
  /** Statements that its file would still send; absent if they were not determined. */
  readonly ahead: StatementsAhead | undefined;
  readonly ways: readonly WayOut[];
}

/** The options of a report. */
export interface LookOptions {
  readonly bundle: Bundle;
  /** Puts values into the remaining statements, to be run by hand. Default: `?` in their place. */
  readonly withValues?: boolean | undefined;
}

/**
 * Examines one half-applied migration under the fence: the rows of the journal, their effects in the
 * database, and the ways out. If it could not be resumed, or if somebody has decided (`isChosen`), its code
 * is run with only its reads sent, to find the remaining statements and whether its `down` fits.
 */
export async function halfAppliedReport(
  database: FencedDatabase,
  { bundle, withValues = false }: LookOptions,
  id: string,
  isChosen = false,
): Promise<HalfAppliedReport> {
  const { state } = database;
  const migration = bundle.migrations.find((candidate) => candidate.id === id);
  const open = new Set(
    state.open.filter((each) => each.id === id).map(({ direction }) => direction),
  );
  const label = await database.label(id);
  const module = await migration?.load();
  const foresees = (isChosen || label !== undefined) && !open.has('down');
  const foresee = async (direction: 'up' | 'down') =>
    foresees && migration !== undefined && module?.[direction] !== undefined
      ? database.ahead(migration, direction, withValues)
      : undefined;
  const ahead = await foresee('up');
  const statements = settled(await database.statements(id), ahead?.unknown ?? []);
  const facts = {
    open,
    isRecorded: state.rows.some(({ name }) => splitMigrationName(name).id === id),
    statements,
    file:
      module === undefined
        ? ('gone' as const)
        : module.down === undefined
          ? ('without down' as const)
          : ('has down' as const),
    ahead,
    down: await foresee('down'),
  };
  return {
    migration: id,
    open,
    file: migration && `${migration.id}${migration.extension}`,
    label,
    statements,
    ahead,
    ways: waysOut(facts),
  };
}

/**
 * Adds the standings that the file's own text has shown, for statements that could not be determined by their
 * shape in the journal.
 */
function settled(
  statements: readonly StatementStanding[],
  looked: readonly StatementStanding[],
): StatementStanding[] {
  const found = new Map(looked.map((each) => [each.number, each]));
  return statements.map((each) => {
    const seen = each.direction === undefined ? found.get(each.number) : undefined;
    if (seen === undefined || each.standing !== 'not known') return each;
    const { standing, isThere } = seen;
    return { ...each, standing, ...(isThere !== undefined && { isThere }) };
  });
}
