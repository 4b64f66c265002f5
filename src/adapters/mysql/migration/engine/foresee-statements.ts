import { format } from 'mysql2';
import type { Migration } from '../../../../core/bundle/bundle.ts';
import type { StatementAhead, StatementsAhead } from '../../../../core/resolve/statements-ahead.ts';
import { isServerError } from '../../../server/server-error.ts';
import type { JournaledStatement } from '../../journal/journal-entry.ts';
import type { Direction } from '../../journal/journaled-migration.ts';
import { type Answer, DDL_ANSWER, isTooLong, storedAnswer } from '../../journal/stored-answer.ts';
import { type SqlPart, splitStatements } from '../../sql/split-statements.ts';
import type { SqlMode } from '../../sql/sql-mode.ts';
import { statementKind } from '../../sql/statement-kind.ts';
import { statementShape } from '../../sql/statement-shape.ts';
import type { KnexQuery, StatementRunner } from '../knex/fence-state.ts';
import { knexOnSession, stopKnex } from '../knex/fenced-knex.ts';
import { inertError } from '../knex/inert-error.ts';
import type { KnexClasses } from '../knex/knex-classes.ts';
import type { KnexSettings } from '../knex/knex-settings.ts';
import { tracingStrayErrors } from '../knex/stray-errors.ts';
import type { MigrationSession } from './migration-session.ts';

/** Nobody runs more statements by hand. The limit also ends a loop that waits for rows to change. */
const MOST_STATEMENTS = 500;
const LONGEST_MS = 20_000;

export interface ForeseeOptions {
  readonly session: MigrationSession;
  readonly knex: KnexSettings | undefined;
  /** The classes of the Knex that runs the migrations. */
  readonly classes: KnexClasses;
  readonly direction: Direction;
  /** The migration's statements in the journal, which get the same answers again. */
  readonly journaled: ReadonlyMap<number, JournaledStatement>;
  /** Whether to insert the values into the statements' texts. */
  readonly withValues: boolean;
}

/**
 * Lists the statements that a migration would send after those in the journal. Runs its code, answers from
 * the journal, sends reads, and only records all other statements. Never throws because of the migration: if
 * its code fails, or no longer sends the statements of the journal, the list ends there.
 */
export async function foreseeStatements(
  migration: Migration,
  options: ForeseeOptions,
): Promise<StatementsAhead> {
  const { session, direction } = options;
  const { database } = session.facts;
  const foresight = new Foresight(options);
  const instance = knexOnSession(session, foresight, database, options.classes, options.knex);
  const module = await migration.load();
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Cut('its code ran too long')), LONGEST_MS);
  });
  try {
    const run = async () => {
      await module[direction]?.(instance);
      await foresight.settled();
    };
    const running = tracingStrayErrors({ migration: migration.id, database }, run);
    running.catch(() => {});
    await Promise.race([running, tooLong]);
  } catch (thrown) {
    foresight.cut ??= inertError(thrown) instanceof Cut ? (thrown as Cut).message : CODE_FAILED;
  } finally {
    clearTimeout(timer);
    foresight.close();
    stopKnex(instance);
  }
  const { ahead: statements, unknown, cut } = foresight;
  return { statements, unknown, ...(cut !== undefined && { cut }) };
}

const CODE_FAILED = 'its code cannot continue without the real answers';

/** The reason why the list ends. */
class Cut extends Error {}

/** A dry run, which replaces the engine of the migration's Knex. */
class Foresight implements StatementRunner {
  readonly ahead: StatementAhead[] = [];
  readonly unknown: StatementAhead[] = [];
  cut: string | undefined;
  readonly #options: ForeseeOptions;
  readonly #last: number;
  #number = 0;
  #closed = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ForeseeOptions) {
    this.#options = options;
    this.#last = Math.max(0, ...options.journaled.keys());
  }

  /** Answers queries in order, as a single connection does. */
  run(query: KnexQuery): Promise<Answer> {
    const turn = this.#queue.then(() => this.#answerAll(query));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Ends the list, because a dry run cannot stream rows. */
  stream(): Promise<never> {
    return Promise.reject(this.#cutAt('it reads a stream of rows'));
  }

  /** Waits for queries that the migration did not await. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  /** Stops answering, because work that the migration started may continue. */
  close(): void {
    this.#closed = true;
  }

  async #answerAll({ sql, bindings, options }: KnexQuery): Promise<Answer> {
    const answers: Answer[] = [];
    const parts = splitStatements(sql, bindings, this.#mode);
    for (const part of parts) answers.push(await this.#one(part, options));
    const [only] = answers;
    if (answers.length === 1 && only !== undefined) return only;
    return [answers.map(([result]) => result), answers.map(([, fields]) => fields)];
  }

  get #mode(): SqlMode {
    return this.#options.session.sqlMode;
  }

  async #one(part: SqlPart, options: object | undefined): Promise<Answer> {
    if (this.#closed) throw new Cut('the dry run has ended');
    if (this.cut !== undefined) throw new Cut(this.cut);
    const kind = statementKind(part.sql, part.several, this.#mode);
    if (kind === 'control') return DDL_ANSWER;
    const number = ++this.#number;
    const earlier = this.#options.journaled.get(number);
    if (earlier !== undefined && earlier.text !== statementShape(part.sql)) {
      throw this.#cutAt(`the file now has another statement ${number} than the one that ran`);
    }
    if (earlier?.done === true && earlier.answer !== null && !isTooLong(earlier.answer)) {
      return storedAnswer(earlier.answer);
    }
    if (kind === 'read') return this.#read(part, number, options);
    if (earlier?.done === false) this.unknown.push(this.#shown(part, number));
    if (number > this.#last) this.#note(part, number, kind === 'session');
    return DDL_ANSWER;
  }

  async #read(
    { sql, bindings }: SqlPart,
    number: number,
    options: object | undefined,
  ): Promise<Answer> {
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const { connection } = this.#options.session;
        connection.query({ ...options, sql }, [...bindings], (error, rows, fields) => {
          if (error === null) resolve([rows, fields]);
          else reject(error);
        });
      });
    } catch (error) {
      if (this.ahead.length === 0 || !isServerError(error)) throw error;
      throw this.#cutAt(
        `statement ${number} reads something that earlier statements would have created (error ${error.errno})`,
      );
    }
  }

  #note(part: SqlPart, number: number, leavesNothing: boolean): void {
    if (this.ahead.length >= MOST_STATEMENTS) {
      throw this.#cutAt(`only the first ${MOST_STATEMENTS} statements are listed`);
    }
    this.ahead.push({ ...this.#shown(part, number), ...(leavesNothing && { leavesNothing }) });
  }

  #shown({ sql, bindings }: SqlPart, number: number): StatementAhead {
    const { withValues, direction } = this.#options;
    const text = statementShape(sql);
    const isDdl = statementKind(sql, false, this.#mode) === 'ddl';
    return {
      number,
      text,
      sql: withValues ? format(sql, [...bindings] as string[]) : isDdl ? sql : text,
      standing: 'not known',
      ...(direction === 'down' && { direction }),
    };
  }

  #cutAt(why: string): Cut {
    this.cut = why;
    return new Cut(why);
  }
}
