import { createPalette, type Palette, plainPalette } from './palette.ts';

/** The look of text on a stream: its colors and the width of a line. */
export interface Look {
  readonly palette: Palette;
  /** Current columns of the terminal; `Infinity` without one, so that logs stay greppable. */
  readonly width: number;
}

/** A stream that may be a terminal. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Columns of a terminal that does not report them. */
const USUAL_COLUMNS = 80;

/** The look of a stream. The width is read each time, because people resize windows during a run. */
export function createLook(stream: OutputStream): Look {
  return {
    palette: createPalette(stream),
    get width() {
      return stream.isTTY === true ? stream.columns || USUAL_COLUMNS : Number.POSITIVE_INFINITY;
    },
  };
}

/** No colors and no wrapping. */
export const plainLook: Look = { palette: plainPalette, width: Number.POSITIVE_INFINITY };
