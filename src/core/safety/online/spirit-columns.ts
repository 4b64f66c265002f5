import { enumMembers } from '../../text/enum-members.ts';

/** A column of a table, as information_schema has it. */
export interface ColumnFacts {
  readonly name: string;
  /** Such as `varchar`, in lower case. */
  readonly type: string;
  /** Such as `int unsigned` or `enum('a','b')`. */
  readonly fullType: string;
  /** Of text only, such as `utf8mb4`. */
  readonly characterSet: string | undefined;
  /** The most characters of a text. */
  readonly length: number | undefined;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  readonly isGenerated: boolean;
}

/** Types whose values Spirit 0.12.0 takes from the binary log as they are (test/adapters/mysql/online/spirit/). */
const TYPES: ReadonlySet<string> = new Set(
  'tinyint smallint mediumint int bigint decimal float double date datetime timestamp time year'.split(
    ' ',
  ),
);
const TEXTS: ReadonlySet<string> = new Set([
  'char',
  'varchar',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
]);
/** In any other one, it takes some texts for UTF-8, such as `Ã©` in latin1. */
const CHARACTER_SETS = ['ascii', 'utf8mb3', 'utf8', 'utf8mb4'];
/** Narrow unsigned integers come from the binary log as signed ones. Those of INT and BIGINT are converted back. */
const UNSIGNED: ReadonlySet<string> = new Set(['int', 'bigint']);
const INTEGERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const MOST_SET_MEMBERS = 63;

/** The reason why values of this column would be copied wrongly, or late refused; `undefined` if they would not. */
export function unsafeColumn(column: ColumnFacts): string | undefined {
  const { name, type, fullType, characterSet, isGenerated } = column;
  if (isGenerated) return `The column ${name} is generated, ${SHIFTS}`;
  if (type === 'enum' || type === 'set') {
    const members = enumMembers(fullType);
    const number = members.find((each) => /\p{N}/u.test(each) && !/\p{L}/u.test(each));
    if (number !== undefined)
      return `The column ${name} has the member '${number}', which Spirit takes for the number of one.`;
    return members.length > MOST_SET_MEMBERS && type === 'set'
      ? `The column ${name} is a SET of ${members.length} members, ${WRONG}`
      : undefined;
  }
  if (TEXTS.has(type))
    return CHARACTER_SETS.includes(characterSet ?? '')
      ? undefined
      : `The column ${name} is in the character set ${characterSet}, ${WRONG}`;
  if (/binary|blob/.test(type)) return `The column ${name} is ${fullType.toUpperCase()}, ${EMPTY}`;
  const odd =
    !TYPES.has(type) ||
    /zerofill/.test(fullType) ||
    (/unsigned/.test(fullType) && INTEGERS.includes(type) && !UNSIGNED.has(type));
  return odd ? `The column ${name} is ${fullType.toUpperCase()}, ${WRONG}` : undefined;
}

const WRONG = 'whose values Spirit does not read rightly from the binary log.';
const EMPTY = 'of which Spirit writes an empty value as a statement that is not valid.';
const SHIFTS = 'and Spirit would write the values of other columns into wrong ones.';

/**
 * The reason why a new definition might not take every value of the old one; `undefined` if it takes them all. While it
 * swaps the tables, Spirit looks at no warnings, so that a value that does not fit would be cut.
 */
export function unsafeConversion(from: ColumnFacts, to: ColumnFacts): string | undefined {
  if (from.name !== to.name)
    return `It writes the name of the column ${from.name} as ${to.name}, by which Spirit would copy no values.`;
  if (from.isNullable && !to.isNullable)
    return `It makes the column ${to.name} NOT NULL, and Spirit would turn a NULL that is written meanwhile into a value.`;
  return takesAll(from, to)
    ? undefined
    : `The column ${to.name} changes from ${from.fullType} to ${to.fullType}, which might not take every value that is written while Spirit works.`;
}

function takesAll(from: ColumnFacts, to: ColumnFacts): boolean {
  if (from.type === to.type && from.fullType === to.fullType)
    return charactersGrow(from.characterSet, to.characterSet);
  if (INTEGERS.includes(from.type) && INTEGERS.includes(to.type)) return integerGrows(from, to);
  if (TEXTS.has(from.type) && TEXTS.has(to.type))
    return (
      charactersGrow(from.characterSet, to.characterSet) && lengthGrows(from, to) && !padded(to)
    );
  if (from.type === to.type && (from.type === 'enum' || from.type === 'set')) {
    const members = enumMembers(to.fullType);
    return (
      charactersGrow(from.characterSet, to.characterSet) &&
      enumMembers(from.fullType).every((each, index) => members[index] === each)
    );
  }
  if (from.type === 'decimal' && to.type === 'decimal') return decimalGrows(from, to);
  // A TIME of more digits is another text to its comparison.
  const isTime = from.type === 'datetime' && to.type === 'datetime';
  if (isTime) return (numbersOf(to.fullType)[0] ?? 0) >= (numbersOf(from.fullType)[0] ?? 0);
  return from.type === 'date' && to.type === 'datetime';

  /** A CHAR drops the spaces at the end. */
  function padded(column: ColumnFacts): boolean {
    return column.type === 'char' && from.type !== 'char';
  }
}

function charactersGrow(from: string | undefined, to: string | undefined): boolean {
  return from === to || CHARACTER_SETS.indexOf(to ?? '') >= CHARACTER_SETS.indexOf(from ?? '\0');
}

/** Lengths of TEXT are in bytes, so that four of them are reckoned for a character. */
function lengthGrows(from: ColumnFacts, to: ColumnFacts): boolean {
  const [old = 0, now = 0] = [from.length, to.length];
  const isMixed = /text$/.test(to.type) && !/text$/.test(from.type);
  const changesSet = /text$/.test(to.type) && from.characterSet !== to.characterSet;
  return now >= (isMixed || changesSet ? old * 4 : old);
}

function integerGrows(from: ColumnFacts, to: ColumnFacts): boolean {
  const [old, now] = [INTEGERS.indexOf(from.type), INTEGERS.indexOf(to.type)];
  const [wasUnsigned, isUnsigned] = [/unsigned/.test(from.fullType), /unsigned/.test(to.fullType)];
  if (/zerofill/.test(to.fullType)) return false;
  if (wasUnsigned === isUnsigned) return now >= old;
  return wasUnsigned && now > old;
}

function decimalGrows(from: ColumnFacts, to: ColumnFacts): boolean {
  const [digits = 10, scale = 0] = numbersOf(from.fullType);
  const [newDigits = 10, newScale = 0] = numbersOf(to.fullType);
  const fits = newScale >= scale && newDigits - newScale >= digits - scale;
  return fits && (!/unsigned/.test(to.fullType) || /unsigned/.test(from.fullType));
}

/** The numbers in brackets. */
function numbersOf(fullType: string): number[] {
  return /\(([\d,]+)\)/.exec(fullType)?.[1]?.split(',').map(Number) ?? [];
}
