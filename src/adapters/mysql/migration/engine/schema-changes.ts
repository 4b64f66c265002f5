import { isConnectionLost } from '../../../server/connection-lost.ts';
import { effectOf } from '../../journal/ddl-effect.ts';
import { JournalEntry, type JournaledStatement } from '../../journal/journal-entry.ts';
import { NamesBefore, namesIn } from '../../journal/names-before.ts';
import { definitionOf, stateOf } from '../../journal/object-state.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import { LOOKED_UP } from '../../journal/statement-journal.ts';
import { type Answer, DDL_ANSWER, isStoredError } from '../../journal/stored-answer.ts';
import { type Ddl, parseDdl } from '../../sql/ddl.ts';
import type { DdlObject } from '../../sql/ddl-object.ts';
import { ForeseenStatements } from './foreseen-statements.ts';
import type { StatementGuard } from './guard/statement-guard.ts';
import type { PacketSender } from './packet-sender.ts';
import type { Sending } from './sending.ts';
import type { StatementSender } from './statement-sender.ts';

/** An ALTER that only adds things with new names. */
type Alteration = Extract<Ddl, { effect: 'alter' }>;

/**
 * Runs the DDL of a migration, and records what shows a later attempt whether a statement took effect: the
 * state of its objects before it, or a name that was new.
 */
export class SchemaChanges {
  readonly #sender: PacketSender;
  readonly #statements: StatementSender;
  readonly #names = new NamesBefore();
  readonly #foreseen: ForeseenStatements;
  /** Whether an earlier attempt may have run statements without a row: those that are determined by name. */
  #isResumed = false;

  constructor(sender: PacketSender, statements: StatementSender) {
    this.#sender = sender;
    this.#statements = statements;
    this.#foreseen = new ForeseenStatements(sender, statements, this.#names);
  }

  /** Forgets the previous migration. `isResumed`: an earlier attempt has started this one. */
  startMigration(isResumed: boolean): void {
    this.#names.forget();
    this.#isResumed = isResumed;
    this.#foreseen.forget();
  }

  /** Forgets all names, because a statement may have changed any table. */
  forgetNames(): void {
    this.#names.forget();
  }

  /** Records a statement that an earlier attempt has run. */
  skipped(statement: SqlStatement, { objects, answer }: JournaledStatement): void {
    const { sql, mode } = statement;
    // It has ended the migration's transaction.
    this.#sender.tell({ type: 'unwanted' });
    for (const object of objects ?? []) {
      if (object.names !== undefined) this.#names.see(object, object.names);
    }
    if (!isStoredError(answer)) this.#changedBy(parseDdl(sql, mode), statement);
  }

  /** The answer to a statement that was already sent with an earlier one; `undefined` if it was not. */
  ranEarly(statement: SqlStatement): Promise<Answer | undefined> {
    return this.#foreseen.answerTo(statement, new JournalEntry(statement));
  }

  /**
   * Whether a statement needs no intent and its effect exists: an earlier attempt ran it, or an earlier version
   * of the file added something with the same name.
   */
  async isThereByName(statement: SqlStatement): Promise<boolean> {
    const ddl = statement.kind === 'ddl' ? parseDdl(statement.sql, statement.mode) : undefined;
    return this.#isDeterminedByName(ddl) && (await this.#isThere(ddl));
  }

  /** A name in a table that no recorded statement explains; `undefined` if there is none. */
  async unaccounted(): Promise<{ table: string; name: string } | undefined> {
    for (const table of this.#names.tables()) {
      const definition = await this.#sender.reading(() =>
        definitionOf(this.#sender.session.connection, table),
      );
      if (definition === undefined) continue;
      const name = this.#names.unaccounted(table, namesIn(definition));
      if (name !== undefined) return { table: table.name, name };
    }
    return undefined;
  }

  /** Records a statement as done without sending it, because its effect exists. */
  foundDone(statement: SqlStatement): Answer {
    const entry = this.#sender.journal.add(new JournalEntry(statement));
    entry.foundDone(DDL_ANSWER);
    this.#sender.tell({ type: 'unwanted' });
    this.#changedBy(parseDdl(statement.sql, statement.mode), statement);
    return DDL_ANSWER;
  }

