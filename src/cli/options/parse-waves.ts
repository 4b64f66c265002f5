import { InvalidArgumentError } from 'commander';
import type { WaveRequest } from '../../core/request.ts';
import { parseList } from './parse-list.ts';
import { percentage } from './parse-number.ts';

/** `--canary acme-corp,techstart` names tenants, `--canary 5%` takes a share; both tolerate no failure. */
export function parseCanary(text: string): WaveRequest {
  const parts = parseList(text);
  if (!parts.some((part) => part.endsWith('%'))) return { tenants: parts, canary: true };
  const share = parts.length === 1 ? percentage(text.trim()) : undefined;
  if (share !== undefined) return { percentage: share, canary: true };
  throw new InvalidArgumentError(
    'It must be slugs with commas between, or one share above 0% and at most 100%.',
  );
}

/** `--waves 5,25`: shares of the fleet, one wave each; what they leave forms the last wave. */
export function parseWaves(text: string): WaveRequest[] {
  return parseList(text).map((part) => {
    const share = percentage(part.endsWith('%') ? part : `${part}%`);
    if (share === undefined) {
      throw new InvalidArgumentError(
        'It must be percentages with commas between, each above 0 and at most 100, such as 5,25.',
      );
    }
    return { percentage: share };
  });
}
