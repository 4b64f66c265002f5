import { formatDuration } from '../../wording/format-duration.ts';
import { forecastStatement } from '../forecast/forecast-statement.ts';
import { DEFAULT_RATES } from '../forecast/rate.ts';

/** A shorter time at most is not worth a word. */
const SHORTEST_MS = 1_000;

/**
 * How long a copy of a table would take, in a sentence; empty if it takes no time. In a tenant only the size is known, and not the rates of
 * earlier runs, so that the range is wide.
 */
export function copyForecast(table: string, bytes: number): string {
  const size = { name: table, rows: 0, dataBytes: bytes, indexBytes: 0 };
  const { ms } = forecastStatement(
    { kind: 'copy', passes: 1, blocks: 'writes' },
    { sizes: [size], unread: [size] },
    {
      rates: { rateOf: (kind) => DEFAULT_RATES[kind] },
    },
  );
  if (ms.high < SHORTEST_MS) return '';
  return `At usual rates the copy takes ${formatDuration(ms.low)} to ${formatDuration(ms.high)}; \`fanfold migrate:plan --forecast\` knows those of earlier runs.`;
}
