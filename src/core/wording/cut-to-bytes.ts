/** The text, cut with an ellipsis if it is longer than so many bytes of UTF-8 (at least 3). */
export function cutToBytes(text: string, most: number): string {
  // A unit of UTF-16 takes at most three bytes.
  if (text.length * 3 <= most || bytesOf(text) <= most) return text;
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += bytesOf(character);
    // The ellipsis takes three bytes itself.
    if (bytes > most - 3) break;
    kept += character;
  }
  return `${kept}…`;
}

const ENCODER = new TextEncoder();

/** The length of a text in bytes of UTF-8. */
export function bytesOf(text: string): number {
  return ENCODER.encode(text).length;
}
