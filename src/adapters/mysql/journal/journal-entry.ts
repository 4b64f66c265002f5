import type { DdlObject } from '../sql/ddl-object.ts';
import type { StatementKind } from '../sql/statement-kind.ts';
import { statementShape } from '../sql/statement-shape.ts';
import type { SqlStatement } from './sql-statement.ts';
import type { StatementDigest } from './statement-digest.ts';
import { type Answer, storeAnswer } from './stored-answer.ts';

/** One statement as the journal holds it. */
export interface JournaledStatement {
  readonly number: number;
  readonly digest: StatementDigest;
  readonly kind: StatementKind;
  /** Its shape, for people. */
  readonly text: string;
  /** The objects that it is about, as far as they show whether it or others finished. */
  readonly objects?: readonly DdlObject[] | undefined;
  /** The objects' states before it; `undefined` if nothing tells its end, or that is known. */
  readonly statesBefore?: readonly string[] | undefined;
  /** Checksum of the file that sent it; absent for statements of this attempt and in old journals. */
  readonly file?: string | null | undefined;
  /** Whether it has ended; how, says the answer. */
  readonly done: boolean;
  /** The server's answer, as JSON; `null` if it is not known or was too long. */
  readonly answer: string | null;
  /**
   * Next generated ids of tables that the migration has made, by the table's key, as they were when this
   * row was written: a rolled-back insert moves the counter on.
   */
  readonly counters?: Readonly<Record<string, number>> | undefined;
}

/** A statement of the attempt that is under way. Many are never written down: their texts are made when they are. */
export class JournalEntry implements JournaledStatement {
  readonly number: number;
  readonly digest: StatementDigest;
  readonly kind: StatementKind;
  objects: readonly DdlObject[] | undefined;
  statesBefore: readonly string[] | undefined;
  counters: Readonly<Record<string, number>> | undefined;
  done = false;
  /** Whether it changed the database, and that was not undone. */
  hasEffect = false;
  /** Whether its effect and its row are committed, if it has any. */
  committed = false;
  /** Whether the table holds all that is known of it. */
  written = false;

  readonly #sql: string;
  #text: string | undefined;
  #answer: string | null | Answer = null;

  constructor({ number, sql, digest, kind }: SqlStatement) {
    this.number = number;
    this.digest = digest;
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

  /** The server has answered; or it is known, as the journal keeps it, what it did. */
  ended(answer: Answer | string): void {
    // Rows belong to the migration now, which may change them.
    const isHeader = typeof answer === 'object' && !Array.isArray(answer[0]);
    this.#answer = typeof answer === 'string' || isHeader ? answer : storeAnswer(answer);
    this.done = true;
    this.written = false;
  }

  /** Its effect is there to stay although this attempt did not send it. */
  foundDone(answer: Answer): void {
    this.ended(answer);
    this.hasEffect = true;
    this.committed = true;
  }
}
