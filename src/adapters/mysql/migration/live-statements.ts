import { FanfoldError } from '../../../core/errors.ts';
import { isConnectionLost } from '../connection/connection-lost.ts';
import { isServerError } from '../connection/server-error.ts';
import { effectOf } from '../journal/ddl-effect.ts';
import type { JournaledStatement } from '../journal/journal-entry.ts';
import { NamesBefore, namesIn } from '../journal/names-before.ts';
import { definitionOf, stateOf } from '../journal/object-state.ts';
import { type SqlStatement, statementRef } from '../journal/sql-statement.ts';
import { LOOKED_UP } from '../journal/statement-journal.ts';
import { type Answer, DDL_ANSWER, isStoredError } from '../journal/stored-answer.ts';
import { type Ddl, parseDdl } from '../sql/ddl.ts';
import { ForeseenStatements } from './foreseen-statements.ts';
import type { StatementSender } from './statement-sender.ts';
import { UntransactedTables } from './untransacted-tables.ts';

/** Runs the statements of a migration, each in the way that its kind asks for. */
export class LiveStatements {
  readonly #sender: StatementSender;
  readonly #names = new NamesBefore();
  /** Under LOCK TABLES the journal cannot be written. */
  #tablesLocked = false;
  /** Whether an earlier attempt may have run statements that have no row: what is told by name. */
  #isResumed = false;
  readonly #foreseen: ForeseenStatements;
  readonly #untransacted: UntransactedTables;

  constructor(sender: StatementSender) {
    this.#sender = sender;
    this.#foreseen = new ForeseenStatements(sender, this.#names);
    this.#untransacted = new UntransactedTables(sender.session.connection);
  }

  startMigration(isResumed: boolean): void {
    this.#names.forget();
    this.#tablesLocked = false;
    this.#isResumed = isResumed;
    this.#foreseen.forget();
  }

  /** An earlier attempt has run this statement. */
  skipped({ kind, sql }: SqlStatement, { objects, answer }: JournaledStatement): void {
    if (kind === 'opaque') this.#names.forget();
    if (kind !== 'ddl') return;
    for (const object of objects ?? []) {
      if (object.names !== undefined) this.#names.see(object, object.names);
    }
    if (!isStoredError(answer)) this.#names.changedBy(parseDdl(sql), sql);
  }

  /** What came of a statement that was sent along with one before it; `undefined` where it was not. */
  ranEarly(statement: SqlStatement): Promise<Answer | undefined> {
    return this.#foreseen.answerTo(statement);
  }

  async run(statement: SqlStatement): Promise<Answer> {
    if (statement.kind === 'ddl') return this.#changeSchema(statement);
    await this.#sender.record.send();
    if (statement.kind === 'read') return this.#join(statement);
    if (statement.kind === 'session') return this.#changeSession(statement);
    if (statement.kind === 'opaque') this.#names.forget();
    switch (statement.kind) {
      case 'write':
        return this.#write(statement);
      case 'opaque':
        return this.#runOpaque(statement);
      case 'locking':
        return this.#lockTables(statement);
      case 'unlocking':
        return this.#unlockTables(statement);
      case 'refused': {
        const error = xaRefused();
        this.#sender.session.failedAt(error, statementRef(statement));
        throw error;
      }
    }
  }

