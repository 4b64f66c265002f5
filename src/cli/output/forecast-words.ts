import type { Expected } from '../../core/safety/forecast/expected.ts';
import type { RateBasis } from '../../core/safety/forecast/rate.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

/** Shorter times, in milliseconds, round to nothing. */
const SHORTEST = 50;

/** `22 s`, and `under 0.1 s` for what rounds to nothing. */
export function timeWords(milliseconds: number): string {
  return milliseconds < SHORTEST ? 'under 0.1 s' : formatDuration(milliseconds);
}

/** `about 22 s` */
export function aboutWords(milliseconds: number): string {
  return milliseconds < SHORTEST ? timeWords(milliseconds) : `about ${timeWords(milliseconds)}`;
}

/** `22 s (18 s to 29 s)` */
export function expectedWords({ low, likely, high }: Expected): string {
  const [from, about, to] = [low, likely, high].map(timeWords);
  return from === to ? `${about}` : `${about} (${from} to ${to})`;
}

/** The measurements on which a time rests. */
export function basisWords(basis: RateBasis): string {
  if (basis.of === 'default') return 'usual rates';
  const measured = countOf(basis.samples, 'measured migration');
  const of = { migration: 'of the same name', host: 'on its server', fleet: 'of this fleet' }[
    basis.of
  ];
  return `${measured} ${of}${basis.otherPace === true ? ', with another number of tenants at a time' : ''}`;
}
