import { InvalidArgumentError } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';

/** Returns a parser for a whole number in a range; its error names the range. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const allowed =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${formatCount(most)}`;
  return (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be ${allowed}.`);
  };
}

/** The number before a percent sign, above 0 and at most 100; `undefined` for any other text. */
export function percentage(text: string): number | undefined {
  const [, digits] = /^(\d{1,3}(?:\.\d{1,6})?)\s*%$/.exec(text) ?? [];
  const value = Number(digits);
  return value > 0 && value <= 100 ? value : undefined;
}
