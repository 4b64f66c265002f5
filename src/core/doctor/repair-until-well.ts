import { failureOf } from '../migrate/failure-of.ts';
import { shellWord } from '../wording/shell-word.ts';
import type { Examination } from './examine-tenant.ts';
import { type RepairDependencies, type RepairRequest, repairTenant } from './repair-tenant.ts';

/** A second examination shows what the first fault hid, such as missing rights on a database that was missing. */
const ROUNDS = 3;

/** The repairs of a tenant, and its state after them. */
export interface Repaired {
  readonly after: Examination;
  readonly done: readonly string[];
}

/** Repairs a tenant and looks again until nothing more can be repaired. An error that stops it becomes a finding. */
export async function repairUntilWell(
  request: RepairRequest,
  dependencies: RepairDependencies,
  examine: () => Promise<Examination>,
): Promise<Repaired> {
  const done: string[] = [];
  let { examination, failedWith } = request;
  for (let round = 0; round < ROUNDS; round += 1) {
    try {
      const now = await repairTenant({ ...request, examination, failedWith }, dependencies);
      if (now.length === 0) break;
      done.push(...now);
    } catch (error) {
      const { code, message, nextStep: general } = failureOf(error);
      const nextStep = general.replaceAll('<tenant>', shellWord(request.tenant.slug));
      const refused = { name: 'repair', status: 'wrong', code, message, nextStep } as const;
      return {
        done,
        after: { ...examination, status: 'unwell', checks: [...examination.checks, refused] },
      };
    }
    examination = await examine();
    // The failure of the run has been repaired by now, or cannot be.
    failedWith = undefined;
  }
  return { after: examination, done };
}
