import type { SentStatement } from '../recording.ts';
import type { TableDefinition } from '../table-definition.ts';
import type { DataCheck, Question } from './data-check.ts';
import type { TableOrigin } from './table-origin.ts';

/** A change of a table that has rows, and what is known about those. */
export interface ChangeToCheck {
  readonly before: TableDefinition;
  readonly after: TableDefinition;
  readonly statement: SentStatement;
  readonly origin: TableOrigin;
  /** The tables of the tenant by their names before the statement. */
  readonly originOf: (table: string) => TableOrigin;
  readonly isMariaDb: boolean;
}

/** A check without what all checks of a statement have in common. */
export type PartOfCheck = Omit<
  DataCheck,
  'id' | 'migration' | 'statement' | 'table' | 'sqlMode' | 'question' | 'blocked'
> & {
  readonly condition?: Question['condition'] | undefined;
  /** Names of columns after the statement whose values it needs. */
  readonly needs: readonly string[];
  /** Why it cannot be asked, whatever the rows are. */
  readonly unknown?: string | undefined;
};
