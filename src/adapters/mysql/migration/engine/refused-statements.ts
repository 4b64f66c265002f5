import { FanfoldError } from '../../../../core/errors.ts';

/** The error for a temporary table with the name of one of Fanfold's tables. */
export function hidesOwnTable(name: string): FanfoldError {
  return new FanfoldError(
    'StatementRefused',
    `A temporary table ${name} would hide the table with that name, which records applied migrations.`,
    { fault: 'migration', nextStep: 'Give the temporary table another name.' },
  );
}

/** The error for an XA statement. */
export function xaRefused(): FanfoldError {
  return new FanfoldError(
    'StatementRefused',
    'A migration cannot use XA transactions: a prepared one outlives its connection and keeps its locks.',
    { fault: 'migration', nextStep: 'Use an ordinary transaction: knex.transaction().' },
  );
}
