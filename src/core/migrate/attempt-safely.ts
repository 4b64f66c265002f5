import type { Attempt } from './attempt.ts';
import { failureOf } from './failure-of.ts';

/** Makes an attempt of which what it throws is a failure, too. */
export async function attemptSafely(attempt: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await attempt();
  } catch (error) {
    return { status: 'failed', failure: failureOf(error), applied: [], notes: [] };
  }
}
