/**
 * A server's message, closed by a full stop: in one line with a next step its words would run
 * into that.
 */
export function asSentence(words: string): string {
  return /[\p{L}\p{N})'"`\]]$/u.test(words) ? `${words}.` : words;
}
