import type { SessionLeft } from '../bookkeeping/session-left.ts';
import type { SqlStatement } from './sql-statement.ts';

/** The maximum length of a setting in characters; longer ones are not kept. */
const LONGEST = 1_000;

/**
 * Collects the settings and objects that a migration leaves in its session, where the next migration finds
 * them under plain Knex. After a killed run, the settings are applied again in the new session; a migration
 * that needs anything else of the session gets a label. Values of variables are never stored, because they
 * may contain private data.
 */
export class LeftInSession {
  readonly #settings: string[] = [];
  readonly #variables = new Set<string>();
  readonly #temporary = new Set<string>();
  readonly #prepared = new Set<string>();

  /** Adds a statement that was run. */
  add({ kind, sql, bindings, traits }: SqlStatement): void {
    for (const name of traits.setsVariables) this.#variables.add(name);
    if (kind !== 'session') return;
    const isCreated = /^\s*CREATE\b/i.test(sql);
    for (const name of traits.temporary) {
      if (isCreated) this.#temporary.add(name);
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

  /** The collected settings and objects; `undefined` if the session is unchanged. */
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
