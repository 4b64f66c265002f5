/** A token of a migration file: comments and blanks are not tokens. */
export interface SourceToken {
  /** `text`: a string or a part of a template, without its quotes. */
  readonly kind: 'word' | 'text' | 'symbol';
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** A comment that allows a rule in one file: `// fanfold-allow rule-name: reason`. */
export interface AllowComment {
  readonly rule: string;
  /** Empty if it gives none. */
  readonly reason: string;
  readonly line: number;
}

/** The text of a migration file, as far as rules look at it. */
export interface MigrationSource {
  /** For people, and for tools that show findings beside the code. */
  readonly file: string;
  readonly tokens: readonly SourceToken[];
  readonly allowed: readonly AllowComment[];
  /** Line from which on the file could not be read, as JavaScript or TypeScript; absent if all of it was. */
  readonly unreadFrom?: number | undefined;
}

/** Whether a `down` that a file exports does anything: an empty body does not. */
export function downOf(
  { tokens }: Pick<MigrationSource, 'tokens'>,
  isExported: boolean,
): 'present' | 'empty' | 'missing' {
  if (!isExported) return 'missing';
  const isEmpty = tokens.some(({ kind, text }, index) => {
    if (kind !== 'word' || text !== 'down') return false;
    const body = bodyAfter(tokens, index);
    return body !== undefined && EMPTY_BODIES.has(body);
  });
  return isEmpty ? 'empty' : 'present';
}

const EMPTY_BODIES: ReadonlySet<string> = new Set([
  '{}',
  '{return;}',
  'Promise.resolve()',
  '{returnPromise.resolve();}',
  '{returnPromise.resolve()}',
]);

/** The text of the function that follows a name, as far as it is short. */
function bodyAfter(tokens: readonly SourceToken[], at: number): string | undefined {
  const open = tokens.findIndex(({ text }, index) => index > at && text === '(');
  const between = tokens.slice(at + 1, open).map(({ text }) => text);
  const isFunction = between.every((text) =>
    ['=', 'async', 'function', 'down', ':', '*'].includes(text),
  );
  if (open < 0 || !isFunction) return undefined;
  let depth = 0;
  const close = tokens.findIndex(({ kind, text }, index) => {
    if (index < open || kind === 'text') return false;
    if (text === '(') depth++;
    if (text === ')') depth--;
    return depth === 0;
  });
  // A type may follow the parameters.
  const start = tokens.findIndex(
    ({ text }, index) => index > close && (text === '{' || text === '=>'),
  );
  if (close < 0 || start < 0) return undefined;
  const body = tokens.slice(tokens[start]?.text === '=>' ? start + 1 : start, start + 9);
  const text = body.map((token) => token.text).join('');
  return [...EMPTY_BODIES].find((empty) => text.startsWith(empty));
}

const ALLOW = /^\W*fanfold-allow\s+([\w-]+)\s*(?::\s*(.*))?$/;

/** The rule that one line of a comment allows, if it allows one. */
export function allowIn(comment: string, line: number): AllowComment | undefined {
  const found = ALLOW.exec(comment.trim());
  if (found === null) return undefined;
  const [, rule = '', reason = ''] = found;
  return { rule, reason: reason.replace(/\*\/$/, '').trim(), line };
}

/** The places at which these tokens follow each other, such as `Date . now`. */
export function* placesOf(
  { tokens }: Pick<MigrationSource, 'tokens'>,
  ...texts: readonly string[]
): Generator<SourceToken, void, undefined> {
  for (const [index, token] of tokens.entries()) {
    const isHere = texts.every((text, offset) => {
      const found = tokens[index + offset];
      return found?.text === text && found.kind !== 'text';
    });
    if (isHere) yield token;
  }
}
