/** Line breaks and tabs of any kind; they would break the layout of a line. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/**
 * What a terminal would act on instead of showing it: control characters (escape sequences start
 * with one), characters that turn the direction of the text, lone surrogates, and two that are
 * invisible and would hide a difference between two names.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u200b\ufeff]/gu;

/**
 * Makes text from a database, a migration or a user safe for one line of a terminal: names and
 * messages may hold anything, also sequences that would recolour, move or retitle the terminal.
 */
export function printable(text: string): string {
  return text.replace(BREAKS, ' ').replace(UNPRINTABLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u{${code.toString(16).padStart(4, '0')}}`;
}
