import type { StatementStanding } from '../../../core/half-applied.ts';
import type { JournaledStatement } from './journal-entry.ts';
import type { Direction } from './journaled-migration.ts';
import { isStoredError } from './stored-answer.ts';

/**
 * How all statements of the journal stand, those after the one at which a resume stopped included.
 * `stopped` replaces or joins the row of its number, and is marked as the place.
 */
export function standingsOf(
  statements: Iterable<Pick<JournaledStatement, 'number' | 'text' | 'done' | 'kind' | 'answer'>>,
  direction: Direction,
  stopped?: StatementStanding,
): StatementStanding[] {
  const byNumber = new Map<number, StatementStanding>();
  const common = direction === 'down' ? ({ direction } as const) : {};
  for (const { number, text, done, kind, answer } of statements) {
    // The server refused it, and the migration caught that.
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
