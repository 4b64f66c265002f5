import { isServerError, type ServerError } from '../../../server/server-error.ts';
import type { JournalEntry } from '../../journal/journal-entry.ts';
import type { NamesBefore } from '../../journal/names-before.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import { type Ddl, parseDdl } from '../../sql/ddl.ts';
import { statementKind } from '../../sql/statement-kind.ts';
import type { PacketSender } from './packet-sender.ts';
import type { Sending } from './sending.ts';
import type { StatementSender } from './statement-sender.ts';

/**
 * Statements that certainly follow another one and need no intent: they share its packet, and their answers are
 * kept until the migration reaches them.
 */
export class ForeseenStatements {
  readonly #sender: PacketSender;
  readonly #statements: StatementSender;
  readonly #names: NamesBefore;
  #ran: { readonly sql: string; readonly ended: Answer | ServerError }[] = [];

  constructor(sender: PacketSender, statements: StatementSender, names: NamesBefore) {
    this.#sender = sender;
    this.#statements = statements;
    this.#names = names;
  }

  /** Forgets everything before another migration. */
  forget(): void {
    this.#ran = [];
  }

  /** The statements that can follow this one in its packet. For the names, it and they count as done. */
  after(
    { sql, following, mode }: SqlStatement,
    ddl: Ddl | undefined,
    mayShare: (next: Ddl) => boolean,
  ): string[] {
    const { facts, queueMs } = this.#sender.session;
    const { timeout, observer } = facts;
    // A time limit applies to each statement, and an observer sees each, so packets are not shared.
    const isEachSeen = timeout !== undefined || observer !== undefined || queueMs !== undefined;
    if (following.length === 0 || isEachSeen) return [];
    this.#names.changedBy(ddl, sql);
    const after: string[] = [];
    for (const text of following) {
      const next = statementKind(text, false, mode) === 'ddl' ? parseDdl(text, mode) : undefined;
      if (!this.#names.areNewIn(next) || !mayShare(next)) break;
      this.#names.changedBy(next, text);
      after.push(text);
    }
    return after;
  }

  /** Sends a statement together with those that follow it. Throws if the first one fails. */
  async send(
    following: readonly string[],
    statement: SqlStatement,
    entry: JournalEntry,
    sending: Sending,
  ): Promise<Answer> {
    const sent = await this.#statements.run(statement, entry, { ...sending, following });
    for (const [index, ended] of sent.following.entries()) {
      this.#ran.push({ sql: following[index] ?? '', ended });
    }
    return sent.answer;
  }

  /** The answer to this statement; `undefined` if it was not sent yet. Throws the server's error for it. */
  async answerTo(statement: SqlStatement, entry: JournalEntry): Promise<Answer | undefined> {
    const at = this.#ran.findIndex(({ sql }) => sql === statement.sql);
    const [ran] = at < 0 ? [] : this.#ran.splice(at, 1);
    if (ran === undefined) return undefined;
    this.#sender.journal.add(entry);
    if (isServerError(ran.ended)) {
      // The error gets the statement, as the driver does for one that is sent separately.
      Object.assign(ran.ended, { sql: statement.sql });
      await this.#statements.refused(statement, entry, ran.ended);
      throw ran.ended;
    }
    entry.foundDone(ran.ended);
    return ran.ended;
  }
}
