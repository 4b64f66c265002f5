import type { Ddl } from '../sql/ddl.ts';
import type { DdlClause } from '../sql/ddl-clauses.ts';
import { type DdlObject, objectKey } from '../sql/ddl-object.ts';
import { tableParts } from './object-state.ts';

type Alteration = Extract<Ddl, { effect: 'alter' }>;

/** Not columns: by them a table that somebody else made is told from the migration's own. */
const TOLD_BY_NAME = new Set<string>(['key', 'foreign key', 'check']);

/** `orders_ibfk_1`, `orders_chk_1`, `CONSTRAINT_1`. */
const GIVEN_BY_SERVER = /_(?:ibfk|chk)_\d+$|^constraint_\d+$/;

/** The names in a table, as far as they are known. */
interface Names {
  readonly table: DdlObject;
  /** In lower case. */
  readonly taken: Set<string>;
  /** The statement that made the table, in lower case: it may name some itself. */
  readonly madeBy: string;
}

/**
 * Names of indexes and constraints that tables had when the migration came to them. One that was not
 * among them can have come from nobody else: whether it was added is told by its being there.
 */
export class NamesBefore {
  readonly #tables = new Map<string, Names>();

  /** The names that a table had before the first statement about it. */
  see(table: DdlObject, names: readonly string[]): void {
    const key = objectKey(table);
    if (!this.#tables.has(key)) this.#tables.set(key, { table, taken: new Set(names), madeBy: '' });
  }

  knows(table: DdlObject): boolean {
    return this.#tables.has(objectKey(table));
  }

  /** Whether the statement does no more than add indexes and constraints by names that are new. */
  areNewIn(ddl: Ddl | undefined): ddl is Alteration {
    if (ddl?.effect !== 'alter') return false;
    const names = this.#tables.get(objectKey(ddl.objects[0]));
    return names !== undefined && ddl.clauses.every((clause) => isNew(clause, names));
  }

  /** A statement has taken effect. */
  changedBy(ddl: Ddl | undefined, sql: string): void {
    switch (ddl?.effect) {
      case 'create': {
        const key = objectKey(ddl.objects[0]);
        // One that is made like another one has names that nobody wrote down.
        if (ddl.columns === undefined) this.#tables.delete(key);
        else
          this.#tables.set(key, {
            table: ddl.objects[0],
            taken: new Set(),
            madeBy: sql.toLowerCase(),
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
   * A name that the table has now although it did not have it before, and no statement that was seen since
   * has added it. Names that servers give by themselves count as accounted for.
   */
  unaccounted(table: DdlObject, actual: readonly string[]): string | undefined {
    const names = this.#tables.get(objectKey(table));
    if (names === undefined) return undefined;
    const { taken, madeBy } = names;
    return actual.find(
      (name) => !taken.has(name) && !madeBy.includes(name) && !GIVEN_BY_SERVER.test(name),
    );
  }

  /** Something may have been done of which nothing is known. */
  forget(): void {
    this.#tables.clear();
  }
}

/** The names of a table's indexes and constraints, in lower case, from what `SHOW CREATE TABLE` says. */
export function namesIn(definition: string): string[] {
  const { keys, constraints } = tableParts(definition);
  return [...new Set([...keys, ...constraints])];
}

function isNew(clause: DdlClause, { taken, madeBy }: Names): boolean {
  if (clause.does !== 'add' || !TOLD_BY_NAME.has(clause.what) || !('name' in clause)) return false;
  const name = clause.name.toLowerCase();
  return !taken.has(name) && !madeBy.includes(name);
}
