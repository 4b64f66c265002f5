import type { Connection } from 'mysql2';
import {
  type HalfAppliedLabel,
  isApplied,
  type StatementStanding,
} from '../../../core/half-applied.ts';
import { type Ddl, parseDdl } from '../sql/ddl.ts';
import { type DdlObject, objectKey } from '../sql/ddl-object.ts';
import { effectOf } from './ddl-effect.ts';
import type { JournaledStatement } from './journal-entry.ts';
import type { Direction } from './journaled-migration.ts';
import { definitionOf, isSameState, stateOf } from './object-state.ts';
import { probeRedefinition } from './probe-redefinition.ts';
import { standingsOf } from './standings-of.ts';

/**
 * How the statements of one direction stand, checked against the database as far as it can show it:
 * a statement whose end is not known, and one that somebody may have undone by hand. Needs the fence,
 * since a statement that is still running in the server holds it. What the last attempt to resume
 * found out (`label`) is added. Sends SHOW CREATE statements only.
 */
export async function verifiedStandings(
  connection: Connection,
  statements: readonly JournaledStatement[],
  { direction, label }: { direction: Direction; label: HalfAppliedLabel | undefined },
): Promise<StatementStanding[]> {
  const found = new Map<number, Pick<StatementStanding, 'standing' | 'isThere'>>();
  const touchedLater = new TouchedNames();
  // Backwards: what a later statement touched again no longer shows whether an earlier one ran.
  for (const statement of statements.toReversed()) {
    const ddl = ddlOf(statement);
    const { objects = ddl?.objects ?? [] } = statement;
    if (!touchedLater.has(ddl, objects)) {
      const seen = await lookedUp(connection, statement, ddl);
      if (seen !== undefined) found.set(statement.number, seen);
    }
    touchedLater.add(ddl, objects);
  }
  const stated = standingsOf(statements, direction).map((each) => ({
    ...each,
    ...found.get(each.number),
  }));
  return withLabel(stated, direction, label);
}

/**
 * Checks statements that were not sent: those of an `up`, which somebody may have run by hand, and
 * those of a `down`, of which one whose effect is there already has nothing to undo, and would fail.
 */
export async function verifiedAhead<Ahead extends StatementStanding & { readonly sql: string }>(
  connection: Connection,
  statements: readonly Ahead[],
  direction: Direction,
): Promise<Ahead[]> {
  const found = new Map<number, Pick<StatementStanding, 'standing' | 'isThere'>>();
  const touched = new TouchedNames();
  // A `down` is looked at before it runs: what an earlier statement of it changes is not so yet.
  for (const { number, sql } of direction === 'up' ? statements.toReversed() : statements) {
    const ddl = parseDdl(sql);
    const objects = ddl?.objects ?? [];
    if (!touched.has(ddl, objects)) {
      const never = { done: false, objects: undefined, statesBefore: undefined };
      const seen = (await lookedUp(connection, never, ddl)) ?? (await probed(connection, sql, ddl));
      if (seen !== undefined) found.set(number, seen);
    }
    touched.add(ddl, objects);
  }
  return statements.map((each) => ({ ...each, ...found.get(each.number) }));
}

/** The parts of each object that statements touch: names of columns, keys and constraints, or all of it. */
class TouchedNames {
  readonly #byObject = new Map<string, Set<string>>();

  /** Whether one of the statements so far touched the same. */
  has(ddl: Ddl | undefined, objects: readonly DdlObject[]): boolean {
    const names = namesOf(ddl);
    return objects.some((object) => {
      const touched = this.#byObject.get(objectKey(object));
      if (touched === undefined) return false;
      return touched.has(ALL) || names.some((name) => name === ALL || touched.has(name));
    });
  }

  add(ddl: Ddl | undefined, objects: readonly DdlObject[]): void {
    for (const key of objects.map(objectKey)) {
      const touched = this.#byObject.get(key) ?? new Set();
      for (const name of namesOf(ddl)) touched.add(name);
      this.#byObject.set(key, touched);
    }
  }
}

const ALL = '*';

function namesOf(ddl: Ddl | undefined): string[] {
  if (ddl?.effect !== 'alter') return [ALL];
  return ddl.clauses.flatMap((clause) => {
    if (!('name' in clause)) return clause.does === 'set' ? [] : [clause.what];
    return [clause.name, ...('to' in clause ? [clause.to] : [])].map((name) => name.toLowerCase());
  });
}

async function probed(
  connection: Connection,
  sql: string,
  ddl: Ddl | undefined,
): Promise<Pick<StatementStanding, 'standing' | 'isThere'> | undefined> {
  const isSo = await probeRedefinition(connection, sql, ddl);
  if (isSo === undefined) return undefined;
  return isSo ? { standing: 'applied', isThere: true } : { standing: 'not applied' };
}

/** The shape keeps every name; one that was cut is not complete, and shows nothing. */
function ddlOf({ kind, text }: JournaledStatement): Ddl | undefined {
  return kind === 'ddl' && !text.endsWith('…') ? parseDdl(text) : undefined;
}

async function lookedUp(
  connection: Connection,
  { done, objects, statesBefore }: Pick<JournaledStatement, 'done' | 'objects' | 'statesBefore'>,
  ddl: Ddl | undefined,
): Promise<Pick<StatementStanding, 'standing' | 'isThere'> | undefined> {
  const about = ddl?.effect === 'repeatable' ? [] : (ddl?.objects ?? objects ?? []);
  if (about.length === 0) return undefined;
  const definitions: (string | undefined)[] = [];
  for (const object of about) definitions.push(await definitionOf(connection, object));
  const effect = ddl === undefined ? 'cannot be told' : effectOf(ddl, definitions);
  const there =
    effect === 'there' && hasClauseThatShows(ddl)
      ? ({ standing: 'applied', isThere: true } as const)
      : undefined;
  if (done) return effect === 'not there' ? { standing: 'undone' } : there;
  const isUnchanged =
    statesBefore?.length === definitions.length &&
    definitions.every((definition, index) =>
      isSameState(statesBefore[index] ?? '', stateOf(definition)),
    );
  if (isUnchanged || effect === 'not there') return { standing: 'not applied' };
  return there;
}

/** Of an ALTER that only redefines, "there" says nothing: no name of it shows whether it ran. */
function hasClauseThatShows(ddl: Ddl | undefined): boolean {
  return (
    ddl?.effect !== 'alter' ||
    ddl.clauses.some(({ does }) => does === 'add' || does === 'drop' || does === 'rename')
  );
}

/** Adds what the replay found out, if the journal still holds the statements it was about. */
function withLabel(
  stated: readonly StatementStanding[],
  direction: Direction,
  label: HalfAppliedLabel | undefined,
): StatementStanding[] {
  const own = (label?.statements ?? []).filter((each) => (each.direction ?? 'up') === direction);
  const labelled = new Map(own.map((each) => [each.number, each]));
  const joined = stated.map((each) => {
    const known = labelled.get(each.number);
    if (known === undefined || known.text !== each.text) return each;
    const { stoppedHere, now } = known;
    return {
      ...each,
      standing: each.standing === 'applied' && isApplied(known) ? known.standing : each.standing,
      ...(stoppedHere !== undefined && { stoppedHere }),
      ...(now !== undefined && { now }),
    };
  });
  // If it stopped before a statement that was never sent, the journal does not have that one.
  const last = stated.at(-1)?.number ?? 0;
  const ahead = own.filter(({ number, standing }) => number > last && standing === 'not applied');
  return [...joined, ...ahead];
}
