import type { StatementStanding } from '../../../core/half-applied.ts';
import type { JournaledStatement } from './journal-entry.ts';
import type { Direction } from './journaled-migration.ts';
import { isStoredError } from './stored-answer.ts';

/**
 * The standings of all journaled statements, including those after the statement at which resuming stopped.
 * `stopped` replaces or joins the row with its number, and is marked as the place.
 */
export function standingsOf(
  statements: Iterable<Pick<JournaledStatement, 'number' | 'text' | 'done' | 'kind' | 'answer'>>,
  direction: Direction,
  stopped?: StatementStanding,
): StatementStanding[] {
  const byNumber = new Map<number, StatementStanding>();
  const common = direction === 'down' ? ({ direction } as const) : {};
  for (const { number, text, done, kind, answer } of statements) {
    // The server refused the statement, and the migration caught the error.
    const isRefused = done && isStoredError(answer);
    const standing = isRefused ? 'not applied' : done ? 'applied' : 'not known';
    const leavesNothing = kind === 'read' || kind === 'session';
    byNumber.set(number, {
      number,
      text,
      standing,
      ...common,
      ...(leavesNothing && { leavesNothing }),
    });
  }
  if (stopped !== undefined) {
    const { number } = stopped;
    byNumber.set(number, {
      ...byNumber.get(number),
      ...stopped,
      ...common,
      stoppedHere: true,
    });
  }
  return [...byNumber.values()].sort((one, other) => one.number - other.number);
}
