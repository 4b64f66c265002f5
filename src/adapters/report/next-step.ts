import type { FailureGroup } from '../../core/reduce/summary.ts';
import { shellWord } from '../../core/wording/shell-word.ts';

/** The next step of a cause. If only one tenant failed, its slug replaces the placeholder `<tenant>`. */
export function nextStepOf({ nextStep, count, tenants }: FailureGroup): string {
  const [only] = tenants;
  return count === 1 && only !== undefined
    ? nextStep.replaceAll('<tenant>', () => shellWord(only.slug))
    : nextStep;
}
