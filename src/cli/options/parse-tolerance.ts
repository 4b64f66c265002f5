import { InvalidArgumentError } from 'commander';
import type { RunRequest } from '../../core/request.ts';

/** How many failures a run tolerates: a count, or a percentage of all listed tenants. */
export type Tolerance = Pick<RunRequest, 'toleratedFailureCount' | 'toleratedFailurePercentage'>;

/** Parses `--tolerated-failures 10` or `--tolerated-failures 2%`. */
export function parseTolerance(text: string): Tolerance {
  const [, digits = '', percent] = /^(\d{1,9}(?:\.\d{1,6})?)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits);
  if (digits !== '' && percent === '%' && value <= 100)
    return { toleratedFailurePercentage: value };
  if (digits !== '' && percent === '' && Number.isInteger(value)) {
    return { toleratedFailureCount: value };
  }
  throw new InvalidArgumentError(
    'It must be a number of tenants, such as 10, or a percentage from 0% to 100%, such as 2%.',
  );
}
