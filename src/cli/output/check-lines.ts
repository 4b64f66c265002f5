import { MOST_COUNTED } from '../../core/safety/checks/data-answer.ts';
import type {
  BlockedCheck,
  FleetFinding,
  FleetFindings,
} from '../../core/safety/checks/fleet-findings.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { fewOf } from '../../core/wording/few-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

/** Tenants that a finding names. */
const MOST_TENANTS = 3;

/** Rows that pending migrations would fail at or change, and what was not asked. */
export function checkLines(fleet: FleetFindings, seconds: number, look: Look): string[] {
  const { findings, blocked, unchecked } = fleet;
  const wrap = (text: string) => wrapText(printable(text), look.width, INDENT);
  return [
    '',
    ...wrap('Rows that pending migrations would fail at, or change:').map(look.palette.strong),
    ...findings.flatMap((finding) => ['', ...findingLines(finding, seconds, look)]),
    ...(blocked.length === 0
      ? []
      : [
          '',
          ...wrap('Not asked:').map(look.palette.strong),
          ...blocked.flatMap((one) => wrap(`- ${blockedWords(one)}`)),
        ]),
    ...(unchecked.length === 0
      ? []
      : [
          '',
          ...wrap(
            `⚠️  Not checked, because they did not run on the scratch server: ${fewOf(unchecked)}`,
          ).map(look.palette.warn),
        ]),
    '',
    ...wrap(summaryWords(fleet)),
  ];
}

function findingLines(finding: FleetFinding, seconds: number, look: Look): string[] {
  const { check, found, examples, unfinished, refused, why } = finding;
  const { readBefore } = check;
  const isError = readBefore === undefined && found.refuses + found.deletes + found.unknown > 0;
  const head = `${isError ? '❌' : '⚠️ '} ${check.migration}, statement ${check.statement}: ${check.finds}`;
  const tenants = Object.values(found).reduce((sum, count) => sum + count, 0);
  const wrap = (text: string) => wrapText(printable(`${INDENT}${text}`), look.width, `${INDENT}  `);
  return [
    ...wrapText(printable(head), look.width, INDENT).map(
      isError ? look.palette.bad : look.palette.warn,
    ),
    ...EFFECTS.filter(([effect]) => found[effect] > 0).flatMap(([effect, words]) =>
      wrap(found[effect] === tenants ? words : `${words} In ${countOf(found[effect], 'tenant')}.`),
    ),
    ...(readBefore === undefined || tenants === 0
      ? []
      : wrap(`Not sure: ${readBefore} reads rows before, and its code may change these first.`)),
    ...(tenants === 0
      ? []
      : wrap(
          `${countOf(tenants, 'tenant')}: ${exampleWords(examples, tenants, check.kind === 'duplicates')}`,
        )),
    ...(unfinished === 0
      ? []
      : wrap(
          `Not finished within ${seconds} s in ${countOf(unfinished, 'tenant')}: longer with --check-timeout <seconds>`,
        )),
    ...(refused === 0
      ? []
      : wrap(
          `Not answered in ${countOf(refused, 'tenant')}: ${why ?? 'the server refused the question'}`,
        )),
  ];
}

const EFFECTS = [
  ['refuses', 'The server refuses the statement.'],
  ['changes', 'The server changes them without an error.'],
  ['deletes', 'The server deletes rows without an error.'],
  ['keeps', 'The server does not look, and they stay as they are.'],
  [
    'unknown',
    'The server refuses the statement or changes them: the migration computes the sql_mode.',
  ],
] as const;

function exampleWords(
  examples: FleetFinding['examples'],
  tenants: number,
  areGroups: boolean,
): string {
  const shown = examples.slice(0, MOST_TENANTS).map(({ tenant, count, key }) => {
    const least = count >= MOST_COUNTED ? 'at least ' : '';
    const rows = areGroups
      ? `${least}${countOf(count, 'group')}`
      : `${least}${countOf(count, 'row')}`;
    const named = key.map(({ column, value }) => `${column} ${value}`).join(', ');
    return `${tenant.slug} (${rows}, ${named === '' ? 'the table has no key' : `such as ${named}`})`;
  });
  const more = tenants - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

function blockedWords({ check, tenants }: BlockedCheck): string {
  const { migration, statement, finds, blocked = '' } = check;
  return `${migration}, statement ${statement}: whether ${finds}: ${blocked} (${countOf(tenants, 'tenant')})`;
}

function summaryWords({
  asked,
  withRows,
  unread,
  findings,
  clean,
  blocked,
  unchecked,
}: FleetFindings): string {
  const isWhole = blocked.length + unchecked.length === 0;
  if (asked === 0) {
    return isWhole
      ? '✅ No pending statement depends on rows.'
      : '⚠️  No pending statement can be checked now.';
  }
  const ends = [
    `${countOf(clean, 'check')} without such rows`,
    ...(unread === 0 ? [] : [`${countOf(unread, 'tenant')} not asked to the end`]),
  ];
  if (withRows > 0)
    return `❌ ${formatCount(withRows)} of ${countOf(asked, 'tenant')} have such rows; ${ends.join('; ')}.`;
  const mark = isWhole && findings.length + unread === 0 ? '✅' : '⚠️ ';
  return `${mark} Asked ${countOf(asked, 'tenant')}; ${ends.join('; ')}.`;
}
