import type { SentStatement } from '../recording.ts';
import type { MigrationSource, SourceToken } from './migration-source.ts';

/** Methods of Knex whose first argument is a table. */
const CALLS: ReadonlySet<string> = new Set([
  ...['createTable', 'createTableIfNotExists', 'createTableLike', 'alterTable', 'table'],
  ...['dropTable', 'dropTableIfExists', 'renameTable', 'createView', 'dropView', 'from', 'into'],
]);

/**
 * The line of a migration's `up` that sends a statement: the only raw SQL with its words, or the only call of Knex for
 * its table, or the only one of those that names what it changes. `undefined` if several lines could be it.
 */
export function lineOfStatement(
  source: Pick<MigrationSource, 'tokens'>,
  statement: SentStatement,
): number | undefined {
  const tokens = upOf(source.tokens);
  const raw = rawLines(tokens, statement);
  if (raw.length > 0) return raw.length === 1 ? raw[0] : undefined;
  if (mayBeRaw(tokens, statement)) return undefined;
  const calls = callsFor(tokens, statement);
  if (calls.length < 2) return calls[0]?.line;
  const names = changedNames(statement);
  const naming = calls.filter(({ texts }) => names.some((name) => texts.has(name)));
  return naming.length === 1 ? naming[0]?.line : undefined;
}

/** The tokens from `up` to `down`, or to the end. */
function upOf(tokens: readonly SourceToken[]): readonly SourceToken[] {
  const at = (word: string) =>
    tokens.findIndex(({ kind, text }) => kind === 'word' && text === word);
  const [up, down] = [at('up'), at('down')];
  return tokens.slice(Math.max(up, 0), down > up ? down : undefined);
}

/** The lines of texts that are the statement, or several of which it is one. `?` stands for any value. */
function rawLines(tokens: readonly SourceToken[], { tokens: words }: SentStatement): number[] {
  const wanted = words
    .filter((word) => word !== ';')
    .map(bare)
    .join('');
  return tokens.flatMap(({ kind, text, line }) => {
    if (kind !== 'text' || !/\s/.test(text)) return [];
    if (
      !bare(text)
        .split(';')
        .some((part) => isTextOf(part, wanted))
    )
      return [];
    // A template may begin with empty lines.
    return [line + (/^\s*/.exec(text)?.[0].split('\n').length ?? 1) - 1];
  });
}

function isTextOf(part: string, wanted: string): boolean {
  if (part === '' || !part.includes('?')) return part !== '' && part === wanted;
  const pattern = part.split('?').map((piece) => piece.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`, 's').test(wanted);
}

/** Whether raw SQL that is not understood may be the statement: it names its table. */
function mayBeRaw(
  tokens: readonly SourceToken[],
  { tokens: words, changes }: SentStatement,
): boolean {
  const changed = changes.flatMap(({ before, after }) => [before?.name, after?.name]);
  const [first = ''] = words.filter((word) => word.startsWith('`')).map(unquoted);
  const tables = new Set([first, ...changed.map((name) => name?.toUpperCase())]);
  return tokens.some(
    ({ kind, text }) =>
      kind === 'text' &&
      /\s/.test(text.trim()) &&
      (text.toUpperCase().match(/\w+/g) ?? []).some((word) => tables.has(word)),
  );
}

/** A text without blanks and quotes, in upper case: raw SQL and what is sent differ in those. */
function bare(text: string): string {
  return text.replace(/[\s`'"\\]/g, '').toUpperCase();
}

interface Call {
  readonly line: number;
  /** The texts up to the next call of this kind. */
  readonly texts: ReadonlySet<string>;
}

/** Calls of Knex whose first argument is a table of the statement. */
function callsFor(tokens: readonly SourceToken[], statement: SentStatement): Call[] {
  const places = tokens.flatMap(({ kind, text }, at) => {
    const isCall = tokens[at + 1]?.text === '(' && tokens[at + 2]?.kind === 'text';
    const isKnex = CALLS.has(text) || (text === 'knex' && kind === 'word');
    return isCall && isKnex ? [at] : [];
  });
  const tables = new Set(statement.tokens.map(unquoted));
  return places.flatMap((at, index) => {
    const name = tokens[at + 2]?.text ?? '';
    if (!tables.has(name.toUpperCase())) return [];
    const own = tokens.slice(at + 3, places[index + 1]);
    const texts = own.filter(({ kind }) => kind === 'text').map(({ text }) => text.toUpperCase());
    return [{ line: tokens[at]?.line ?? 1, texts: new Set(texts) }];
  });
}

/** Names of columns and indexes that differ after the statement, or all that it names, in upper case. */
function changedNames({ changes, tokens }: SentStatement): string[] {
  const differing = changes.flatMap(({ before, after }) => {
    const named = (table: typeof before) =>
      [...(table?.columns ?? []), ...(table?.indexes ?? [])].map((one) => JSON.stringify(one));
    const [old, now] = [new Set(named(before)), new Set(named(after))];
    return [...old, ...now]
      .filter((one) => !(old.has(one) && now.has(one)))
      .map((one) => (JSON.parse(one) as { name: string }).name.toUpperCase());
  });
  return differing.length > 0 ? differing : tokens.map(unquoted);
}

function unquoted(token: string): string {
  return (token.startsWith('`') ? token.slice(1, -1) : token).toUpperCase();
}
