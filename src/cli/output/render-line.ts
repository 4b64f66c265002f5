import { type Palette, plainPalette } from './palette.ts';
import { renderCommands } from './render-commands.ts';
import { fitLine } from './wrap-text.ts';

/** A line as it is written: with commands as the user types them, and broken at its spaces if it is too wide then. */
export function renderLine(
  line: string,
  invocation: Parameters<typeof renderCommands>[1],
  { width, palette }: { readonly width: number; readonly palette: Palette },
): string[] {
  const shownIn = (colors: Palette) => (text: string) => renderCommands(text, invocation, colors);
  return fitLine(line, width, shownIn(plainPalette)).map(shownIn(palette));
}
