/** Longer texts are mostly data, which no other tenant's migration repeats. */
const LONGEST = 4 * 1024;
const MOST = 500;

/**
 * Remembers what a pure function has read in a text. Migrations send the same statements for every tenant, and reading
 * them is a tenth of the client's work. It keeps some hundred texts and then begins again.
 */
export class TextMemo<Result> {
  readonly #results = new Map<string, Result>();

  /** The result for a text, which `read` computes unless it was computed for the same key before. */
  of(text: string, key: string, read: () => Result): Result {
    if (text.length > LONGEST) return read();
    const known = `${key} ${text}`;
    const found = this.#results.get(known);
    if (found !== undefined) return found;
    const result = read();
    if (this.#results.size >= MOST) this.#results.clear();
    this.#results.set(known, result);
    return result;
  }
}
