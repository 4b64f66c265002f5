const LIMIT = 500;

/**
 * The shape of an SQL statement: strings, numbers and hexadecimal literals become `?`, lists of
 * them become one `?`, comments go, blanks collapse. What is left names tables and columns but holds
 * no data, so it may be shown and grouped by. Cut at 500 characters.
 *
 * Literals end where MySQL ends them: doubled quotes and backslash escapes are inside. An unclosed
 * literal or comment swallows the rest, so that a broken statement gives nothing away either.
 */
export function statementShape(sql: string): string {
  const shape = withoutLiterals(sql)
    .replace(/\s+/g, ' ')
    .replace(/\?(?: ?, ?\?)+/g, '?')
    .replace(/\( ?\? ?\)(?: ?, ?\( ?\? ?\))+/g, '(?)')
    .trim()
    .replace(/;$/, '');
  return shape.length > LIMIT ? `${shape.slice(0, LIMIT - 1)}…` : shape;
}

/** The statement, whole, with every literal as `?` and every comment as a blank. */
function withoutLiterals(sql: string): string {
  return sql.replace(TOKENS, (token, identifier: string | undefined) => {
    if (identifier !== undefined) return identifier;
    return token.startsWith('/*') || token.startsWith('#') || token.startsWith('-- ') ? ' ' : '?';
  });
}

/** Quoted and plain identifiers (kept), comments, strings (with their prefixes) and numbers. */
const TOKENS = new RegExp(
  [
    "(`(?:[^`]|``)*(?:`|$)|(?![xXbBnN]'|0[xb])[A-Za-z_$\\u0080-\\uFFFF][\\w$\\u0080-\\uFFFF]*)",
    '/\\*[\\s\\S]*?(?:\\*/|$)',
    '#[^\\n]*',
    '-- [^\\n]*',
    "[xXbBnN]?'(?:[^'\\\\]|\\\\[\\s\\S]|'')*(?:'|$)",
    '"(?:[^"\\\\]|\\\\[\\s\\S]|"")*(?:"|$)',
    '0x[0-9a-fA-F]+|0b[01]+',
    '[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?',
  ].join('|'),
  'g',
);
