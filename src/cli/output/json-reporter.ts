import { jsonLine } from './json-line.ts';
import type { Screen } from './screen.ts';

/** Writes every event as one line of JSON to standard output, and nothing else. */
export function createJsonReporter(screen: Screen): (event: { readonly type: string }) => void {
  return (event) => screen.print([jsonLine(event)]);
}
