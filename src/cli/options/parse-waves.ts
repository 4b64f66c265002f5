import { InvalidArgumentError } from 'commander';
import type { WaveRequest } from '../../core/request.ts';
import { parseList } from './parse-list.ts';
import { percentage } from './parse-number.ts';

/** Parses `--canary acme-corp,techstart` or `--canary 5%`; a canary tolerates no failure. */
export function parseCanary(text: string): WaveRequest {
  const parts = parseList(text);
  if (!parts.some((part) => part.endsWith('%'))) return { tenants: parts, canary: true };
  const share = parts.length === 1 ? percentage(text.trim()) : undefined;
  if (share !== undefined) return { percentage: share, canary: true };
  throw new InvalidArgumentError(
    'It must be a comma-separated list of slugs, or one percentage above 0% and at most 100%.',
  );
}

/** Parses `--waves 5,25`: percentages of the fleet, one wave each; the remaining tenants are the last wave. */
export function parseWaves(text: string): WaveRequest[] {
  return parseList(text).map((part) => {
    const share = percentage(part.endsWith('%') ? part : `${part}%`);
    if (share === undefined) {
      throw new InvalidArgumentError(
        'It must be a comma-separated list of percentages, each above 0 and at most 100, such as 5,25.',
      );
    }
    return { percentage: share };
  });
}
