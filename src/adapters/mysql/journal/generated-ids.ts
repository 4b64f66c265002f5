import type { Connection } from 'mysql2';
import type { Ddl } from '../sql/ddl.ts';
import { type DdlObject, objectKey } from '../sql/ddl-object.ts';
import { namedIn, type ReadText } from '../sql/named-in.ts';
import { definitionOf, quotedName } from './object-state.ts';

/** A table that the migration made. */
interface MadeTable {
  readonly object: DdlObject;
  /** Its next generated id when it was made; `undefined` if its CREATE does not tell. */
  readonly first: number | undefined;
}

/**
 * The counters of generated ids in tables that the migration has made itself, if nobody else has
 * written. A rolled-back insert moves a counter on, so that a resumed migration would get other ids than
 * an uninterrupted one. So the journal notes the counters along with its rows, and they are put back
 * before the first statement that was not run yet.
 */
export class GeneratedIds {
  readonly #made = new Map<string, MadeTable>();
  /** Written to since their counters were noted. */
  readonly #touched = new Set<string>();
  /** As the last row of an earlier attempt noted them. */
  #noted = new Map<string, number>();

  forget(): void {
    this.#made.clear();
    this.#touched.clear();
    this.#noted.clear();
  }

  /** A DDL statement has taken effect, in this attempt or an earlier one. */
  changedBy(ddl: Ddl | undefined, statement: ReadText): void {
    const { sql } = statement;
    if (ddl?.effect === 'create' && ddl.objects[0].type === 'TABLE') {
      const [object] = ddl.objects;
      const isCounted = ddl.columns !== undefined || COPIED.test(sql);
      const first = isCounted ? firstId(sql) : undefined;
      // Of a table of that name that was dropped.
      this.#drop(objectKey(object));
      this.#made.set(objectKey(object), { object, first });
    } else if (ddl?.effect === 'drop') {
      for (const object of ddl.objects) this.#drop(objectKey(object));
    } else if (ddl?.effect === 'rename') {
      const [from, to] = ddl.objects;
      const made = this.#made.get(objectKey(from));
      const noted = this.#noted.get(objectKey(from));
      this.#drop(objectKey(from));
      if (made === undefined) return;
      this.#made.set(objectKey(to), { ...made, object: to });
      if (noted !== undefined) this.#noted.set(objectKey(to), noted);
      this.#touched.add(objectKey(to));
    } else if (TRUNCATED.test(sql) || SET.test(sql)) {
      this.#counterSet(statement);
    }
  }

  /** A statement may have generated ids; `anywhere`: also in tables that it does not name. */
  usedBy(statement: ReadText, anywhere: boolean): void {
    for (const key of anywhere ? this.#made.keys() : this.#madeNamedIn(statement)) {
      this.#touched.add(key);
    }
  }

  /** A row of an earlier attempt. */
  notedBefore(counters: Readonly<Record<string, number>> | undefined): void {
    for (const [key, next] of Object.entries(counters ?? {})) this.#noted.set(key, next);
  }

  get areToNote(): boolean {
    return this.#touched.size > 0;
  }

  /** Reads the counters that have moved since they were noted. One query a table. */
  async note(connection: Connection): Promise<Record<string, number>> {
    const counters: Record<string, number> = {};
    for (const key of this.#touched) {
      const object = this.#made.get(key)?.object;
      const next = object && (await nextId(connection, object));
      if (next !== undefined) counters[key] = next;
    }
    this.#touched.clear();
    return counters;
  }

  /**
   * Statements that put back the counters that a rolled-back insert has moved on. Two queries a table at
   * most, and only when a migration is resumed.
   */
  async restoring(connection: Connection): Promise<string[]> {
    const statements: string[] = [];
    for (const [key, { object, first }] of this.#made) {
      const wanted = this.#noted.get(key) ?? first;
      if (wanted === undefined) continue;
      const now = await nextId(connection, object);
      if (now === undefined || now <= wanted) continue;
      statements.push(`ALTER TABLE ${quotedName(object)} AUTO_INCREMENT = ${wanted}`);
    }
    return statements;
  }

  /** The counter of a table was set, or put back to its beginning. */
  #counterSet(statement: ReadText): void {
    const { sql } = statement;
    for (const key of this.#madeNamedIn(statement)) {
      const { object, first } = this.#made.get(key) as MadeTable;
      const before = this.#noted.get(key) ?? first ?? Number.POSITIVE_INFINITY;
      const next = TRUNCATED.test(sql) ? 1 : firstId(sql);
      this.#noted.delete(key);
      // The server keeps it above all ids that are there, which only the next look at it shows.
      const isExact = TRUNCATED.test(sql) || next > before;
      this.#made.set(key, { object, first: isExact ? next : undefined });
      this.#touched.add(key);
    }
  }

  /** Keys of the made tables that a text names. */
  #madeNamedIn(text: ReadText): string[] {
    const made = [...this.#made].map(([key, { object }]) => ({
      key,
      name: object.name.toLowerCase(),
    }));
    const named = new Set(namedIn(text, new Set(made.map(({ name }) => name))));
    return made.filter(({ name }) => named.has(name)).map(({ key }) => key);
  }

  #drop(key: string): void {
    this.#made.delete(key);
    this.#touched.delete(key);
    this.#noted.delete(key);
  }
}

/** The copy of a table begins to count at 1. */
const COPIED = /^\s*CREATE\s+TABLE\s+[^\s(]+\s*\(?\s*LIKE\b/i;
const TRUNCATED = /^\s*TRUNCATE\b/i;
const SET = /^\s*ALTER\b.*\bAUTO_INCREMENT\s*=?\s*\d/is;

/** The next generated id; `undefined` if the table is gone or generates none. */
async function nextId(connection: Connection, object: DdlObject): Promise<number | undefined> {
  const definition = await definitionOf(connection, object);
  if (definition === undefined || !/\bAUTO_INCREMENT\b/.test(definition)) return undefined;
  // The server leaves the counter out as long as it is 1.
  return Number(/^\).* AUTO_INCREMENT=(\d+)/m.exec(definition)?.[1] ?? 1);
}

/** From the option AUTO_INCREMENT of a CREATE TABLE. */
function firstId(sql: string): number {
  return Number(/\bAUTO_INCREMENT\s*=?\s*(\d+)/i.exec(sql)?.[1] ?? 1);
}
