import { styleText } from 'node:util';

/** Colors for one stream, or none: `NO_COLOR`, `FORCE_COLOR` and the terminal decide. */
export interface Palette {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

/** The palette of a stream, as `util.styleText` determines it. */
export function createPalette(stream: NodeJS.WritableStream): Palette {
  const styled = (style: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(style, text, { stream });
  return {
    good: styled('green'),
    bad: styled('red'),
    warn: styled('yellow'),
    strong: styled('bold'),
    faint: styled('dim'),
  };
}

/** A palette that leaves every text as it is. */
export const plainPalette: Palette = {
  good: (text) => text,
  bad: (text) => text,
  warn: (text) => text,
  strong: (text) => text,
  faint: (text) => text,
};
