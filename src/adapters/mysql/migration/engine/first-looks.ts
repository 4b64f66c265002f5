import type { Look } from '../../locks/lock-packet.ts';
import type { DdlObject } from '../../sql/ddl-object.ts';

/**
 * Remembers the table that the first statement of a tenant's run has changed. The same migrations run for the next
 * tenant, so its definition is read there with the locks, which saves the round trip before the statement.
 */
export class FirstLooks {
  #table: string | undefined;

  /** The table whose definition will probably be needed. */
  get next(): string | undefined {
    return this.#table;
  }

  /** Remembers a table. Other objects, and tables of a database that was named, differ from tenant to tenant. */
  learn(object: DdlObject): void {
    if (isOwnTable(object)) this.#table = object.name;
  }

  /** Forgets it, because a run did not need it. */
  forget(): void {
    this.#table = undefined;
  }
}

/** The definition that was read with the locks of one run, for the first statement of its first migration. */
export class FirstLook {
  readonly #looks: FirstLooks;
  #read: Look | undefined;

  constructor(looks: FirstLooks, read: Look | undefined) {
    this.#looks = looks;
    this.#read = read;
  }

  /** The definition of the object that the first statement changes; `undefined` if another one was read. */
  take(object: DdlObject): string | undefined {
    this.#looks.learn(object);
    const read = this.#read;
    if (read?.table !== object.name || !isOwnTable(object)) return undefined;
    this.#read = undefined;
    return read.definition;
  }

  /** Ends with the first migration: a definition that it did not need is not read for the next tenant. */
  end(): void {
    if (this.#read !== undefined) this.#looks.forget();
  }
}

function isOwnTable({ type, schema }: DdlObject): boolean {
  return type === 'TABLE' && schema === undefined;
}
