import type { Connection } from 'mysql2';
import type { Ddl } from '../sql/ddl.ts';
import { type DdlObject, objectKey } from '../sql/ddl-object.ts';
import { namedIn, type ReadText } from '../sql/named-in.ts';
import { definitionOf, qualifiedName } from './object-state.ts';

/** A table that the migration created. */
interface CreatedTable {
  readonly object: DdlObject;
  /** Its first generated id; `undefined` if its CREATE does not show it. */
  readonly first: number | undefined;
}

/**
 * Tracks the counters of generated ids in tables that the migration created. A rolled-back insert advances a
 * counter, so a resumed migration would get different ids from an uninterrupted one. The journal therefore
 * stores the counters with its rows, and resuming resets them before the first statement that has not run.
 */
export class GeneratedIds {
  readonly #created = new Map<string, CreatedTable>();
  /** Tables written to since their counters were noted. */
  readonly #touched = new Set<string>();
  /** The counters in the last row of an earlier attempt. */
  #noted = new Map<string, number>();

  forget(): void {
    this.#created.clear();
    this.#touched.clear();
    this.#noted.clear();
  }

  /** Records a DDL statement that took effect, in this attempt or an earlier one. */
  changedBy(ddl: Ddl | undefined, statement: ReadText): void {
    const { sql } = statement;
    if (ddl?.effect === 'create' && ddl.objects[0].type === 'TABLE') {
      const [object] = ddl.objects;
      const isCounted = ddl.columns !== undefined || COPIED.test(sql);
      const first = isCounted ? firstId(sql) : undefined;
      // Forgets a dropped table with that name.
      this.#drop(objectKey(object));
      this.#created.set(objectKey(object), { object, first });
    } else if (ddl?.effect === 'drop') {
      for (const object of ddl.objects) this.#drop(objectKey(object));
    } else if (ddl?.effect === 'rename') {
      const [from, to] = ddl.objects;
      const made = this.#created.get(objectKey(from));
      const noted = this.#noted.get(objectKey(from));
      this.#drop(objectKey(from));
      if (made === undefined) return;
      this.#created.set(objectKey(to), { ...made, object: to });
      if (noted !== undefined) this.#noted.set(objectKey(to), noted);
      this.#touched.add(objectKey(to));
    } else if (TRUNCATED.test(sql) || SET.test(sql)) {
      this.#counterSet(statement);
    }
  }

  /** Records a statement that may have generated ids; `anywhere`: even in tables that it does not name. */
  usedBy(statement: ReadText, anywhere: boolean): void {
    for (const key of anywhere ? this.#created.keys() : this.#createdNamedIn(statement)) {
      this.#touched.add(key);
    }
  }

  /** Reads the counters of a row of an earlier attempt. */
  notedBefore(counters: Readonly<Record<string, number>> | undefined): void {
    for (const [key, next] of Object.entries(counters ?? {})) this.#noted.set(key, next);
  }

  get areToNote(): boolean {
    return this.#touched.size > 0;
  }

  /** Reads the counters that may have changed since they were noted, with one query per table. */
  async note(connection: Connection): Promise<Record<string, number>> {
    const counters: Record<string, number> = {};
    for (const key of this.#touched) {
      const object = this.#created.get(key)?.object;
      const next = object && (await nextId(connection, object));
      if (next !== undefined) counters[key] = next;
    }
    this.#touched.clear();
    return counters;
  }

  /**
   * Statements that reset counters which a rolled-back insert has advanced. Needs one query per table, and
   * only when a migration is resumed.
   */
  async restoring(connection: Connection): Promise<string[]> {
    const statements: string[] = [];
    for (const [key, { object, first }] of this.#created) {
      const wanted = this.#noted.get(key) ?? first;
      if (wanted === undefined) continue;
      const now = await nextId(connection, object);
      if (now === undefined || now <= wanted) continue;
      statements.push(`ALTER TABLE ${qualifiedName(object)} AUTO_INCREMENT = ${wanted}`);
    }
    return statements;
  }

  /** Records that the counter of a table was set or reset. */
  #counterSet(statement: ReadText): void {
    const { sql } = statement;
    for (const key of this.#createdNamedIn(statement)) {
      const { object, first } = this.#created.get(key) as CreatedTable;
      const before = this.#noted.get(key) ?? first ?? Number.POSITIVE_INFINITY;
      const next = TRUNCATED.test(sql) ? 1 : firstId(sql);
      this.#noted.delete(key);
      // The server keeps the counter above all existing ids, so the exact value must be read again.
      const isExact = TRUNCATED.test(sql) || next > before;
      this.#created.set(key, { object, first: isExact ? next : undefined });
      this.#touched.add(key);
    }
  }

  /** The keys of created tables that a text names. */
  #createdNamedIn(text: ReadText): string[] {
    const made = [...this.#created].map(([key, { object }]) => ({
      key,
      name: object.name.toLowerCase(),
    }));
    const named = new Set(namedIn(text, new Set(made.map(({ name }) => name))));
    return made.filter(({ name }) => named.has(name)).map(({ key }) => key);
  }

  #drop(key: string): void {
    this.#created.delete(key);
    this.#touched.delete(key);
    this.#noted.delete(key);
  }
}

/** Matches CREATE TABLE … LIKE: the counter of the copy starts at 1. */
const COPIED = /^\s*CREATE\s+TABLE\s+[^\s(]+\s*\(?\s*LIKE\b/i;
const TRUNCATED = /^\s*TRUNCATE\b/i;
const SET = /^\s*ALTER\b.*\bAUTO_INCREMENT\s*=?\s*\d/is;

/** The next generated id; `undefined` if the table does not exist or generates no ids. */
async function nextId(connection: Connection, object: DdlObject): Promise<number | undefined> {
  const definition = await definitionOf(connection, object);
  if (definition === undefined || !/\bAUTO_INCREMENT\b/.test(definition)) return undefined;
  // The server omits the counter while it is 1.
  return Number(/^\).* AUTO_INCREMENT=(\d+)/m.exec(definition)?.[1] ?? 1);
}

/** The option AUTO_INCREMENT of a CREATE TABLE, 1 by default. */
function firstId(sql: string): number {
  return Number(/\bAUTO_INCREMENT\s*=?\s*(\d+)/i.exec(sql)?.[1] ?? 1);
}
