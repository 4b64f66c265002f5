import type { Attempt } from './attempt.ts';
import { failureOf } from './failure-of.ts';

/** Makes an attempt, and turns an error that it throws into a failure. */
export async function attemptSafely(attempt: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await attempt();
  } catch (error) {
    return { status: 'failed', failure: failureOf(error), applied: [], notes: [] };
  }
}
