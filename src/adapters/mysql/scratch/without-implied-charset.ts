/** The name, type and character set at the beginning of a column's line, whose collation follows. */
const COLUMN =
  /^( +`(?:[^`]|``)+` [a-z]+(?:\((?:[^')]|'(?:[^'\\]|''|\\.)*')*\))?) CHARACTER SET (\w+)(?= COLLATE (\w+))/gm;

/**
 * A definition without the character sets of columns that have a collation, which implies them. MySQL shows `COLLATE`
 * alone for a column that was converted with its table, and both for the same column once the table was made again from
 * that text, so that two notations would count as a difference.
 */
export function withoutImpliedCharset(definition: string): string {
  return definition.replace(COLUMN, (text, column: string, charset: string, collation: string) =>
    collation.startsWith(`${charset}_`) ? column : text,
  );
}
