import type { ServerError } from '../../../server/server-error.ts';
import { statementShape } from '../../sql/statement-shape.ts';

/** A statement that failed, in all the texts that an error may repeat it in. */
interface FailedStatement {
  readonly shape: string;
  readonly texts: readonly string[];
}

/** How many failed statements are remembered: a migration may catch errors in a loop. */
const REMEMBERED = 50;
/** Most characters of all of them, unless one alone has more. */
const MOST = 4_000_000;
/** Shortest beginning of a statement that is found again if the rest was changed or cut, in characters. */
const SHORTEST = 12;
/** Shorter values are as likely to be a word of the message. */
const SHORTEST_VALUE = 3;
/** Longest text whose values are looked for one by one, in characters. */
const LONGEST_SEARCHED = 65_536;
const NOT_SHOWN = '(value not shown)';

/**
 * The statements that failed in a migration. Knex writes the statement, values included, before the
 * message of an error, as migrations expect it; what is reported must not repeat it.
 */
export class FailedStatements {
  #failed: FailedStatement[] = [];

  /** @param formatted the statement as the driver writes it, values filled in */
  remember(sql: string, formatted: string): void {
    this.#failed.push({ shape: statementShape(sql), texts: [formatted, sql] });
    while (this.#failed.length > REMEMBERED || (this.#failed.length > 1 && this.#size() > MOST))
      this.#failed.shift();
  }

  /** The error of the statement that was remembered last has Knex's message by now, which begins with the statement. */
  rememberMessage({ message, sqlMessage }: ServerError): void {
    const last = this.#failed.at(-1);
    const end = message.length - ` - ${sqlMessage}`.length;
    if (last === undefined || end <= 0) return;
    const texts = [message.slice(0, end), ...last.texts];
    this.#failed[this.#failed.length - 1] = { ...last, texts };
  }

  /**
   * A text with each failed statement by its shape, also if its end was cut off, and without the
   * values of it, however they stand there.
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

/** Stands around the number of a statement, so that its shape is not searched for others. */
const MARK = '\uffff';
const MARKED = new RegExp(`${MARK}(\\d+)${MARK}`, 'g');

/** Replaces a statement, or as much of its beginning as is there. */
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

/** The values that are written in a statement, and the words in them: quotes may be written otherwise elsewhere. */
function valuesIn(statement: string): string[] {
  const searched = statement.slice(0, LONGEST_SEARCHED);
  const values: string[] = [];
  for (const [, single, double, number] of searched.matchAll(LITERALS)) {
    const value = single ?? double ?? number ?? '';
    values.push(value, ...(number === undefined ? (value.match(WORDS) ?? []) : []));
  }
  return values.filter((value) => value.length >= SHORTEST_VALUE && value !== '...');
}

/** Identifiers, which are passed over; text in quotes, in which an escaped quote does not end it; numbers. */
const LITERALS =
  /`(?:[^`]|``)*`|[A-Za-z_]\w*(?!\w*['"])|'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.|"")*)"|(\d[\w.]*)/gs;
/** Words that are long enough to tell something. */
const WORDS = /[\p{L}\p{N}][\p{L}\p{N}.:@+-]{3,}/gu;
