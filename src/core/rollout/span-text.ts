/**
 * A span of time as it is written in a window or a freeze. A clock time is one of the request's time
 * zone. `for` is elapsed time; the end of `hours` is again a time on the clock.
 */
export type SpanText =
  /** `0 22 * * 1-5 for 8h`: begins by a cron expression and has a length in milliseconds. */
  | { readonly kind: 'cron'; readonly cron: string; readonly ms: number }
  /** `mon-fri 22:00-06:00`: begins and ends by two cron expressions, and has this length on a usual day. */
  | {
      readonly kind: 'hours';
      readonly opens: string;
      readonly closes: string;
      readonly minutes: number;
    }
  /** `2026-12-20..2027-01-05`: once, between two local times such as `2026-12-20T00:00:00`. */
  | { readonly kind: 'dates'; readonly from: string; readonly until: string };

/** The shapes of a span, as messages and the documentation name them. */
export const SPAN_SHAPES =
  'hours such as "mon-fri 22:00-06:00", a cron expression with a length such as "0 22 * * 1-5 for 8h", or dates such as "2026-12-20..2027-01-05"';

const DAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY = `(?:${DAYS.join('|')})`;
const HOURS = new RegExp(
  `^(?:(${DAY}(?:-${DAY})?(?:,${DAY}(?:-${DAY})?)*)\\s+)?(\\d{1,2}:\\d{2})\\s*-\\s*(\\d{1,2}:\\d{2})$`,
  'i',
);
const CRON = /^((?:\S+\s+){4}\S+)\s+for\s+(\S+)$/i;
const LENGTH = /^(?=\d)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?$/i;
const DATES = /^(\S+?(?:[ T]\d{1,2}:\d{2})?)\s*(?:\.\.|\/)\s*(\S+?(?:[ T]\d{1,2}:\d{2})?)$/;
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}:\d{2}))?$/;

const MINUTE_MS = 60_000;
/** The most that one opening lasts: a freeze of a whole season. */
const LONGEST_MS = 366 * 24 * 60 * MINUTE_MS;

/** Reads a span; `undefined` if it has none of the shapes. Whether its cron expression is valid is checked later. */
export function parseSpan(text: string): SpanText | undefined {
  const trimmed = text.trim();
  return ofHours(trimmed) ?? ofCron(trimmed) ?? ofDates(trimmed);
}

function ofHours(text: string): SpanText | undefined {
  const [, days, from = '', to = ''] = HOURS.exec(text) ?? [];
  const [opens, closes] = [clockTime(from), clockTime(to)];
  if (opens === undefined || closes === undefined || opens.hour === 24) return undefined;
  // Equal times could mean no time at all or a whole day.
  if (opens.hour === closes.hour && opens.minute === closes.minute) return undefined;
  const onDays = days === undefined ? '*' : weekdays(days).join(',');
  const minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute;
  return {
    kind: 'hours',
    opens: `${opens.minute} ${opens.hour} * * ${onDays}`,
    closes: `${closes.minute} ${closes.hour % 24} * * *`,
    minutes: minutes > 0 ? minutes : minutes + 24 * 60,
  };
}

function ofCron(text: string): SpanText | undefined {
  const [, cron, length = ''] = CRON.exec(text) ?? [];
  const [matched, days = '0', hours = '0', minutes = '0'] = LENGTH.exec(length) ?? [];
  if (cron === undefined || matched === undefined) return undefined;
  const ms = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * MINUTE_MS;
  return ms > 0 && ms <= LONGEST_MS ? { kind: 'cron', cron, ms } : undefined;
}

function ofDates(text: string): SpanText | undefined {
  const [, first = '', last = ''] = DATES.exec(text) ?? [];
  const [from, until] = [localTime(first, 'start'), localTime(last, 'end')];
  if (from === undefined || until === undefined || from >= until) return undefined;
  return { kind: 'dates', from, until };
}

/** A local time; a date alone is its first moment, or the first one after it. */
function localTime(text: string, edge: 'start' | 'end'): string | undefined {
  const [, year, month, day, clock] = DATE_TIME.exec(text) ?? [];
  const time = clockTime(clock ?? '00:00');
  if (year === undefined || time === undefined) return undefined;
  const daysOn = (clock === undefined && edge === 'end') || time.hour === 24 ? 1 : 0;
  const named = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // There is no 31 June: JavaScript would take the next day instead.
  if (named.toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return undefined;
  named.setUTCDate(named.getUTCDate() + daysOn);
  named.setUTCHours(time.hour % 24, time.minute);
  return named.toISOString().slice(0, 19);
}

function clockTime(text: string): { readonly hour: number; readonly minute: number } | undefined {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const time = { hour: Number(hour), minute: Number(minute) };
  if (hour === '' || time.minute > 59) return undefined;
  return time.hour < 24 || (time.hour === 24 && time.minute === 0) ? time : undefined;
}

/** `fri-mon` is four days: a range may pass the end of the week. */
function weekdays(text: string): number[] {
  const numbers = text
    .toLowerCase()
    .split(',')
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map((day) => DAYS.indexOf(day));
      const count = (((last ?? 0) - (first ?? 0) + 7) % 7) + 1;
      return Array.from({ length: count }, (_, index) => ((first ?? 0) + index) % 7);
    });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
