import type { ActiveWords } from '../../../core/central/tenants-mapping.ts';
import { isNumberKind } from './column-kind.ts';
import { activeWordsInvalid } from './tenants-errors.ts';
import type { SourceColumn } from './tenants-source.ts';

/**
 * The words of a status that mean `ACTIVE`. Throws `TenantsActiveInvalid` where the status is a number
 * and a word is none: the server would take it for 0.
 */
export function activeWords(status: SourceColumn, active: ActiveWords = 'ACTIVE'): string[] {
  const words = typeof active === 'string' ? [active] : [...active];
  if (!isNumberKind(status.kind)) return words;
  const numbers = words.map((word) => (word === 'true' ? '1' : word === 'false' ? '0' : word));
  const wrong = numbers.filter((word) => !/^-?\d+(?:\.\d+)?$/.test(word));
  if (wrong.length > 0) throw activeWordsInvalid(status.name, wrong);
  return numbers;
}
