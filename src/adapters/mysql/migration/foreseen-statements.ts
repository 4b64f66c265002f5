import { queryEach } from '../connection/query-each.ts';
import { isServerError, type ServerError } from '../connection/server-error.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { JournalEntry } from '../journal/journal-entry.ts';
import type { NamesBefore } from '../journal/names-before.ts';
import type { SqlStatement } from '../journal/sql-statement.ts';
import type { Answer } from '../journal/stored-answer.ts';
import { type Ddl, parseDdl } from '../sql/ddl.ts';
import { kindOf } from '../sql/statement-kind.ts';
import type { StatementSender } from './statement-sender.ts';

/**
 * Statements that are certain to come behind another one, and that need no intent then: they share its
 * packet. What came of them is kept until the migration comes to them.
 */
export class ForeseenStatements {
  readonly #sender: StatementSender;
  readonly #names: NamesBefore;
  #ran: { readonly sql: string; readonly ended: Answer | ServerError }[] = [];

  constructor(sender: StatementSender, names: NamesBefore) {
    this.#sender = sender;
    this.#names = names;
  }

  /** Another migration begins. */
  forget(): void {
    this.#ran = [];
  }

  /** Those behind this statement, which is about to run; it and they count as done for the names. */
  behind({ sql, following }: SqlStatement, ddl: Ddl | undefined): string[] {
    // A time limit is counted for each statement.
    if (following.length === 0 || this.#sender.session.timeout !== undefined) return [];
    this.#names.changedBy(ddl, sql);
    const behind: string[] = [];
    for (const text of following) {
      const next = kindOf(text) === 'ddl' ? parseDdl(text) : undefined;
      if (!this.#names.areNewIn(next)) break;
      this.#names.changedBy(next, text);
      behind.push(text);
    }
    return behind;
  }

  /** Sends a statement, what has to come before it, and those behind it. Throws where it failed itself. */
  async send(
    behind: readonly string[],
    statement: SqlStatement,
    entry: JournalEntry,
    before: readonly SqlText[],
  ): Promise<Answer> {
    const own = before.length;
    let ended: (Answer | ServerError)[] = [];
    const send = async (sql: string, bindings: readonly unknown[]): Promise<Answer> => {
      const { connection } = this.#sender.session;
      const packet = [sql, ...behind].join(';\n');
      const { answers, error } = await queryEach(connection, packet, bindings);
      if (error !== undefined && answers.length <= own) throw error;
      ended = answers.slice(own + 1).map((answer) => [answer, undefined]);
      if (error !== undefined) ended.push(error);
      return [own === 0 ? answers[0] : answers.slice(0, own + 1), undefined];
    };
    const answer = await this.#sender.send({ ...statement, send }, entry, before);
    for (const [index, each] of ended.entries()) {
      this.#ran.push({ sql: behind[index] ?? '', ended: each });
    }
    return answer;
  }

  /** What came of this statement; `undefined` where it was not sent yet. Throws what the server said of it. */
  async answerTo(statement: SqlStatement): Promise<Answer | undefined> {
    const at = this.#ran.findIndex(({ sql }) => sql === statement.sql);
    const [ran] = at < 0 ? [] : this.#ran.splice(at, 1);
    if (ran === undefined) return undefined;
    const entry = this.#sender.enter(statement);
    if (isServerError(ran.ended)) {
      await this.#sender.failed(statement, entry, ran.ended);
      throw ran.ended;
    }
    entry.foundDone(ran.ended);
    return ran.ended;
  }
}
