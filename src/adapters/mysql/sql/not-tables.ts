import { isWord, type SqlToken } from './sql-tokens.ts';

/** The words after ALTER of statements that concern no table; some options of views precede VIEW. */
const NOT_TABLES = [
  'ALGORITHM',
  'DATABASE',
  'DEFINER',
  'EVENT',
  'FUNCTION',
  'LIBRARY',
  'PROCEDURE',
  'ROLE',
  'SCHEMA',
  'SEQUENCE',
  'SERVER',
  'SQL',
  'USER',
  'VIEW',
];

/** Whether an ALTER changes the definition of something that has no rows. */
export function altersNoTable([first, second]: readonly SqlToken[]): boolean {
  return isWord(first, 'ALTER') && isWord(second, ...NOT_TABLES);
}
