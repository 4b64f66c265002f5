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
 * The standings of the statements of one direction, checked against the database as far as possible:
 * statements whose end is unknown, and statements that somebody may have undone by hand. Needs the fence,
 * because a statement that still runs on the server holds it. Adds the findings of the last attempt to
 * resume (`label`). Sends only SHOW CREATE statements.
 */
export async function verifiedStandings(
  connection: Connection,
  statements: readonly JournaledStatement[],
  { direction, label }: { direction: Direction; label: HalfAppliedLabel | undefined },
): Promise<StatementStanding[]> {
  const found = new Map<number, Pick<StatementStanding, 'standing' | 'isThere'>>();
  const touchedLater = new TouchedNames();
  // Backwards, because an object that a later statement changed no longer shows whether an earlier one ran.
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
 * Checks statements that were not sent: those of an `up`, which somebody may have run by hand, and those of
 * a `down`, which would fail if their effect already exists.
 */
export async function verifiedAhead<Ahead extends StatementStanding & { readonly sql: string }>(
  connection: Connection,
  statements: readonly Ahead[],
  direction: Direction,
): Promise<Ahead[]> {
  const found = new Map<number, Pick<StatementStanding, 'standing' | 'isThere'>>();
  const touched = new TouchedNames();
  // A `down` is checked before it runs, so the changes of its earlier statements do not exist yet.
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

/** The parts of each object that statements change: columns, keys and constraints by name, or the whole object. */
class TouchedNames {
  readonly #byObject = new Map<string, Set<string>>();

  /** Whether one of the statements so far changed the same part. */
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

/** Parses the shape of a statement, which keeps every name; a shape that was cut shows nothing. */
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

/** Whether a name shows that the statement ran; an ALTER that only redefines has no such name. */
function hasClauseThatShows(ddl: Ddl | undefined): boolean {
  return (
    ddl?.effect !== 'alter' ||
    ddl.clauses.some(({ does }) => does === 'add' || does === 'drop' || does === 'rename')
  );
}

/** Adds the findings of the replay, if the journal still has the statements that they concern. */
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
  // A replay that stopped before a statement that was never sent has it only in the label.
  const last = stated.at(-1)?.number ?? 0;
  const ahead = own.filter(({ number, standing }) => number > last && standing === 'not applied');
  return [...joined, ...ahead];
}
