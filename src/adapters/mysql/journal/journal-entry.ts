import type { DdlObject } from '../sql/ddl-object.ts';
import type { StatementKind } from '../sql/statement-kind.ts';
import { statementShape } from '../sql/statement-shape.ts';
import type { SqlStatement } from './sql-statement.ts';
import type { StatementHashes } from './statement-hashes.ts';
import { type Answer, storeAnswer } from './stored-answer.ts';

/** A statement in the journal. */
export interface JournaledStatement {
  readonly number: number;
  readonly hashes: StatementHashes;
  readonly kind: StatementKind;
  /** The shape of the statement, for people. */
  readonly text: string;
  /** Its objects, if they show whether this or another statement finished. */
  readonly objects?: readonly DdlObject[] | undefined;
  /** The objects' states before it; `undefined` if they show nothing, or if its end is known. */
  readonly statesBefore?: readonly string[] | undefined;
  /** The checksum of the file that sent it; absent for statements of this attempt and in old journals. */
  readonly file?: string | null | undefined;
  /** Whether it has ended; the answer shows how. */
  readonly done: boolean;
  /** The server's answer as JSON; `null` if it is unknown or was too long. */
  readonly answer: string | null;
  /**
   * The next generated ids of tables that the migration created, by the table's key, at the time of this
   * row; a rolled-back insert advances the counter.
   */
  readonly counters?: Readonly<Record<string, number>> | undefined;
}

/** A statement of the current attempt. Its texts are computed only when it is written, because many never are. */
export class JournalEntry implements JournaledStatement {
  readonly number: number;
  readonly hashes: StatementHashes;
  readonly kind: StatementKind;
  objects: readonly DdlObject[] | undefined;
  statesBefore: readonly string[] | undefined;
  counters: Readonly<Record<string, number>> | undefined;
  done = false;
  /** Whether it changed the database and was not rolled back. */
  hasEffect = false;
  /** Whether its effect and its row, if any, are committed. */
  committed = false;
  /** Whether its row in the table is up to date. */
  written = false;

  readonly #sql: string;
  #text: string | undefined;
  #answer: string | null | Answer = null;

  constructor({ number, sql, hashes, kind }: SqlStatement) {
    this.number = number;
    this.hashes = hashes;
    this.kind = kind;
    this.#sql = sql;
  }

  get text(): string {
    this.#text ??= statementShape(this.#sql);
    return this.#text;
  }

  get answer(): string | null {
    if (typeof this.#answer === 'object' && this.#answer !== null) {
      this.#answer = storeAnswer(this.#answer);
    }
    return this.#answer;
  }

  /** Records the end of the statement, with the server's answer or a stored one. */
  ended(answer: Answer | string): void {
    // Rows are encoded now, because the migration may change them later.
    const isHeader = typeof answer === 'object' && !Array.isArray(answer[0]);
    this.#answer = typeof answer === 'string' || isHeader ? answer : storeAnswer(answer);
    this.done = true;
    this.written = false;
  }

  /** Records that its effect is committed although this attempt did not send it. */
  foundDone(answer: Answer): void {
    this.ended(answer);
    this.hasEffect = true;
    this.committed = true;
  }
}