  /** Runs a DDL statement. It commits everything before it, so its intent is durable when it runs. */
  async run(statement: SqlStatement): Promise<Answer> {
    const { session, journal, state } = this.#sender;
    const ddl = parseDdl(statement.sql, statement.mode);
    const intent = journal.isKept && !state.tablesLocked && !this.#isDeterminedByName(ddl);
    const entry = new JournalEntry(statement);
    if (intent) Object.assign(entry, await this.#before(statement, ddl));
    // A resumed attempt must first check whether such statements have run.
    const following =
      this.#isResumed || state.tablesLocked
        ? []
        : this.#foreseen.after(statement, ddl, (next) => this.#guard.mayShare(next, ddl));
    const sending: Sending = { need: 'implicit commit', intent };
    try {
      const answer =
        following.length > 0
          ? await this.#foreseen.send(following, statement, entry, sending)
          : (await this.#statements.run(statement, entry, sending)).answer;
      // The state before it is no longer needed.
      Object.assign(entry, { hasEffect: true, statesBefore: undefined });
      this.#sender.committed();
      if (following.length === 0) this.#names.changedBy(ddl, statement.sql);
      this.#sender.ids.changedBy(ddl, statement);
      this.#guard.ran(statement, ddl);
      return answer;
    } catch (error) {
      this.#names.forget();
      session.endUnknown ||= isConnectionLost(error);
      throw error;
    }
  }

  get #guard(): StatementGuard {
    return this.#statements.guard;
  }

  #changedBy(ddl: Ddl | undefined, statement: SqlStatement): void {
    this.#names.changedBy(ddl, statement.sql);
    this.#sender.ids.changedBy(ddl, statement);
    this.#guard.ran(statement, ddl);
  }

  /** Whether the existence of its names will prove that it ran. */
  #isDeterminedByName(ddl: Ddl | undefined): ddl is Alteration {
    const { state, journal } = this.#sender;
    return (
      this.#names.areNewIn(ddl) &&
      // Otherwise it would commit rows that are not in the journal, or hide earlier reads or failures.
      (state.open === 'none' || state.open === 'ours') &&
      journal.entries.every(
        ({ written, kind, hasEffect }) =>
          written || (kind === 'ddl' && hasEffect) || kind === 'session',
      )
    );
  }

  async #isThere(ddl: Alteration): Promise<boolean> {
    const definition = await this.#sender.reading(() =>
      definitionOf(this.#sender.session.connection, ddl.objects[0]),
    );
    return effectOf(ddl, [definition]) === 'there';
  }

  /** The definition of an object before a statement. That of the first statement may have been read with the locks. */
  async #definitionBefore(
    { number }: SqlStatement,
    object: DdlObject,
  ): Promise<string | undefined> {
    const { session } = this.#sender;
    const seen = number === 1 ? session.firstLook?.take(object) : undefined;
    return seen ?? this.#sender.reading(() => definitionOf(session.connection, object));
  }

  /** The objects and their states, which show a later attempt whether the statement took effect. */
  async #before(
    statement: SqlStatement,
    ddl: Ddl | undefined,
  ): Promise<Pick<JournaledStatement, 'objects' | 'statesBefore'>> {
    if (ddl === undefined) return {};
    const { changedDatabase } = this.#sender.session;
    const isTable = ddl.effect === 'create' && ddl.objects[0].type === 'TABLE';
    // The server looks the state up while it writes the row, which saves a round trip.
    const { isAltered } = this.#sender.session;
    // Settings such as max_join_size may forbid that query.
    if (isTable && !changedDatabase && !isAltered)
      return { objects: ddl.objects, statesBefore: LOOKED_UP };
    try {
      const definitions: (string | undefined)[] = [];
      for (const object of ddl.objects) {
        definitions.push(await this.#definitionBefore(statement, object));
      }
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
