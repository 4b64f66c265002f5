import type { ActiveWords } from '../../../core/central/tenants-mapping.ts';
import { isNumberKind } from './column-kind.ts';
import { activeWordsInvalid } from './tenants-errors.ts';
import type { SourceColumn } from './tenants-source.ts';

/**
 * The stored statuses that mean `ACTIVE`. Throws `TenantsActiveInvalid` if the status column is numeric
 * and a mapped value is not a number: the server would compare it as 0.
 */
export function activeWords(status: SourceColumn, active: ActiveWords = 'ACTIVE'): string[] {
  const words = typeof active === 'string' ? [active] : [...active];
  if (!isNumberKind(status.kind)) return words;
  const numbers = words.map((word) => (word === 'true' ? '1' : word === 'false' ? '0' : word));
  const wrong = numbers.filter((word) => !/^-?\d+(?:\.\d+)?$/.test(word));
  if (wrong.length > 0) throw activeWordsInvalid(status.name, wrong);
  return numbers;
}
