import type { FanfoldError } from '../../../../core/errors.ts';
import { isConnectionLost } from '../../../server/connection-lost.ts';
import { isServerError } from '../../../server/server-error.ts';
import { JournalEntry, type JournaledStatement } from '../../journal/journal-entry.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import type { StatementTraits } from '../../sql/statement-traits.ts';
import { StreamedRows } from '../knex/streamed-rows.ts';
import type { PacketSender, Sending } from './packet-sender.ts';
import { hidesOwnTable, xaRefused } from './refused-statements.ts';
import { SchemaChanges } from './schema-changes.ts';
import { SchemaReach } from './schema-reach.ts';

/** Runs the statements of a migration that no earlier attempt has run, each as its kind requires. */
export class LiveStatements {
  readonly #sender: PacketSender;
  /** Runs the DDL among them. */
  readonly schema: SchemaChanges;
  readonly #reach: SchemaReach;

  constructor(sender: PacketSender) {
    this.#sender = sender;
    this.schema = new SchemaChanges(sender);
    this.#reach = new SchemaReach(sender.session.connection);
  }

  /** Records a statement that an earlier attempt has run and that is skipped now. */
  skipped(statement: SqlStatement, earlier: JournaledStatement): void {
    const { kind } = statement;
    if (kind === 'opaque') this.schema.forgetNames();
    this.#noteIdsOf(statement);
    if (kind === 'ddl') this.schema.skipped(statement, earlier);
  }

  /**
   * Whether a statement that asks about an earlier one would be answered as under plain Knex. A write also
   * needs an open transaction, in which its row can follow it.
   */
  canAnswer({ kind, traits: { asks } }: SqlStatement): boolean {
    if (!isAsking(asks)) return true;
    const { open, wanted } = this.#sender.state;
    const isInside = open === 'single' || open === 'migration' || wanted !== undefined;
    const canBeBare = kind === 'read' || kind === 'session' || (kind === 'write' && isInside);
    return canBeBare && this.#sender.canAnswer(asks);
  }

  /** Runs a statement. If it asks about the previous one, nothing is sent in between. */
  async run(statement: SqlStatement): Promise<Answer> {
    const { kind, sql, traits } = statement;
    let answer: Answer;
    try {
      answer = await this.#run(statement, isAsking(traits.asks));
    } finally {
      // Ids that a failed insert has used are not used again.
      this.#noteIdsOf(statement);
    }
    this.#sender.session.left.add(statement);
    if (kind === 'session') this.#sender.session.isAltered = true;
    const mayHide = kind === 'opaque' && !/^\W*CALL\b/i.test(sql);
    if (traits.changesSqlMode || mayHide) this.#sender.modeChanged();
    return answer;
  }

  /** Starts a stream of rows; calls `onEnd` with the digest that the journal stores. */
  async stream(
    statement: SqlStatement,
    start: (rows: StreamedRows) => Promise<unknown>,
    onEnd: (stored: string) => void,
  ): Promise<{ rows: StreamedRows; ending: Promise<unknown> }> {
    await this.#sender.prepareFor(statement);
    const entry = this.#sender.journal.add(new JournalEntry(statement));
    entry.done = true;
    const rows = new StreamedRows((stored) => {
      onEnd(stored);
      entry.ended(stored);
    });
    return { rows, ending: start(rows) };
  }

