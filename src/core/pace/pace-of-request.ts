import type { RunRequest } from '../request.ts';
import { type AutoPaceOptions, createAutoPace } from './auto-pace.ts';
import { fixedPace, type Pace } from './pace.ts';

/** The pace that a request fixes, or one that follows the servers. */
export function paceOfRequest(
  { maxConcurrency, maxPerHost }: Pick<RunRequest, 'maxConcurrency' | 'maxPerHost'>,
  options: Omit<AutoPaceOptions, 'maxPerHost'>,
): Pace {
  if (maxConcurrency === 'auto') return createAutoPace({ ...options, maxPerHost });
  const pace = fixedPace(maxConcurrency, maxPerHost, options.throttle);
  pace.onChange(() => {
    if (pace.standing !== undefined) options.onChange?.(pace.standing);
  });
  return pace;
}
