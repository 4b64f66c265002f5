import { failuresByCount } from './failures-by-count.ts';
import type { FailureGroup, Summary } from './summary.ts';

/** A cause of failures under the number by which people name it. */
export interface NumberedCause extends FailureGroup {
  /** From 1, in the order in which terminal and report show them. */
  readonly number: number;
}

/** The causes of a summary under their numbers. The same summary numbers them alike everywhere. */
export function causesOfSummary(summary: Pick<Summary, 'failures'>): NumberedCause[] {
  return failuresByCount(summary).map((group, index) => ({ ...group, number: index + 1 }));
}
