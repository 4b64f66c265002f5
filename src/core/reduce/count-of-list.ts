import type { CutList, OutcomeOf } from '../outcome.ts';

/** The migrations of an outcome's list, with those that it leaves out. */
export function countOfList(
  { leftOut }: Pick<OutcomeOf<string>, 'leftOut'>,
  list: CutList,
  listed: readonly unknown[],
): number {
  return listed.length + (leftOut?.[list] ?? 0);
}
