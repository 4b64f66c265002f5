import { FanfoldError } from '../../../../../core/errors.ts';
import type { KeyColumn } from './key-column.ts';

/** Digits that a double holds, as which servers may compare numbers with texts. */
const EXACT_DIGITS = 15;

/**
 * The keys of a batch in groups that a condition such as `id IN (…)` finds exactly. Numbers that JavaScript cannot hold are
 * texts, and servers may compare them as doubles, so that rows are missed or others are found: MySQL 9.7 and MariaDB 11.8 do
 * for lists of DECIMAL, which get one text at a time. Throws if a key of several columns has such a number, because `(a, b) IN
 * (…)` misses it on both, alone or in a list.
 */
export function keyGroups(
  keys: readonly unknown[],
  columns: readonly KeyColumn[],
): readonly (readonly unknown[])[] {
  const isLong = (value: unknown, { kind }: KeyColumn) =>
    kind === 'number' && typeof value === 'string' && digitsOf(value) > EXACT_DIGITS;
  const [first] = columns;
  if (first !== undefined && columns.length === 1) {
    const isOneByOne = first.dataType === 'decimal' && keys.some((key) => isLong(key, first));
    return isOneByOne ? keys.map((key) => [key]) : [keys];
  }
  for (const [at, column] of columns.entries()) {
    if (keys.some((key) => isLong((key as unknown[])[at], column))) throw notFound(column);
  }
  return [keys];
}

/** Zeros before the first digit do not count. */
function digitsOf(number: string): number {
  return number.replace(/^[-.0]*/, '').replace('.', '').length;
}

function notFound({ name }: KeyColumn): FanfoldError<'StatementRefused'> {
  return new FanfoldError(
    'StatementRefused',
    `A key of this batch has a number of more than ${EXACT_DIGITS} digits in ${JSON.stringify(name)}. It would be given to \`rows\` as a text, and servers do not find such texts reliably in a key of several columns. The batch was rolled back.`,
    {
      fault: 'migration',
      nextStep:
        'Write the backfill with `update` in place of `rows`: it does not need keys. If that is not enough, change these rows by a script.',
    },
  );
}
