import { ERRNO } from '../../../server/errno.ts';
import { alreadyThere } from '../../journal/already-there.ts';
import { effectOf } from '../../journal/ddl-effect.ts';
import type { JournaledStatement } from '../../journal/journal-entry.ts';
import { definitionOf, isSameState, stateOf } from '../../journal/object-state.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import { parseDdl } from '../../sql/ddl.ts';
import type { PacketSender } from './packet-sender.ts';
import type { StatementSender } from './statement-sender.ts';

/** How a statement ended; `why` is the reason if that cannot be determined. */
export type Settlement =
  | { readonly became: 'done' | 'not done' }
  | { readonly became: 'unknown'; readonly why: string };

/**
 * Determines how the statement ended during which an earlier attempt was interrupted. The state of its
 * objects shows it: if they are unchanged, it has not run; if they have changed and its whole effect exists, it
 * has. An error number only confirms that. Needs the fence, because a statement that still runs on the server
 * holds it.
 */
export async function settleStatement(
  earlier: JournaledStatement,
  statement: SqlStatement,
  isSame: boolean,
  sender: PacketSender,
  statements: StatementSender,
): Promise<Settlement> {
  const { session } = sender;
  const ddl = isSame ? parseDdl(statement.sql, statement.mode) : undefined;
  if (ddl?.effect === 'repeatable') return { became: 'not done' };
  const { objects, statesBefore } = earlier;
  if (objects === undefined || statesBefore === undefined) {
    return unknown(
      earlier.kind === 'locking'
        ? 'Statements under LOCK TABLES could not be recorded.'
        : 'Nothing in the database shows whether it took effect.',
    );
  }
  const definitions: (string | undefined)[] = [];
  for (const object of objects) {
    definitions.push(await sender.reading(() => definitionOf(session.connection, object)));
  }
  const isUnchanged = definitions.every((definition, index) =>
    isSameState(statesBefore[index] ?? '', stateOf(definition)),
  );
  if (isUnchanged) return { became: 'not done' };
  if (ddl === undefined) {
    return unknown('Its objects have changed, and the migration now has another statement there.');
  }
  switch (effectOf(ddl, definitions)) {
    case 'there':
      return confirm(statement, alreadyThere(ddl, session.isMariaDB), statements);
    case 'cannot be told':
      return unknown('It adds an index or a constraint without a name, and the table has changed.');
    default:
      return unknown('Its objects have changed, but not as the statement would change them.');
  }
}

/** Makes the server confirm that the statement is done, if it would refuse to repeat it at once. */
async function confirm(
  statement: SqlStatement,
  expected: ReadonlySet<number> | undefined,
  statements: StatementSender,
): Promise<Settlement> {
  if (expected === undefined) return { became: 'done' };
  const error = await statements.confirm(statement);
  if (error === undefined || expected.has(error.errno)) return { became: 'done' };
  if (error.errno === ERRNO.ER_LOCK_WAIT_TIMEOUT) throw error;
  return unknown(
    `It seems to have taken effect, but fails with error ${error.errno} when it runs again.`,
  );
}

function unknown(why: string): Settlement {
  return { became: 'unknown', why };
}
