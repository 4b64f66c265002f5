import type { Ddl } from '../../../sql/ddl.ts';
import { type DdlObject, objectKey } from '../../../sql/ddl-object.ts';

/** The tables that migrations of this attempt have created: nobody else uses them yet. */
export class NewTables {
  readonly #created = new Set<string>();
  readonly #temporary = new Set<string>();

  /** Whether the table is new, or temporary. */
  has(table: DdlObject | undefined): boolean {
    if (table === undefined || table.type !== 'TABLE') return false;
    return (
      this.#created.has(objectKey(table)) ||
      (table.schema === undefined && this.#temporary.has(table.name.toLowerCase()))
    );
  }

  /** Records a statement that took effect. */
  changedBy(ddl: Ddl | undefined, sql: string): void {
    switch (ddl?.effect) {
      case 'create':
        this.#created.add(objectKey(ddl.objects[0]));
        return;
      case 'drop':
        for (const object of ddl.objects) this.#created.delete(objectKey(object));
        return;
      case 'rename': {
        const [from, to] = ddl.objects;
        const wasNew = this.#created.delete(objectKey(from));
        if (wasNew) this.#created.add(objectKey(to));
        else this.#created.delete(objectKey(to));
        return;
      }
      case undefined:
        // Names may have been exchanged.
        if (/\bRENAME\b/i.test(sql)) this.#created.clear();
        return;
      default:
    }
  }

  /** Records that a session statement created or dropped temporary tables. */
  temporary(sql: string, names: readonly string[]): void {
    const isCreated = /^\s*CREATE\b/i.test(sql);
    for (const name of names) {
      if (isCreated) this.#temporary.add(name.toLowerCase());
      else this.#temporary.delete(name.toLowerCase());
    }
  }

  /** Forgets the tables after a statement with unknown effects. */
  forget(): void {
    this.#created.clear();
  }
}
