import type { ColumnDefinition } from '../table-definition.ts';
import type { ColumnType } from './column-type.ts';
import type { ColumnPair, Conversion } from './conversion.ts';
import type { ValueCondition } from './data-condition.ts';

type TextType = Extract<ColumnType, { family: 'text' }>;
type BytesType = Extract<ColumnType, { family: 'bytes' }>;
type ListType = Extract<ColumnType, { family: 'enum' | 'set' }>;

/** Conversions to text. */
export function toText(pair: ColumnPair, to: TextType): readonly Conversion[] | undefined {
  const { from, before, after } = pair;
  const { charset = '' } = after;
  const unit = to.isLong ? 'bytes' : 'characters';
  const limit = { is: 'longer', most: to.most, unit, charset } as const;
  const longer = strict({ ...limit, spaces: 'count' });
  // CHAR keeps no spaces at its end, whatever its length is.
  const cut = to.isFixed ? [] : [silent({ ...limit, spaces: 'only' })];
  switch (from.family) {
    case 'text': {
      const lost = lostCharacters(before, after);
      const trimmed = to.isFixed && !from.isFixed ? [silent({ is: 'ends in spaces' })] : [];
      if (isShorter(from, before, to, after)) return [...lost, ...trimmed];
      if (countsSpaces(pair, from, to)) return [...lost, longer];
      return [...lost, strict({ ...limit, spaces: 'ignored' }), ...cut, ...trimmed];
    }
    case 'bytes':
      return [
        strict({ is: 'invalid text', charset }),
        strict({ ...limit, spaces: 'ignored' }),
        ...cut,
        ...(to.isFixed ? [silent({ is: 'ends in spaces' })] : []),
      ];
    case 'enum':
    case 'set': {
      const longest = Math.max(0, ...from.values.map((value) => [...value].length));
      const fits = from.family === 'enum' && !to.isLong && longest <= to.most;
      return [...lostCharacters(before, after), ...(fits ? [] : [longer])];
    }
    case 'bit':
    case 'other':
      return undefined;
    default:
      return [longer];
  }
}

/**
 * Whether spaces at the end that are too many are refused: between VARCHAR of one character set and collation, and by
 * MySQL between long texts. All other conversions cut them.
 */
function countsSpaces(
  { before, after, isMariaDb }: ColumnPair,
  from: TextType,
  to: TextType,
): boolean {
  if (before.collation !== after.collation || from.isFixed || to.isFixed) return false;
  return to.isLong ? from.isLong && !isMariaDb : !from.isLong;
}

/** Conversions to bytes. */
export function toBytes(
  { from, before, after }: ColumnPair,
  to: BytesType,
): readonly Conversion[] | undefined {
  if (from.family === 'other' || from.family === 'bit') return undefined;
  const most = before.maxBytes ?? Number.POSITIVE_INFINITY;
  const fits = (from.family === 'bytes' || from.family === 'text') && most <= to.most;
  return [
    ...(fits ? [] : [strict({ is: 'longer', most: to.most, unit: 'bytes', spaces: 'count' })]),
    ...(to.isFixed && !(from.family === 'bytes' && from.isFixed && before.type === after.type)
      ? [silent({ is: 'shorter', least: to.most })]
      : []),
  ];
}

/** Conversions to ENUM and SET. */
export function toList(
  { from, before, after, isMariaDb }: ColumnPair,
  to: ListType,
): readonly Conversion[] | undefined {
  const { values } = to;
  const collation = after.collation === undefined ? {} : { collation: after.collation };
  if (to.family === 'set') {
    if (from.family === 'set') return removedFromSet(from.values, values);
    return from.family === 'text' || from.family === 'enum'
      ? [strict({ is: 'not a set', values })]
      : undefined;
  }
  switch (from.family) {
    case 'enum':
      return from.values.every((value) => values.includes(value))
        ? []
        : [strict({ is: 'not listed', values, ...collation })];
    case 'text':
    case 'set': {
      // MySQL reads 0 as the empty value that stands for errors.
      const least = isMariaDb ? 1 : 0;
      return [
        strict({ is: 'not listed', values, ...collation, positionsFrom: least }),
        silent({ is: 'a position', values, least }),
      ];
    }
    case 'integer': {
      const most = String(values.length);
      const range = { is: 'outside', most, digits: 0, rounding: 'away', inText: false } as const;
      return isMariaDb
        ? [strict({ ...range, least: '1' })]
        : [strict({ ...range, least: '0' }), silent({ is: 'zero' })];
    }
    default:
      return before.type === after.type ? [] : undefined;
  }
}

function removedFromSet(before: readonly string[], after: readonly string[]): Conversion[] {
  const positions = before.flatMap((value, index) => (after.includes(value) ? [] : [index]));
  return positions.length === 0 ? [] : [strict({ is: 'removed from set', positions })];
}

/** Conversions to JSON, which is a type of MySQL alone. */
export function toJson({ from }: ColumnPair): readonly Conversion[] | undefined {
  if (from.family !== 'text') return undefined;
  return [{ condition: { is: 'not json' }, refused: 'always' }];
}

/** Character sets that have every character of another one. */
const HAVE_ALL: Readonly<Record<string, readonly string[]>> = {
  utf8mb4: ['*'],
  utf16: ['*'],
  utf32: ['*'],
  utf16le: ['*'],
  utf8mb3: ['ascii', 'latin1', 'utf8', 'ucs2'],
  ucs2: ['ascii', 'latin1', 'utf8mb3', 'utf8'],
};

function lostCharacters(before: ColumnDefinition, after: ColumnDefinition): Conversion[] {
  const { charset = '' } = after;
  const known = HAVE_ALL[charset] ?? [];
  const isSafe =
    before.charset === charset || known.includes('*') || known.includes(before.charset ?? '');
  return isSafe ? [] : [strict({ is: 'not in charset', charset })];
}

/** Whether no text can be too long. */
function isShorter(
  from: TextType,
  before: ColumnDefinition,
  to: TextType,
  after: ColumnDefinition,
): boolean {
  if (!to.isLong) return !from.isLong && from.most <= to.most;
  const isSameCharset = before.charset === after.charset;
  // A character has at most four bytes.
  const bytes = isSameCharset ? (before.maxBytes ?? 0) : from.most * 4;
  return bytes <= to.most;
}

function strict(condition: ValueCondition): Conversion {
  return { condition, refused: 'strict' };
}

function silent(condition: ValueCondition): Conversion {
  return { condition, refused: 'never' };
}
