import { AT_A_TIME_ON_AWS, atATime } from '../pace/at-a-time.ts';
import type { RunRequest } from '../request.ts';

/**
 * Tenants that one batch asks at a time: the function has a third of a processor, which is busy with four or five.
 */
const AT_A_TIME = 5;

/** Batches of tenants that are asked in one function each, and how many of them at a time. */
export interface Batches {
  /** Batches at a time. */
  readonly maxConcurrency: number;
  /** Tenants that a batch asks at a time, and those on one server. */
  readonly atATime: number;
  readonly perHost: number;
}

/** How many are asked at a time: no more than may be migrated at a time, of the fleet and of one server. */
export function batchesOf(request: Pick<RunRequest, 'maxConcurrency' | 'maxPerHost'>): Batches {
  const most = atATime(request, AT_A_TIME_ON_AWS);
  const { maxPerHost = most } = request;
  const ofBatch = Math.min(AT_A_TIME, most);
  const batches = Math.min(Math.floor(most / ofBatch), maxPerHost);
  return { maxConcurrency: batches, atATime: ofBatch, perHost: Math.floor(maxPerHost / batches) };
}
