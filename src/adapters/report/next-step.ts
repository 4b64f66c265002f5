import type { FailureGroup } from '../../core/reduce/summary.ts';
import { shellWord } from '../../core/wording/shell-word.ts';

/** A command for one tenant names it; for several it is a pattern. */
export function nextStepOf({ nextStep, count, tenants }: FailureGroup): string {
  const [only] = tenants;
  return count === 1 && only !== undefined
    ? nextStep.replaceAll('<tenant>', () => shellWord(only.slug))
    : nextStep;
}
