import { Verbatim } from './verbatim.ts';

/**
 * Characters that JSON does not escape, although a terminal or a line reader acts on them: DEL, the C1
 * controls, the two Unicode line separators and bidirectional controls.
 */
const ACTIVE = /[\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu;

/** A value as one line of JSON that is safe for a terminal. Commands in it are the canonical ones. */
export function jsonLine(value: unknown): Verbatim {
  const json = JSON.stringify(value).replace(
    ACTIVE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new Verbatim(json);
}
