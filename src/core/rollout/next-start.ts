import { createSpan, type Span } from './span.ts';
import { parseSpan, SPAN_SHAPES } from './span-text.ts';

/** When waves may begin, as a request has it. */
export interface StartTimes {
  /** A wave begins within one of them. Default: at any time. */
  readonly windows?: readonly string[] | undefined;
  /** No wave begins within one of them, whatever the windows say. */
  readonly freezes?: readonly string[] | undefined;
  /** An IANA time zone. Default: UTC. */
  readonly timeZone?: string | undefined;
}

export const DEFAULT_TIME_ZONE = 'UTC';

/** A window that does not open within this time, in days, never opens as far as a run is concerned. */
export const HORIZON_DAYS = 400;
const HORIZON_MS = HORIZON_DAYS * 86_400_000;
/** Windows and freezes that exclude each other would alternate without end. */
const MOST_STEPS = 2_000;

/**
 * The first moment from `at` on at which a wave may begin: `at` itself if it may begin now, and `undefined`
 * if it may not within {@link HORIZON_DAYS}. Milliseconds since 1970. Throws an Error if a span or the time zone is wrong.
 */
export function nextStart(
  { windows = [], freezes = [], timeZone = DEFAULT_TIME_ZONE }: StartTimes,
  at: number,
): number | undefined {
  const open = windows.map((text) => spanOf(text, timeZone));
  const frozen = freezes.map((text) => spanOf(text, timeZone));
  let start = at;
  for (let step = 0; step < MOST_STEPS && start <= at + HORIZON_MS; step += 1) {
    const next = thawed(frozen, start) ?? opened(open, start);
    if (next === start) return start;
    if (next === undefined) return undefined;
    start = next;
  }
  return undefined;
}

/** The end of the freeze that covers the moment. */
function thawed(freezes: readonly Span[], at: number): number | undefined {
  for (const freeze of freezes) {
    const end = freeze.endAt(at);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** The moment itself if a window is open, or the next opening. */
function opened(windows: readonly Span[], at: number): number | undefined {
  if (windows.length === 0 || windows.some((span) => span.endAt(at) !== undefined)) return at;
  const openings = windows.flatMap((span) => span.nextAfter(at) ?? []);
  return openings.length === 0 ? undefined : Math.min(...openings);
}

function spanOf(text: string, timeZone: string): Span {
  const span = parseSpan(text);
  if (span === undefined) throw new Error(`it is none of these: ${SPAN_SHAPES}`);
  return createSpan(span, timeZone);
}
