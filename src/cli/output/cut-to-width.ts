import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';

/**
 * Cuts text to at most `width` columns, with `…` at the end if something was cut. A column is what a
 * terminal shows: a Chinese character or an emoji takes two.
 */
export function cutToWidth(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  return width <= 0 ? '' : `${sliceAnsi(text, 0, width - 1)}…`;
}

/** Pads the text with spaces to exactly `width` columns, or cuts it to them. */
export function fitToWidth(text: string, width: number): string {
  const cut = cutToWidth(text, width);
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)));
}
