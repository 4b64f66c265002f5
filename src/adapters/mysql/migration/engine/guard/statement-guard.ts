import {
  type EffectiveGuard,
  effectiveGuard,
  isAsserted,
} from '../../../../../core/safety/guard/effective-guard.ts';
import { cannotBeGuarded, wouldLockTables } from '../../../../../core/safety/guard/guard-errors.ts';
import type {
  GuardSettings,
  MigrationSafety,
} from '../../../../../core/safety/guard/guard-settings.ts';
import { type SqlStatement, statementRef } from '../../../journal/sql-statement.ts';
import { type Ddl, parseDdl } from '../../../sql/ddl.ts';
import { type DdlObject, objectKey } from '../../../sql/ddl-object.ts';
import { guardedStatement } from '../../../sql/guarded-statement.ts';
import type { MigrationSession } from '../migration-session.ts';
import { GuardedSending } from './guarded-sending.ts';
import { NewTables } from './new-tables.ts';

const SETS_ALGORITHM = 'the session sets alter_algorithm; give ALGORITHM in the statement';

const NO_GUARD = effectiveGuard(undefined, undefined);

/**
 * Holds the statements of migrations to the limits of `safety`: decides which of them are sent with clauses that
 * make the server refuse anything beyond the limits, and refuses those about which no clause says anything.
 */
export class StatementGuard {
  readonly #session: MigrationSession;
  readonly #new = new NewTables();
  #guard: EffectiveGuard = NO_GUARD;
  /** Whether the session sets MariaDB's alter_algorithm, which a clause would override. */
  #setsAlgorithm = false;

  constructor(session: MigrationSession) {
    this.#session = session;
  }

  /** Starts a migration with its own limits over those of the run. */
  startMigration(run: GuardSettings | undefined, own: MigrationSafety | undefined): void {
    // On a scratch database, an observer sends the statements in ways of its own.
    this.#guard = this.#session.facts.observer === undefined ? effectiveGuard(run, own) : NO_GUARD;
  }

  /** Whether migrations of this attempt have created the table, or it is temporary. */
  isNew(table: DdlObject): boolean {
    return this.#new.has(table);
  }

  /** The limits of the migration. */
  get limits(): EffectiveGuard {
    return this.#guard;
  }

  /** Records a statement that took effect, now or in an earlier attempt. */
  ran(statement: SqlStatement, ddl: Ddl | undefined = undefined): void {
    const { kind, sql, traits } = statement;
    if (kind === 'ddl') this.#new.changedBy(ddl, sql);
    if (kind === 'opaque' || traits.changesDatabase) this.#new.forget();
    if (kind === 'session') {
      this.#new.temporary(sql, traits.temporary);
      const [, value] = /\balter_algorithm\b`?\s*:?=\s*'?(\w+)/i.exec(sql) ?? [];
      if (value !== undefined) this.#setsAlgorithm = /^(?:INSTANT|NOCOPY|3|4)$/i.test(value);
    }
  }

  /** Throws if a statement that is not DDL may go beyond the limits. Nothing was sent then. */
  check(statement: SqlStatement): void {
    const { kind, sql, mode, several } = statement;
    if ((kind !== 'opaque' && kind !== 'locking' && !several) || !isAsserted(this.#guard)) return;
    const judged = guardedStatement(sql, mode, { kind, several });
    if (judged.guard === 'none') throw this.refused(statement, cannotBeGuarded(judged.why));
    if (judged.guard !== 'locks') return;
    const { lock } = this.#guard;
    if (lock === 'none' || (lock === 'shared' && judged.lock === 'EXCLUSIVE'))
      throw this.refused(statement, wouldLockTables(lock));
  }

  /** Ends the attempt with this error about a statement, even if the migration catches it. Returns the error. */
  refused<Refusal extends Error>(statement: SqlStatement, error: Refusal): Refusal {
    this.#session.failedAt(error, statementRef(statement));
    this.#session.refuse(error);
    return error;
  }

  /** Whether a statement may share the packet of an earlier one, although each guarded statement has its own. */
  mayShare(next: Ddl, earlier: Ddl | undefined): boolean {
    if (!isAsserted(this.#guard) && !this.#guard.keep) return true;
    const [table] = next.objects;
    const [created] = earlier?.effect === 'create' ? earlier.objects : [];
    const isJustCreated =
      table !== undefined && created !== undefined && objectKey(table) === objectKey(created);
    return isJustCreated || this.#new.has(table);
  }

  /**
   * The forms in which a DDL statement has to be sent; `undefined` if it is sent as it is. Throws
   * `CannotBeGuarded` if no form can hold the server to the limits.
   *
   * @param text the statement with its values
   */
  sendingOf(own: SqlStatement, text: string): GuardedSending | undefined {
    const { kind, sql, mode, several } = own;
    if (kind !== 'ddl' || !isAsserted(this.#guard)) return undefined;
    const statement = guardedStatement(text, mode, { kind, several });
    if (statement.guard === 'none' && !this.#new.has(parseDdl(sql, mode)?.objects[0]))
      throw this.refused(own, cannotBeGuarded(statement.why));
    if (statement.guard !== 'clauses' || this.#new.has(statement.forms.table)) return undefined;
    const { connection, isMariaDB: isMariaDb, sqlMode } = this.#session;
    if (this.#setsAlgorithm && isMariaDb && statement.forms.own.algorithm === undefined)
      throw this.refused(own, cannotBeGuarded(SETS_ALGORITHM));
    return new GuardedSending({
      statement,
      text,
      guard: this.#guard,
      connection,
      isMariaDb,
      sqlMode,
      refuse: (error) => this.refused(own, error),
    });
  }
}
