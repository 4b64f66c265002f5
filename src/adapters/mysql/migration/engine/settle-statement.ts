import { ERRNO } from '../../../server/errno.ts';
import { alreadyThere } from '../../journal/already-there.ts';
import { effectOf } from '../../journal/ddl-effect.ts';
import type { JournaledStatement } from '../../journal/journal-entry.ts';
import { definitionOf, isSameState, stateOf } from '../../journal/object-state.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import { parseDdl } from '../../sql/ddl.ts';
import type { PacketSender } from './packet-sender.ts';

/** How a statement ended; `why` says what makes it impossible to tell. */
export type Settlement =
  | { readonly became: 'done' | 'not done' }
  | { readonly became: 'unknown'; readonly why: string };

/**
 * Finds out what became of the statement under which an earlier attempt ended. What it is about tells:
 * as it was before, it has not run; changed, it has, if everything it does is there. An error number
 * only confirms that. Needs the fence: a statement that goes on in the server holds it.
 */
export async function settleStatement(
  earlier: JournaledStatement,
  statement: SqlStatement,
  isSame: boolean,
  sender: PacketSender,
): Promise<Settlement> {
  const { session } = sender;
  const ddl = isSame ? parseDdl(statement.sql, statement.mode) : undefined;
  if (ddl?.effect === 'repeatable') return { became: 'not done' };
  const { objects, statesBefore } = earlier;
  if (objects === undefined || statesBefore === undefined) {
    return unknown(
      earlier.kind === 'locking'
        ? 'What ran under LOCK TABLES could not be written down.'
        : 'Nothing in the database tells whether it took effect.',
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
    return unknown(
      'What it is about has changed, and the migration now has another statement there.',
    );
  }
  switch (effectOf(ddl, definitions)) {
    case 'there':
      return confirm(statement, alreadyThere(ddl, session.isMariaDB), sender);
    case 'cannot be told':
      return unknown('It adds an index or a constraint without a name, and the table has changed.');
    default:
      return unknown('What it is about has changed, but not as the statement would change it.');
  }
}

/** Has the server itself say that there is nothing left to do, if it says so at once. */
async function confirm(
  statement: SqlStatement,
  expected: ReadonlySet<number> | undefined,
  sender: PacketSender,
): Promise<Settlement> {
  if (expected === undefined) return { became: 'done' };
  const error = await sender.confirm(statement);
  if (error === undefined || expected.has(error.errno)) return { became: 'done' };
  if (error.errno === ERRNO.ER_LOCK_WAIT_TIMEOUT) throw error;
  return unknown(
    `It seems to have taken effect, but run again it fails with error ${error.errno}.`,
  );
}

function unknown(why: string): Settlement {
  return { became: 'unknown', why };
}
