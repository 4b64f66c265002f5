import { nearestWord } from '../../text/nearest-word.ts';
import { BYTE_SIZE_SHAPES, parseByteSize } from './byte-size.ts';
import { GUARD_LOCKS, type GuardSettings, ONLINE_CHANGES } from './guard-settings.ts';

interface KeyRule {
  readonly allowed: string;
  readonly fits: (value: unknown) => boolean;
}

/** The longest time in milliseconds that `queueMs` may name. */
export const MOST_QUEUE_MS = 60_000;

/** The keys of a guard, with their values in words and as a check. */
export const GUARD_KEYS: Readonly<Record<keyof GuardSettings, KeyRule>> = {
  lock: {
    allowed: '"none", "shared" or "any"',
    fits: (value) => GUARD_LOCKS.some((lock) => lock === value),
  },
  copyBytes: {
    allowed: BYTE_SIZE_SHAPES,
    fits: (value) =>
      (typeof value === 'number' || typeof value === 'string') &&
      parseByteSize(value) !== undefined,
  },
  queueMs: {
    allowed: 'a whole number of milliseconds from 0 (off) to 60,000',
    fits: (value) =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_QUEUE_MS,
  },
  onlineChange: {
    allowed: '"native" or "external"',
    fits: (value) => ONLINE_CHANGES.some((way) => way === value),
  },
  keep: { allowed: 'true or false', fits: (value) => typeof value === 'boolean' },
};

/** A guard in words, for errors and the documentation. */
export const GUARD_SHAPE = `an object with, if wanted, "lock" (${GUARD_KEYS.lock.allowed}), "copyBytes" (${GUARD_KEYS.copyBytes.allowed}), "queueMs" (${GUARD_KEYS.queueMs.allowed}), "onlineChange" (${GUARD_KEYS.onlineChange.allowed}) and "keep" (${GUARD_KEYS.keep.allowed})`;

/**
 * Everything that is wrong with the keys of a guard, in sentences; empty if nothing is.
 *
 * @param more rules of further keys
 */
export function guardProblems(
  guard: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, KeyRule>> = {},
): string[] {
  const rules: Readonly<Record<string, KeyRule>> = { ...GUARD_KEYS, ...more };
  const names = Object.keys(rules);
  return Object.entries(guard).flatMap(([key, value]) => {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) {
      const nearest = nearestWord(key, names);
      const hint =
        nearest === undefined ? `Its keys: ${names.join(', ')}.` : `Did you mean "${nearest}"?`;
      return [`"${key}" is not a key of "safety". ${hint}`];
    }
    if (value === undefined || rule.fits(value)) return [];
    return [`"safety.${key}" is ${shown(value)}; it must be ${rule.allowed}.`];
  });
}

const SHOWN_LENGTH = 120;

function shown(value: unknown): string {
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH - 1)}…` : text;
}
