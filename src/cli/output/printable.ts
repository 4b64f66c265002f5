/** Line breaks and tabs of any kind; they would break the layout of a line. */
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/**
 * Characters that a terminal acts on instead of showing them: control characters (which begin escape
 * sequences), characters that change the direction of text, lone surrogates, and two invisible characters
 * that would hide a difference between two names.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u200b\ufeff]/gu;

/**
 * Makes text from a database, a migration or a user safe for one line of a terminal. Names and messages may
 * contain anything, even sequences that recolor, scroll or retitle the terminal.
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
