import type { ServerError } from '../../../server/server-error.ts';
import { statementShape } from '../../sql/statement-shape.ts';

/** A failed statement, with all texts in which an error may repeat it. */
interface FailedStatement {
  readonly shape: string;
  readonly texts: readonly string[];
}

/** The number of failed statements to remember, because a migration may catch errors in a loop. */
const REMEMBERED = 50;
/** The maximum number of characters of all of them, unless a single one has more. */
const MOST = 4_000_000;
/** The number of characters by which a statement is recognized even if the rest was changed or cut. */
const SHORTEST = 12;
/** The minimum length of a value; shorter values may be ordinary words of the message. */
const SHORTEST_VALUE = 3;
/** The maximum number of characters that are searched for values. */
const LONGEST_SEARCHED = 65_536;
const NOT_SHOWN = '(value not shown)';

/**
 * The failed statements of a migration. Knex puts the statement with its values before the message of an error, as
 * migrations expect; reports must not repeat it.
 */
export class FailedStatements {
  #failed: FailedStatement[] = [];

  /**
   * Remembers a failed statement.
   *
   * @param formatted the statement with its values, as the driver formats it
   */
  remember(sql: string, formatted: string): void {
    this.#failed.push({ shape: statementShape(sql), texts: [formatted, sql] });
    while (this.#failed.length > REMEMBERED || (this.#failed.length > 1 && this.#size() > MOST))
      this.#failed.shift();
  }

  /** Adds the beginning of Knex's message to the last statement; the message begins with the statement. */
  rememberMessage({ message, sqlMessage }: ServerError): void {
    const last = this.#failed.at(-1);
    const end = message.length - ` - ${sqlMessage}`.length;
    if (last === undefined || end <= 0) return;
    const texts = [message.slice(0, end), ...last.texts];
    this.#failed[this.#failed.length - 1] = { ...last, texts };
  }

  /**
   * Replaces each failed statement in a text by its shape, even if its end was cut off, and removes its values
   * everywhere.
   */
  without(text: string): string {
    let shown = text.replaceAll(MARK, '');
    for (const [index, { texts }] of this.#failed.entries()) {
      for (const each of texts) shown = withoutText(shown, each, `${MARK}${index}${MARK}`);
    }
    const values = new Set(this.#failed.flatMap(({ texts }) => texts.flatMap(valuesIn)));
    for (const value of [...values].sort((a, b) => b.length - a.length)) {
      shown = shown.replaceAll(value, NOT_SHOWN);
    }
    return shown.replace(MARKED, (_, index) => this.#failed[Number(index)]?.shape ?? '');
  }

  #size(): number {
    return this.#failed.reduce(
      (sum, { texts }) => sum + texts.reduce((all, text) => all + text.length, 0),
      0,
    );
  }
}

/** Encloses the number of a statement, so that its shape is not searched for other statements. */
const MARK = '\uffff';
const MARKED = new RegExp(`${MARK}(\\d+)${MARK}`, 'g');

/** Replaces a statement, or the part of its beginning that the text contains. */
function withoutText(text: string, statement: string, mark: string): string {
  if (statement.length === 0) return text;
  const beginning = statement.slice(0, SHORTEST);
  let shown = '';
  let at = 0;
  for (;;) {
    const found = text.indexOf(beginning, at);
    if (found === -1) return shown + text.slice(at);
    let length = beginning.length;
    while (length < statement.length && text[found + length] === statement[length]) length++;
    shown += text.slice(at, found) + mark;
    at = found + length;
  }
}

/** The values in a statement, and the words in them, because quotes may be escaped differently elsewhere. */
function valuesIn(statement: string): string[] {
  const searched = statement.slice(0, LONGEST_SEARCHED);
  const values: string[] = [];
  for (const [, single, double, number] of searched.matchAll(LITERALS)) {
    const value = single ?? double ?? number ?? '';
    values.push(value, ...(number === undefined ? (value.match(WORDS) ?? []) : []));
  }
  return values.filter((value) => value.length >= SHORTEST_VALUE && value !== '...');
}

/** Matches identifiers (which are skipped), quoted texts with escaped quotes, and numbers. */
const LITERALS =
  /`(?:[^`]|``)*`|[A-Za-z_]\w*(?!\w*['"])|'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.|"")*)"|(\d[\w.]*)/gs;
/** Matches words that are long enough to be private data. */
const WORDS = /[\p{L}\p{N}][\p{L}\p{N}.:@+-]{3,}/gu;
