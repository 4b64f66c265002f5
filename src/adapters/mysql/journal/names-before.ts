import type { Ddl } from '../sql/ddl.ts';
import type { DdlClause } from '../sql/ddl-clauses.ts';
import { type DdlObject, objectKey } from '../sql/ddl-object.ts';
import { tableParts } from './object-state.ts';

type Alteration = Extract<Ddl, { effect: 'alter' }>;

/** Clauses whose name proves the effect. Columns do not count: they distinguish the migration's table from others. */
const PROVEN_BY_NAME = new Set<string>(['key', 'foreign key', 'check']);

/** Matches generated names: `orders_ibfk_1`, `orders_chk_1`, `CONSTRAINT_1`. */
const GIVEN_BY_SERVER = /_(?:ibfk|chk)_\d+$|^constraint_\d+$/;

/** The known names in a table. */
interface Names {
  readonly table: DdlObject;
  /** In lower case. */
  readonly taken: Set<string>;
  /** The statement that created the table, in lower case, which may contain further names. */
  readonly createdBy: string;
}

/**
 * Tracks the names of indexes and constraints that tables had before the migration changed them. Only the
 * migration itself can have added a name that was not among them, so its existence proves that the
 * statement ran.
 */
export class NamesBefore {
  readonly #tables = new Map<string, Names>();

  /** Records the names that a table had before the first statement about it. */
  see(table: DdlObject, names: readonly string[]): void {
    const key = objectKey(table);
    if (!this.#tables.has(key))
      this.#tables.set(key, { table, taken: new Set(names), createdBy: '' });
  }

  knows(table: DdlObject): boolean {
    return this.#tables.has(objectKey(table));
  }

  /** Whether the statement only adds indexes and constraints with new names. */
  areNewIn(ddl: Ddl | undefined): ddl is Alteration {
    if (ddl?.effect !== 'alter') return false;
    const names = this.#tables.get(objectKey(ddl.objects[0]));
    return names !== undefined && ddl.clauses.every((clause) => isNew(clause, names));
  }

  /** Records a statement that took effect. */
  changedBy(ddl: Ddl | undefined, sql: string): void {
    switch (ddl?.effect) {
      case 'create': {
        const key = objectKey(ddl.objects[0]);
        // The names of a table created LIKE another one are not in the statement.
        if (ddl.columns === undefined) this.#tables.delete(key);
        else
          this.#tables.set(key, {
            table: ddl.objects[0],
            taken: new Set(),
            createdBy: sql.toLowerCase(),
          });
        return;
      }
      case 'alter': {
        const names = this.#tables.get(objectKey(ddl.objects[0]));
        for (const clause of ddl.clauses) {
          if (clause.does === 'rename') names?.taken.add(clause.to.toLowerCase());
          else if ('name' in clause) names?.taken.add(clause.name.toLowerCase());
        }
        return;
      }
      case 'drop':
      case 'rename':
        for (const object of ddl.objects) this.#tables.delete(objectKey(object));
        return;
      default:
        this.forget();
    }
  }

  /** The tables whose names are known. */
  tables(): DdlObject[] {
    return [...this.#tables.values()].map(({ table }) => table);
  }

  /**
   * A name that the table has although it did not have it before and no recorded statement added it. Names
   * that servers generate are ignored.
   */
  unaccounted(table: DdlObject, actual: readonly string[]): string | undefined {
    const names = this.#tables.get(objectKey(table));
    if (names === undefined) return undefined;
    const { taken, createdBy } = names;
    return actual.find(
      (name) => !taken.has(name) && !createdBy.includes(name) && !GIVEN_BY_SERVER.test(name),
    );
  }

  /** Forgets everything after a statement with unknown effects. */
  forget(): void {
    this.#tables.clear();
  }
}

/** The names of a table's indexes and constraints, in lower case, from its `SHOW CREATE TABLE`. */
export function namesIn(definition: string): string[] {
  const { keys, constraints } = tableParts(definition);
  return [...new Set([...keys, ...constraints])];
}

function isNew(clause: DdlClause, { taken, createdBy }: Names): boolean {
  if (clause.does !== 'add' || !PROVEN_BY_NAME.has(clause.what) || !('name' in clause))
    return false;
  const name = clause.name.toLowerCase();
  return !taken.has(name) && !createdBy.includes(name);
}
