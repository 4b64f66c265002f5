import type { SessionLeft } from '../bookkeeping/session-left.ts';
import type { SqlStatement } from './sql-statement.ts';

/** Longer settings are not kept. */
const LONGEST = 1_000;

/**
 * Collects what a migration leaves in the session. Under plain Knex the next migration finds it there;
 * after a killed run the settings are made again in the new session, and what else is needed of it is a
 * label. Variables may hold anything, so their values are never written down.
 */
export class LeftInSession {
  readonly #settings: string[] = [];
  readonly #variables = new Set<string>();
  readonly #temporary = new Set<string>();
  readonly #prepared = new Set<string>();

  /** A statement was run. */
  add({ kind, sql, bindings, traits }: SqlStatement): void {
    for (const name of traits.setsVariables) this.#variables.add(name);
    if (kind !== 'session') return;
    const isMade = /^\s*CREATE\b/i.test(sql);
    for (const name of traits.temporary) {
      if (isMade) this.#temporary.add(name);
      else this.#temporary.delete(name);
    }
    const { prepared } = traits;
    if (prepared?.verb === 'PREPARE') this.#prepared.add(prepared.name);
    if (prepared?.verb === 'DEALLOCATE') this.#prepared.delete(prepared.name);
    const isSetting = /^\s*SET\b/i.test(sql) && !/\bSELECT\b/i.test(sql);
    const isPlain =
      bindings.length === 0 && traits.setsVariables.length === 0 && !traits.isVolatile;
    if (isSetting && isPlain && traits.readsVariables.length === 0 && sql.length <= LONGEST) {
      this.#settings.push(sql);
    }
  }

  /** `undefined` if the session is as it was. */
  get left(): SessionLeft | undefined {
    const left = {
      settings: this.#settings,
      variables: [...this.#variables],
      temporary: [...this.#temporary],
      prepared: [...this.#prepared],
    };
    return Object.values(left).some((each) => each.length > 0) ? left : undefined;
  }
}
