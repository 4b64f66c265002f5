import type { FailureGroup, Summary } from './summary.ts';

/**
 * The failures by cause as they are shown: the most frequent first, and equally frequent ones by
 * fingerprint, so that terminal and report number them alike.
 */
export function failuresByCount({ failures }: Pick<Summary, 'failures'>): FailureGroup[] {
  return failures.toSorted((a, b) => b.count - a.count || (a.fingerprint < b.fingerprint ? -1 : 1));
}