  /** Records that a write may have used generated ids. */
  #noteIdsOf(statement: SqlStatement): void {
    const { kind, traits } = statement;
    if (kind !== 'write' && kind !== 'opaque') return;
    this.#sender.ids.usedBy(statement, kind === 'opaque' || traits.callsUnknown);
  }

  #run(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    if (statement.kind === 'opaque') this.schema.forgetNames();
    switch (statement.kind) {
      case 'read':
        return this.#read(statement, isBare);
      case 'session':
        return this.#changeSession(statement, isBare);
      case 'write':
        return this.#write(statement, isBare);
      case 'ddl':
        return this.#changeSchema(statement);
      case 'opaque':
        return this.#runOpaque(statement);
      case 'locking':
        return this.#lockTables(statement);
      case 'unlocking':
        return this.#unlockTables(statement);
      case 'refused':
        throw this.#refused(statement, xaRefused());
    }
  }

  async #send(
    statement: SqlStatement,
    sending: Sending,
    entry = new JournalEntry(statement),
  ): Promise<Answer> {
    const { answer } = await this.#sender.run(statement, entry, sending);
    entry.hasEffect = entry.kind !== 'read' && entry.kind !== 'session';
    return answer;
  }

  /** Runs a read. If it uses a view that calls a function, which may write, it counts as a write and never runs twice. */
  async #read(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    if (isBare) return this.#send(statement, { need: 'bare' });
    if (await this.mayWrite(statement)) {
      const entry = new JournalEntry({ ...statement, kind: 'write' });
      return this.#send(statement, { need: 'single' }, entry);
    }
    return this.#send(statement, { need: 'transaction' });
  }

  /** Whether a query may write although its text does not show that. */
  mayWrite(statement: SqlStatement): Promise<boolean> {
    return this.#reach.mayWrite(statement, (read) => this.#reading(read));
  }

  /** Runs a write. If it commits itself, its row is committed together with it. */
  async #write(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    const { state } = this.#sender;
    if (isBare) return this.#send(statement, { need: 'bare' });
    if (!state.tablesLocked && (await this.#isForGood(statement))) {
      return this.#writeForGood(statement);
    }
    return this.#send(statement, { need: 'single' });
  }

  /** Whether a rollback would not undo the rows that the statement may write. */
  #isForGood(statement: SqlStatement): Promise<boolean> {
    return this.#reach.writesForGood(statement, (read) => this.#reading(read));
  }

  /** Runs a write that a rollback does not undo. As for DDL, its intent must be durable first. */
  async #writeForGood(statement: SqlStatement): Promise<Answer> {
    const { session, journal } = this.#sender;
    try {
      return await this.#send(statement, { need: 'for good', intent: true });
    } catch (error) {
      // Some of its rows may have been written.
      journal.endUnknown(statement.number);
      session.endUnknown ||= isConnectionLost(error);
      throw error;
    }
  }

  async #changeSchema(statement: SqlStatement): Promise<Answer> {
    const answer = await this.schema.run(statement);
    this.#reach.forget(statement.sql, this.#sender.session.isAltered);
    return answer;
  }

  /** Runs CALL and the like. Any commit of the statement also commits its row. */
  async #runOpaque(statement: SqlStatement): Promise<Answer> {
    const { session, journal, state } = this.#sender;
    if (!state.tablesLocked && (await this.#isForGood(statement))) {
      return this.#writeForGood(statement);
    }
    try {
      const need = 'unknown effect';
      const answer = await this.#send(statement, { need, intent: !state.tablesLocked });
      if (this.#sender.state.open === 'none') this.#sender.committed();
      return answer;
    } catch (error) {
      journal.endUnknown(statement.number);
      session.endUnknown ||= isConnectionLost(error);
      session.maybePartial ||= statement.several && isServerError(error);
      throw error;
    }
  }

  /** Runs a statement that changes the session, which is not part of a transaction. */
  async #changeSession(statement: SqlStatement, isBare: boolean): Promise<Answer> {
    const { session, state } = this.#sender;
    const { changesDatabase, changesAutocommit } = statement.traits;
    const hidden = statement.traits.temporary.find((name) => session.facts.ownTables.has(name));
    if (hidden !== undefined) throw this.#refused(statement, hidesOwnTable(hidden));
    if (changesDatabase) {
      session.changedDatabase = true;
      this.schema.forgetNames();
      this.#reach.forget(statement.sql);
    }
    // Switching autocommit on commits the open transaction.
    const mayCommit = state.open === 'migration' && changesAutocommit;
    const need = isBare ? 'bare' : mayCommit ? 'implicit commit' : 'apart';
    const answer = await this.#send(statement, { need, intent: mayCommit });
    if (mayCommit && this.#sender.state.open === 'none') this.#sender.committed();
    return answer;
  }

  async #lockTables(statement: SqlStatement): Promise<Answer> {
    const entry = new JournalEntry(statement);
    const answer = await this.#send(statement, { need: 'implicit commit', intent: true }, entry);
    this.#sender.committed();
    this.#sender.tell({ type: 'tables locked' });
    // Until the tables are unlocked, its row represents all rows that cannot be written.
    Object.assign(entry, { done: false, written: true, hasEffect: true });
    return answer;
  }

  async #unlockTables(statement: SqlStatement): Promise<Answer> {
    const { tablesLocked } = this.#sender.state;
    const answer = await this.#send(statement, { need: 'transaction' });
    if (tablesLocked) await this.#unlocked();
    return answer;
  }

  /** Unlocks tables that a migration has left locked, so that its record can be written. */
  async unlockTables(): Promise<void> {
    if (!this.#sender.state.tablesLocked) return;
    await this.#sender.control('UNLOCK TABLES', 'transaction');
    await this.#unlocked();
  }

  /** Writes the rows of statements that ran under the locks, which unlocking has committed. */
  async #unlocked(): Promise<void> {
    const { journal } = this.#sender;
    this.#sender.tell({ type: 'tables unlocked' });
    for (const entry of journal.entries) {
      if (entry.kind === 'locking') Object.assign(entry, { done: true, written: false });
    }
    const write = journal.write();
    if (write !== undefined) await this.#sender.write([write]);
    this.#sender.committed();
  }

  #refused(statement: SqlStatement, error: FanfoldError): FanfoldError {
    this.#sender.session.failedAt(error, statementRef(statement));
    return error;
  }

  #reading<Result>(read: () => Promise<Result>): Promise<Result> {
    return this.#sender.reading(read);
  }
}

function isAsking({ rowCount, foundRows, diagnostics }: StatementTraits['asks']): boolean {
  return rowCount || foundRows || diagnostics;
}
