import type { SentStatement } from '../../core/safety/recording.ts';

/** A statement of a scratch database in a line of JSON. */
export function statementJson({ number, text, kind, verdict, isRefused }: SentStatement) {
  return {
    number,
    text,
    kind,
    ...(verdict !== undefined && { verdict }),
    ...(isRefused && { refused: true }),
  };
}