  /** In the transaction that is open or wanted: a statement's row then shares its fate. */
  async #join(statement: SqlStatement): Promise<Answer> {
    const opening = this.#sender.opening();
    const entry = this.#sender.enter(statement);
    const answer = await this.#sender.send(statement, entry, opening);
    entry.hasEffect = statement.kind === 'write';
    return answer;
  }

  /** A write that commits itself does so together with its row. */
  async #write(statement: SqlStatement): Promise<Answer> {
    const { session } = this.#sender;
    if (!this.#tablesLocked && (await this.#untransacted.areNamedIn(statement.sql))) {
      return this.#writeForGood(statement);
    }
    const isOpen = session.inTransaction && !session.bookkeepingOnly;
    if (session.wantsTransaction || !session.autocommit || isOpen || this.#tablesLocked) {
      return this.#join(statement);
    }
    const starting = this.#sender.starting();
    const entry = this.#sender.enter(statement);
    let answer: Answer;
    try {
      answer = await this.#sender.send(statement, entry, starting);
    } catch (error) {
      if (isServerError(error)) await this.#sender.rollback();
      throw error;
    }
    entry.hasEffect = true;
    await this.#sender.commit();
    return answer;
  }

  /** Nothing takes back what is written without a transaction: as for DDL, its intent is durable first. */
  async #writeForGood(statement: SqlStatement): Promise<Answer> {
    const { session, journal } = this.#sender;
    const entry = this.#sender.enter(statement);
    await this.#sender.commit();
    try {
      const answer = await this.#sender.send(statement, entry);
      entry.hasEffect = true;
      return answer;
    } catch (error) {
      // Some of its rows may be there.
      journal.endUnknown(statement.number);
      session.endUnknown ||= isConnectionLost(error);
      throw error;
    }
  }

  /** DDL commits what is sent before it, so that its intent is durable when it runs. */
  async #changeSchema(statement: SqlStatement): Promise<Answer> {
    const { session, journal } = this.#sender;
    const ddl = parseDdl(statement.sql);
    const isToldByName = this.#isToldByName(ddl);
    if (isToldByName && this.#isResumed && (await this.#isThere(ddl))) {
      this.#sender.enter(statement).foundDone(DDL_ANSWER);
      this.#names.changedBy(ddl, statement.sql);
      return DDL_ANSWER;
    }
    const needsIntent = journal.isKept && !isToldByName && !this.#tablesLocked;
    const before = needsIntent ? await this.#before(statement, ddl) : {};
    const entry = this.#sender.enter(statement);
    Object.assign(entry, before);
    if (!needsIntent) await this.#sender.record.send();
    // An attempt that goes on with another one looks first whether such a statement was run.
    const behind =
      this.#isResumed || this.#tablesLocked ? [] : this.#foreseen.behind(statement, ddl);
    try {
      const intent = needsIntent ? this.#sender.intent() : [];
      const answer =
        behind.length > 0
          ? await this.#foreseen.send(behind, statement, entry, intent)
          : await this.#sender.send(statement, entry, intent);
      // What tells its end is of no more use.
      Object.assign(entry, { hasEffect: true, statesBefore: undefined });
      this.#sender.committed();
      if (behind.length === 0) this.#names.changedBy(ddl, statement.sql);
      this.#untransacted.forget(statement.sql);
      return answer;
    } catch (error) {
      this.#names.forget();
      session.endUnknown ||= isConnectionLost(error);
      throw error;
    }
  }

  /** CALL and the like: whatever commits them commits their row. */
  async #runOpaque(statement: SqlStatement): Promise<Answer> {
    const { session } = this.#sender;
    const isAlone = !session.wantsTransaction && session.autocommit && !this.#tablesLocked;
    const before = this.#tablesLocked ? [] : [...this.#sender.opening()];
    const entry = this.#sender.enter(statement);
    if (!this.#tablesLocked) before.push(...this.#sender.intent());
    try {
      const answer = await this.#sender.send(statement, entry, before);
      entry.hasEffect = true;
      if (isAlone) await this.#sender.commit();
      else if (!session.inTransaction) this.#sender.committed();
      return answer;
    } catch (error) {
      this.#sender.journal.endUnknown(statement.number);
      session.endUnknown ||= isConnectionLost(error);
      session.maybePartial ||= statement.several && isServerError(error);
      throw error;
    }
  }

  /** What belongs to the session is no part of a transaction. */
  async #changeSession(statement: SqlStatement): Promise<Answer> {
    const { session } = this.#sender;
    if (/^\s*(?:\/\*[\s\S]*?\*\/\s*)*USE\b/i.test(statement.sql)) {
      session.changedDatabase = true;
      this.#names.forget();
      this.#untransacted.forget(statement.sql);
    }
    // Turning autocommit on commits.
    const mayCommit = session.inTransaction && /\bautocommit\b/i.test(statement.sql);
    const before = [...(mayCommit ? this.#sender.intent() : []), ...this.#sender.ending()];
    const entry = this.#sender.enter(statement);
    const answer = await this.#sender.send(statement, entry, before);
    if (mayCommit && !session.inTransaction) this.#sender.committed();
    return answer;
  }

  async #lockTables(statement: SqlStatement): Promise<Answer> {
    const entry = this.#sender.enter(statement);
    const answer = await this.#sender.send(statement, entry, this.#sender.intent());
    this.#sender.committed();
    this.#tablesLocked = true;
    // Until the tables are unlocked its row stands for all that cannot be written.
    Object.assign(entry, { done: false, written: true, hasEffect: true });
    return answer;
  }

  async #unlockTables(statement: SqlStatement): Promise<Answer> {
    const answer = await this.#sender.send(statement, this.#sender.enter(statement));
    if (!this.#tablesLocked) return answer;
    this.#tablesLocked = false;
    for (const entry of this.#sender.journal.entries) {
      if (entry.kind === 'locking') Object.assign(entry, { done: true, written: false });
    }
    // Unlocking has committed what was done under the locks.
    await this.#sender.commit();
    return answer;
  }

  /** Whether its being there will tell that it was run. */
  #isToldByName(ddl: Ddl | undefined): ddl is Extract<Ddl, { effect: 'alter' }> {
    const { session, journal } = this.#sender;
    return (
      this.#names.areNewIn(ddl) &&
      // It would commit rows that are not in the journal, or hide what was read or failed before it.
      (!session.inTransaction || session.bookkeepingOnly) &&
      journal.entries.every(
        ({ written, kind, hasEffect }) =>
          written || (kind === 'ddl' && hasEffect) || kind === 'session',
      )
    );
  }

  async #isThere(ddl: Extract<Ddl, { effect: 'alter' }>): Promise<boolean> {
    const definition = await definitionOf(this.#sender.session.connection, ddl.objects[0]);
    return effectOf(ddl, [definition]) === 'there';
  }

  /** What a later attempt tells from whether the statement took effect. */
  async #before(
    statement: SqlStatement,
    ddl: Ddl | undefined,
  ): Promise<Pick<JournaledStatement, 'objects' | 'statesBefore'>> {
    if (ddl === undefined) return {};
    const { connection, changedDatabase } = this.#sender.session;
    const isTable = ddl.effect === 'create' && ddl.objects[0].type === 'TABLE';
    // The server looks that up while it writes the row, which spares a way to it.
    if (isTable && !changedDatabase) return { objects: ddl.objects, statesBefore: LOOKED_UP };
    try {
      const definitions: (string | undefined)[] = [];
      for (const object of ddl.objects) definitions.push(await definitionOf(connection, object));
      const statesBefore = definitions.map(stateOf);
      const [definition] = definitions;
      if (ddl.effect !== 'alter' || definition === undefined || this.#names.knows(ddl.objects[0])) {
        return { objects: ddl.objects, statesBefore };
      }
      const names = namesIn(definition);
      this.#names.see(ddl.objects[0], names);
      return { objects: [{ ...ddl.objects[0], names }], statesBefore };
    } catch (error) {
      this.#sender.session.failedAt(error, statementRef(statement));
      throw error;
    }
  }
}

function xaRefused(): FanfoldError {
  return new FanfoldError(
    'StatementRefused',
    'XA transactions cannot be run by a migration: one that is prepared outlives its connection, and holds its locks.',
    { fault: 'migration', nextStep: 'Use an ordinary transaction: knex.transaction().' },
  );
}
