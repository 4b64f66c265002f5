import { type Bundle, bundleUpTo, splitMigrationName } from '../bundle/bundle.ts';
import { isRollback } from '../is-rollback.ts';
import type { ItemRun } from '../wire/step-data.ts';

/** The deployed bundle as the run has it; `undefined` if it is another one. */
export function deployedBundle(run: ItemRun, deployed: Bundle): Bundle | undefined {
  const { to } = run.request;
  const isWhole = to === undefined || isRollback(run.request);
  const bundle = isWhole ? deployed : bundleUpTo(deployed, splitMigrationName(to).id);
  return bundle?.hash === run.bundleHash ? bundle : undefined;
}
