import { Cron } from 'croner';
import type { SpanText } from './span-text.ts';

/** A span of time that comes once or again and again. Times are milliseconds since 1970. */
export interface Span {
  /** The end of the span that covers this moment; `undefined` if none does. */
  endAt(at: number): number | undefined;
  /** The next beginning after this moment; `undefined` if there is none. */
  nextAfter(at: number): number | undefined;
}

/**
 * A span in a time zone. A time that a clock change skips is the first moment after the gap, and a time
 * that comes twice is the first of the two. Throws an Error if the cron expression or the time zone is wrong.
 */
export function createSpan(text: SpanText, timeZone: string): Span {
  if (text.kind === 'dates') {
    const [from, until] = [instantOf(text.from, timeZone), instantOf(text.until, timeZone)];
    return {
      endAt: (at) => (at >= from && at < until ? until : undefined),
      nextAfter: (at) => (at < from ? from : undefined),
    };
  }
  const opens = cron(text.kind === 'cron' ? text.cron : text.opens, timeZone);
  const end =
    text.kind === 'cron' ? (opening: number) => opening + text.ms : closing(text, timeZone);
  return {
    endAt(at) {
      // The bound is exclusive.
      const opening = opens.previousRuns(1, new Date(at + 1))[0]?.getTime();
      if (opening === undefined) return undefined;
      const until = end(opening);
      return at < until ? until : undefined;
    },
    nextAfter: (at) => opens.nextRun(new Date(at))?.getTime(),
  };
}

/** The most by which a change of the clock lengthens a span; the known ones are of an hour or less. */
const LONGEST_CHANGE_MS = 2 * 3_600_000;

/**
 * The end of hours that began at a moment. Hours that a clock change skips altogether begin after their
 * end on the clock, and the next such end would be a day later: they have no length.
 */
function closing({ closes, minutes }: Extract<SpanText, { kind: 'hours' }>, timeZone: string) {
  const expression = cron(closes, timeZone);
  return (opening: number) => {
    const end = expression.nextRun(new Date(opening))?.getTime();
    const most = opening + minutes * 60_000 + LONGEST_CHANGE_MS;
    return end === undefined || end > most ? opening : end;
  };
}

function cron(expression: string, timeZone: string): Cron {
  return new Cron(expression, { timezone: timeZone, mode: '5-part' });
}

function instantOf(local: string, timeZone: string): number {
  const at = new Cron(local, { timezone: timeZone, allowPast: true }).nextRun(new Date(0));
  if (at === null) throw new Error(`${local} is not a time in ${timeZone}.`);
  return at.getTime();
}
