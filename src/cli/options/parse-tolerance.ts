import { InvalidArgumentError } from 'commander';
import type { RunRequest } from '../../core/request.ts';

/** How many failures a run goes on through: a count or a share of all listed tenants. */
export type Tolerance = Pick<RunRequest, 'toleratedFailureCount' | 'toleratedFailurePercentage'>;

/** `--tolerated-failures 10` or `--tolerated-failures 2%`. */
export function parseTolerance(text: string): Tolerance {
  const [, digits = '', percent] = /^(\d{1,9}(?:\.\d{1,6})?)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits);
  if (digits !== '' && percent === '%' && value <= 100)
    return { toleratedFailurePercentage: value };
  if (digits !== '' && percent === '' && Number.isInteger(value)) {
    return { toleratedFailureCount: value };
  }
  throw new InvalidArgumentError(
    'It must be a whole number of tenants, such as 10, or a share of them from 0% to 100%, such as 2%.',
  );
}
