import { FanfoldError } from '../../../../core/errors.ts';

/** A temporary table that has the name of one of Fanfold's tables. */
export function hidesOwnTable(name: string): FanfoldError {
  return new FanfoldError(
    'StatementRefused',
    `A temporary table ${name} would hide the table of that name, in which it is written down what was applied.`,
    { fault: 'migration', nextStep: 'Give the temporary table another name.' },
  );
}

/** An XA statement. */
export function xaRefused(): FanfoldError {
  return new FanfoldError(
    'StatementRefused',
    'XA transactions cannot be run by a migration: one that is prepared outlives its connection, and holds its locks.',
    { fault: 'migration', nextStep: 'Use an ordinary transaction: knex.transaction().' },
  );
}
