import { FanfoldError } from '../../../../../core/errors.ts';
import { effectOf } from '../../../journal/ddl-effect.ts';
import type { JournalEntry } from '../../../journal/journal-entry.ts';
import { definitionOf, isSameState, stateOf } from '../../../journal/object-state.ts';
import type { SqlStatement } from '../../../journal/sql-statement.ts';
import { LOOKED_UP } from '../../../journal/statement-journal.ts';
import { parseDdl } from '../../../sql/ddl.ts';
import type { PacketSender } from '../packet-sender.ts';

/** Determines how a statement ended that did not get its lock. */
export type SettleInVain = (
  statement: SqlStatement,
  entry: JournalEntry,
) => Promise<'not done' | 'done' | 'unknown'>;

/**
 * Settles a statement that did not get its lock, by the state of its objects. The server has reported that it did
 * nothing; the state confirms that for the case that the statement got its lock between the last look and the
 * KILL. A statement whose objects show nothing has the server's word.
 *
 * Somebody else may have changed the objects meanwhile. The row of the statement then gets their new state, so
 * that a later attempt compares with that.
 */
export function settleInVain(sender: PacketSender): SettleInVain {
  return async (statement, entry) => {
    const ddl = parseDdl(statement.sql, statement.mode);
    if (ddl === undefined || ddl.effect === 'repeatable') return 'not done';
    const { objects = ddl.objects, statesBefore } = entry;
    const definitions: (string | undefined)[] = [];
    for (const object of objects) {
      const { connection } = sender.session;
      definitions.push(await sender.reading(() => definitionOf(connection, object)));
    }
    const now = definitions.map(stateOf);
    if (statesBefore === undefined || statesBefore === LOOKED_UP) {
      if (effectOf(ddl, definitions) !== 'there') return 'not done';
      // Its row shows a later attempt whether the table was there before.
      return entry.written ? 'unknown' : 'done';
    }
    const states = statesBefore;
    if (now.every((state, index) => isSameState(states[index] ?? '', state))) return 'not done';
    switch (effectOf(ddl, definitions)) {
      case 'there':
        return 'done';
      case 'in part':
        return 'unknown';
      default:
        Object.assign(entry, { statesBefore: now, written: false });
        return 'not done';
    }
  };
}

/** The error of an attempt that cannot determine whether a statement took effect. */
export function unclear(): FanfoldError {
  return new FanfoldError(
    'LockWaitTimeout',
    'The statement gave way while it waited for a lock, but its objects have changed meanwhile.',
    {
      fault: 'tenant',
      retryable: true,
      nextStep: 'The next attempt determines whether it took effect.',
    },
  );
}
