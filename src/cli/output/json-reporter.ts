import { jsonLine } from './json-line.ts';
import type { Screen } from './screen.ts';

/** Writes every event to standard output as one line of JSON. */
export function createJsonReporter(screen: Screen): (event: { readonly type: string }) => void {
  return (event) => screen.print([jsonLine(event)]);
}
