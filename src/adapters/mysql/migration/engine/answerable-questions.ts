import type { StatementKind } from '../../sql/statement-kind.ts';
import type { StatementTraits } from '../../sql/statement-traits.ts';

/**
 * Which questions about an earlier statement the session still answers as it would under plain Knex:
 * what Fanfold sends in between changes `ROW_COUNT()`, `FOUND_ROWS()` and the warnings.
 */
export class AnswerableQuestions {
  /** About the statement before. */
  #rowCount = true;
  /** About the last query, whatever followed it. */
  #foundRows = true;
  /** The same before the last statement. */
  #foundRowsBefore = true;
  /** About the last statement that was more than a setting: some settings leave the warnings alone. */
  #diagnostics = true;

  /** Before a migration's first statement the session answers whatever it answers. */
  forget(): void {
    this.#rowCount = true;
    this.#foundRows = true;
    this.#diagnostics = true;
  }

  /** Something of Fanfold's was sent. */
  ownSent(): void {
    this.#rowCount = false;
    this.#foundRows = false;
    this.#diagnostics = false;
  }

  /** A statement of the migration was sent, after what Fanfold put before it. */
  sent(kind: StatementKind): void {
    this.#rowCount = true;
    this.#foundRowsBefore = this.#foundRows;
    if (kind === 'read' || kind === 'opaque') this.#foundRows = true;
    if (kind !== 'session' && kind !== 'control') this.#diagnostics = true;
  }

  /** The last statement was refused: a query that did not run has found no rows. */
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
