import { createPalette, type Palette, plainPalette } from './palette.ts';

/** How text has to look where it goes: its colours and how wide a line may be. */
export interface Look {
  readonly palette: Palette;
  /** Columns of the terminal as it is now; `Infinity` where there is none, so that logs stay greppable. */
  readonly width: number;
}

/** A stream that may be a terminal. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Columns that a terminal has if it does not say. */
const USUAL_COLUMNS = 80;

/** The look of a stream. The width is read anew each time: people resize windows during a run. */
export function createLook(stream: OutputStream): Look {
  return {
    palette: createPalette(stream),
    get width() {
      return stream.isTTY === true ? stream.columns || USUAL_COLUMNS : Number.POSITIVE_INFINITY;
    },
  };
}

/** No colours and no wrapping. */
export const plainLook: Look = { palette: plainPalette, width: Number.POSITIVE_INFINITY };
