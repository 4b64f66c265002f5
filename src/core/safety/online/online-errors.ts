import { FanfoldError } from '../../errors.ts';
import { commandSpan } from '../../wording/command-span.ts';

/** The error for a table that a program must not change. Nothing was touched. */
export function onlineChangeRefused(table: string, why: string, isMariaDb: boolean): FanfoldError {
  return new FanfoldError(
    'OnlineChangeRefused',
    `The table \`${table}\` cannot be changed online (safety.onlineChange). ${why} Nothing was changed.`,
    {
      fault: 'migration',
      nextStep: isMariaDb
        ? "Use `onlineChange: 'native'`, with which MariaDB 11.2 and later copies the table without a lock. Before 11.2, change it with pt-online-schema-change by hand and mark the migration as applied, or run it in a maintenance window with looser limits."
        : "Remove the reason, or run the migration in a maintenance window with limits of its own: `export const safety = { lock: 'any', copyBytes: 'any', why: '…' }`",
    },
  );
}

/** The error for a table or a host that another online change is at work on. */
export function onlineChangeBusy(why: string): FanfoldError {
  return new FanfoldError('OnlineChangeBusy', `${why} Nothing was changed.`, {
    fault: 'tenant',
    retryable: true,
    nextStep: 'Wait until it has ended, then run the command again.',
  });
}

/** The error for a program that failed. The table is as it was. */
export function onlineChangeFailed(
  { program, table, said }: { program: string; table: string; said: string },
  mayResume: boolean,
): FanfoldError {
  return new FanfoldError(
    'OnlineChangeFailed',
    `${program} could not change the table \`${table}\`: ${said} The table is as it was.`,
    {
      fault: mayResume ? 'tenant' : 'migration',
      retryable: mayResume,
      nextStep: mayResume
        ? `Run the command again: ${program} resumes from its last checkpoint, if it has written one.`
        : 'Correct the rows or the migration, then run the command again.',
      said,
    },
  );
}

/** The error for a run that cannot start a program, such as one on AWS, where the limits demand one. */
export function onlineProgramElsewhere(table: string): FanfoldError {
  return new FanfoldError(
    'OnlineProgramMissing',
    `The table \`${table}\` can be changed only by a program (safety.onlineChange is "external"), which may take hours. Functions and applications do not start one. Nothing was changed.`,
    {
      fault: 'configuration',
      nextStep: `Migrate this tenant from a machine that reaches its server and has Spirit or gh-ost, then run the others here: ${commandSpan('migrate:tenant', '<tenant>')}`,
    },
  );
}

/** The error for a program that is not there, where the limits demand one. */
export function onlineProgramMissing(program: string, why: string): FanfoldError {
  return new FanfoldError(
    'OnlineProgramMissing',
    `safety.onlineChange is "external", and the program "${program}" cannot be started: ${why}.`,
    {
      fault: 'configuration',
      nextStep:
        'Install Spirit 0.12.0, or gh-ost 1.1.8 or later, and put it into PATH or name its path in "safety.onlineProgram".',
    },
  );
}
