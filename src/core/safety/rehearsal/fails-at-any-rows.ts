import type { OwnFailure } from '../../failure.ts';
import type { DataCheck } from '../checks/data-check.ts';
import { deriveChecks } from '../checks/derive-checks.ts';
import type { RecordedMigration, ScratchServerFacts, SentStatement } from '../recording.ts';

/** A failure on tables with rows. */
export interface RowsFailure {
  readonly failure: OwnFailure;
  /** Its statements up to it. */
  readonly statements: readonly SentStatement[];
}

/**
 * Whether the statement that failed does so at any rows: it puts a constraint on columns that are new in this migration
 * and that nothing has filled since. Values of other columns are made up, so that a failure at them proves nothing about
 * a tenant's.
 *
 * @param onEmpty the migration as it ran on empty tables
 */
export function failsAtAnyRows(
  { failure, statements }: RowsFailure,
  onEmpty: RecordedMigration,
  server: ScratchServerFacts,
): boolean {
  const number = failure.statement?.number;
  const isFailed = (each: SentStatement) => each.number === number;
  const same = onEmpty.statements.find(isFailed);
  if (same === undefined || same.text !== statements.find(isFailed)?.text) return false;
  const { checks } = deriveChecks({ server, migrations: [onEmpty] }, new Set([onEmpty.id]));
  const own = checks.filter(
    ({ statement, refused }) =>
      statement === number && (refused === 'always' || refused === 'strict'),
  );
  return own.length > 0 && own.every(isOfNewColumns);
}

/** Whether the rows that a check asks for are decided by the defaults of new columns. */
function isOfNewColumns({ columns, question, readBefore }: DataCheck): boolean {
  if (question === undefined || readBefore !== undefined) return false;
  const { condition } = question;
  // A parent that is older may have the row that the default refers to.
  if (
    condition.of === 'rows' &&
    condition.rows.is === 'orphan' &&
    condition.rows.parent !== undefined
  )
    return false;
  return columns.every((name) => {
    const column = question.columns.find(({ after }) => after.name === name);
    if (column?.source.is !== 'default') return false;
    const { generated, isDefaultExpression } = column.source.definition;
    return generated === undefined && !isDefaultExpression;
  });
}

/**
 * Whether two runs with other values fail at the same text for what it is, such as a table that is missing. SQLSTATE
 * class 42 is for that.
 */
export function isSameWrongText(one: OwnFailure, other: OwnFailure): boolean {
  return (
    one.sqlState?.startsWith('42') === true &&
    one.statement?.text === other.statement?.text &&
    one.message === other.message
  );
}
