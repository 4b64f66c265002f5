import type { RecordedMigration, Recording, SentStatement } from '../../core/safety/recording.ts';
import { verdictWords } from '../../core/safety/verdict.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** Columns of a line in a log, whose width is not known. */
const LONGEST = 500;

/**
 * The SQL of migrations, one statement a line with the server's verdict before it, cut to the width of the
 * terminal; and the failure that ended the recording, if one did.
 *
 * @param wanted ids of the migrations that are shown; all if absent
 */
export function sqlLines(
  { server, migrations, failure }: Recording,
  wanted: ReadonlySet<string> | undefined,
  look: Look,
): string[] {
  const shown = migrations.filter(({ id }) => wanted?.has(id) ?? true);
  const reached = new Set(migrations.map(({ id }) => id));
  const missing = [...(wanted ?? [])].filter((id) => !reached.has(id));
  return [
    '',
    ...wrapText(
      `SQL as sent on ${server.product} ${server.version}, after the earlier migrations on an empty database:`,
      look.width,
    ).map(look.palette.strong),
    ...shown.flatMap((migration) => migrationLines(migration, look)),
    ...(failure === undefined
      ? []
      : wrapText(
          printable(
            `❌ ${failure.migration ?? 'The scratch database'} failed there: ${failure.message}${missing.length === 0 ? '' : ` ${countOf(missing.length, 'migration')} after it did not run.`}`,
          ),
          look.width,
          '   ',
        ).map(look.palette.bad)),
  ];
}

function migrationLines({ id, statements }: RecordedMigration, look: Look): string[] {
  return [
    '',
    look.palette.strong(printable(id)),
    ...(statements.length === 0 ? [look.palette.faint('  sends nothing')] : []),
    ...statements.map((statement) =>
      cutToWidth(printable(statementText(statement)), Math.min(look.width, LONGEST)),
    ),
  ];
}

function statementText({ number, text, verdict, isRefused }: SentStatement): string {
  const words = isRefused ? 'refused' : verdict === undefined ? '' : verdictWords(verdict);
  return `  ${number}. ${words === '' ? '' : `[${words}] `}${text}`;
}
