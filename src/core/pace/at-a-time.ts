import type { RunRequest } from '../request.ts';

/** Tenants at a time on AWS if the request does not tell. */
export const AT_A_TIME_ON_AWS = 50;

/** Tenants at a time of a request, where their number has to be known before: `otherwise` stands for `auto`. */
export function atATime(
  { maxConcurrency }: Pick<RunRequest, 'maxConcurrency'>,
  otherwise: number,
): number {
  return maxConcurrency === 'auto' ? otherwise : maxConcurrency;
}
