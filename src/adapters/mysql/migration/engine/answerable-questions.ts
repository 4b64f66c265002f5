import type { StatementKind } from '../../sql/statement-kind.ts';
import type { StatementTraits } from '../../sql/statement-traits.ts';

/**
 * Tracks which questions about an earlier statement the session answers as under plain Knex: statements that
 * Fanfold sends in between change `ROW_COUNT()`, `FOUND_ROWS()` and the warnings.
 */
export class AnswerableQuestions {
  /** Questions about the previous statement. */
  #rowCount = true;
  /** Questions about the last query, regardless of the statements after it. */
  #foundRows = true;
  /** The value of `#foundRows` before the last statement. */
  #foundRowsBefore = true;
  /** Questions about the last statement that was not a setting, because some settings keep the warnings. */
  #diagnostics = true;

  /** Resets everything before a migration's first statement, when any answer of the session is right. */
  forget(): void {
    this.#rowCount = true;
    this.#foundRows = true;
    this.#diagnostics = true;
  }

  /** Records that Fanfold sent something. */
  ownSent(): void {
    this.#rowCount = false;
    this.#foundRows = false;
    this.#diagnostics = false;
  }

  /** Records that a statement of the migration was sent, after any pieces before it. */
  sent(kind: StatementKind): void {
    this.#rowCount = true;
    this.#foundRowsBefore = this.#foundRows;
    if (kind === 'read' || kind === 'opaque') this.#foundRows = true;
    if (kind !== 'session' && kind !== 'control') this.#diagnostics = true;
  }

  /** Records that the last statement was refused, so it has found no rows. */
  failed(): void {
    this.#foundRows = this.#foundRowsBefore;
  }

  /** Whether the session still answers all of these questions as under plain Knex. */
  canAnswer({ rowCount, foundRows, diagnostics }: StatementTraits['asks']): boolean {
    return (
      (!rowCount || this.#rowCount) &&
      (!foundRows || this.#foundRows) &&
      (!diagnostics || this.#diagnostics)
    );
  }
}
