import type { SnapshotResult } from '../../core/snapshot/make-snapshot.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { failureLines } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** The most differences and reasons that are shown. */
const MOST = 20;

/** The result of making a snapshot, and why there is none. */
export function snapshotLines(result: SnapshotResult, path: string, look: Look): string[] {
  const said = (text: string, indent = '   ') => wrapText(printable(text), look.width, indent);
  const replayed = said('New tenants run the migrations.', '');
  switch (result.status) {
    case 'made': {
      const { tables, rows, bytes } = result.header;
      return said(
        `✅ ${path}: ${countOf(tables, 'table')}, ${countOf(rows, 'row')}, ${(bytes / 1_048_576).toFixed(1)} MB, equal to a replay`,
      );
    }
    case 'fails':
      return [
        ...said(`❌ The migrations fail: ${result.failure.message}`),
        ...failureLines(result.failure, look, []),
      ];
    case 'outside':
      return [
        ...said('⚠️  No snapshot: migrations do something that is not in their database alone.'),
        ...result.statements
          .slice(0, MOST)
          .flatMap(({ migration, text, why }) => said(`- ${migration}: ${text} … ${why}`, '  ')),
        ...replayed,
      ];
    case 'varies':
      return [
        ...said(
          '⚠️  No snapshot: two runs at different times, for different tenants and in different environments, do not make the same.',
        ),
        ...result.differences
          .slice(0, MOST)
          .flatMap(({ migration, object, text }) =>
            said(`- ${migration ?? '(several migrations together)'}: ${object}: ${text}`, '  '),
          ),
        ...replayed,
        ...said('`fanfold migrate:rehearse` tells time, chance and name apart.', ''),
      ];
    case 'unproven':
      return [
        ...said('⚠️  No snapshot: a database made from it would not be that of the migrations.'),
        ...result.reasons.slice(0, MOST).flatMap((reason) => said(`- ${reason}`, '  ')),
        ...replayed,
      ];
    case 'too large':
      return [
        ...said(
          `⚠️  No snapshot: it would have more than ${Math.round(result.limit / 1_048_576)} MB. --max-megabytes allows more.`,
        ),
        ...replayed,
      ];
  }
}
