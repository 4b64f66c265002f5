import type { LimitExceeded } from '../../core/safety/guard/beyond-limits.ts';
import type { RecordedMigration, Recording, SentStatement } from '../../core/safety/recording.ts';
import { verdictWords } from '../../core/safety/verdict.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { guardWords } from '../../core/wording/guard-words.ts';
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
  beyond: ReadonlyMap<string, ReadonlyMap<number, LimitExceeded>> = new Map(),
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
    ...shown.flatMap((migration) => migrationLines(migration, look, beyond.get(migration.id))),
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

function migrationLines(
  { id, statements, safety, fills }: RecordedMigration,
  look: Look,
  beyond?: ReadonlyMap<number, LimitExceeded>,
): string[] {
  const limits =
    safety === undefined
      ? []
      : wrapText(`  safety: ${printable(guardWords(safety))}`, look.width, '    ');
  return [
    '',
    look.palette.strong(printable(id)),
    ...limits,
    ...statementLines(statements, look, { beyond, fills }),
  ];
}

const BEYOND: Readonly<Record<LimitExceeded, string>> = {
  lock: 'Beyond "safety.lock": refused if the table has rows.',
  copyBytes: 'Beyond "safety.copyBytes": refused if the table has rows.',
  online: 'Beyond the limits of "safety": changed online if the table has rows, or refused.',
  unseen: 'Refused: nothing can hold it to the limits of "safety".',
};

/** The facts about a migration beside its statements. */
interface StatementContext {
  readonly beyond?: ReadonlyMap<number, LimitExceeded> | undefined;
  /** The table whose rows it fills as a backfill. */
  readonly fills?: string | undefined;
}

/** Statements with their verdicts, one a line. */
export function statementLines(
  statements: readonly SentStatement[],
  look: Look,
  { beyond, fills }: StatementContext = {},
): string[] {
  if (fills !== undefined)
    return [look.palette.faint(`  fills rows of ${printable(fills)} in batches`)];
  if (statements.length === 0) return [look.palette.faint('  sends nothing')];
  return statements.flatMap((statement) => {
    const limit = beyond?.get(statement.number);
    return [
      cutToWidth(printable(statementText(statement)), Math.min(look.width, LONGEST)),
      ...(limit === undefined ? [] : [look.palette.warn(`     ⚠️  ${BEYOND[limit]}`)]),
    ];
  });
}

function statementText({ number, text, verdict, isRefused }: SentStatement): string {
  const words = isRefused ? 'refused' : verdict === undefined ? '' : verdictWords(verdict);
  return `  ${number}. ${words === '' ? '' : `[${words}] `}${text}`;
}
