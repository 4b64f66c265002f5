import { isApplied, type StatementStanding } from '../half-applied.ts';
import type { StatementsAhead } from './statements-ahead.ts';

/** Numbers of the statements of one direction, by what they did. */
export interface Effects {
  /** Statements whose effects may still exist. */
  readonly lasting: readonly number[];
  /** Those among them whose effects the database shows. */
  readonly shown: readonly number[];
  readonly unknown: readonly number[];
  /** The database shows that they have no effect. */
  readonly missing: readonly number[];
  readonly last: number;
}

/** The effects of the statements of one direction; `undefined`: of its `up`. */
export function effectsOf(
  statements: readonly StatementStanding[],
  direction: StatementStanding['direction'],
): Effects {
  const own = statements.filter((each) => each.direction === direction);
  const numbers = (pick: (each: StatementStanding) => boolean) =>
    own.filter((each) => each.leavesNothing !== true && pick(each)).map(({ number }) => number);
  return {
    lasting: numbers(isApplied),
    shown: numbers(({ isThere }) => isThere === true),
    unknown: numbers(({ standing }) => standing === 'not known'),
    missing: numbers(({ standing }) => standing === 'not applied'),
    last: Math.max(0, ...own.map(({ number }) => number)),
  };
}

/** Statements of the file that remain, as far as they are foreseen. */
export interface Left {
  /** Known to be nothing, or all done by hand. */
  readonly isNothing: boolean;
  /** Statements that are not shown to be there. */
  readonly open: readonly number[];
  /** Those among them that the database shows to be missing. */
  readonly missing: readonly number[];
  readonly foreseen: 'all' | 'a part' | 'none';
}

/** The statements of the file that remain; `ahead` is undefined if they were not determined. */
export function leftOf(ahead: StatementsAhead | undefined): Left {
  const lasting = (ahead?.statements ?? []).filter((each) => each.leavesNothing !== true);
  const open = lasting.filter(({ isThere }) => isThere !== true);
  const numbers = (statements: readonly StatementStanding[]) =>
    statements.map(({ number }) => number);
  const foreseen = ahead === undefined ? 'none' : ahead.cut === undefined ? 'all' : 'a part';
  return {
    isNothing: foreseen === 'all' && open.length === 0,
    open: numbers(open),
    missing: numbers(open.filter(({ standing }) => standing === 'not applied')),
    foreseen,
  };
}

/** The statements that took effect or may have, in words: `statement 3 (applied)`. */
export function listed({ lasting, unknown }: Effects): string {
  const parts = [
    ...(lasting.length > 0 ? [`${statementsOf(lasting)} (applied)`] : []),
    ...(unknown.length > 0 ? [`${statementsOf(unknown)} (not known: look)`] : []),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
}

/** The statements that are missing or may be, and the rest of the file, in words. */
export function missing({ unknown, missing, last }: Effects, left: Left = NOT_FORESEEN): string {
  const parts = [
    ...(missing.length > 0 ? [`${statementsOf(missing)} (not applied)`] : []),
    ...(unknown.length > 0 ? [`${statementsOf(unknown)} (not known: look)`] : []),
    ...(left.open.length > 0 ? [`${statementsOf(left.open)} (left)`] : []),
    ...(left.foreseen === 'all' ? [] : [sentenceAfter(Math.max(last, ...left.open))]),
  ];
  return `${parts.join(', ')}.`;
}

const NOT_FORESEEN = leftOf(undefined);

function sentenceAfter(last: number): string {
  return last === 0 ? 'all that the file does' : `all that the file does after statement ${last}`;
}

const NAMED = 20;

/** `statement 3`, `statements 1, 2 and 5`. */
export function statementsOf(numbers: readonly number[]): string {
  const named = numbers.slice(0, NAMED).map(String);
  const more = numbers.length - named.length;
  if (more > 0) named.push(`${more} more`);
  const last = named.pop() ?? '';
  return named.length === 0 ? `statement ${last}` : `statements ${named.join(', ')} and ${last}`;
}
