import type { ColumnPair, Conversion } from './conversion.ts';

/** Conversions to dates and times. */
export function toTemporal({ from, to, isMariaDb }: ColumnPair): readonly Conversion[] | undefined {
  const fractions = (digits: number): Conversion[] =>
    (from.family === 'datetime' || from.family === 'timestamp' || from.family === 'time') &&
    from.digits > digits
      ? [{ condition: { is: 'has fractions of seconds', digits }, refused: 'never' }]
      : [];
  const isText = from.family === 'text' || from.family === 'bytes';
  switch (to.family) {
    case 'date':
      if (from.family === 'datetime' || from.family === 'timestamp')
        return [{ condition: { is: 'has a time of day' }, refused: 'never' }];
      return isText || from.family === 'integer' ? notATime('date') : undefined;
    case 'datetime':
      if (from.family === 'date') return [];
      if (from.family === 'datetime' || from.family === 'timestamp') return fractions(to.digits);
      return isText || from.family === 'integer' ? notATime('datetime') : undefined;
    case 'timestamp':
      if (from.family === 'date') return [outOfRange];
      if (from.family === 'datetime') return [outOfRange, ...fractions(to.digits)];
      if (from.family === 'timestamp') return fractions(to.digits);
      return undefined;
    case 'time':
      if (from.family === 'time') return fractions(to.digits);
      if (from.family === 'datetime' || from.family === 'timestamp')
        return [{ condition: { is: 'any value' }, refused: 'never' }];
      if (!isText) return undefined;
      return isMariaDb
        ? notATime('time')
        : [...notATime('time'), { condition: { is: 'empty text' }, refused: 'never' }];
    case 'year':
      return isText || from.family === 'integer' ? notATime('year') : undefined;
    default:
      return undefined;
  }
}

const outOfRange: Conversion = { condition: { is: 'not a timestamp' }, refused: 'strict' };

function notATime(as: 'date' | 'datetime' | 'time' | 'year'): Conversion[] {
  return [{ condition: { is: 'not a time', as }, refused: 'strict' }];
}
