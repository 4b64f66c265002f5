import { isSameVersion } from '../../core/shapes/drift/doubt-of.ts';
import type { JudgedGroup } from '../../core/shapes/drift/judge-group.ts';
import {
  type SharedDifference,
  sharedDifferences,
} from '../../core/shapes/drift/shared-differences.ts';
import type { ShapeGroups } from '../../core/shapes/shape-groups.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { differenceLines } from './shape-lines.ts';
import { causeGroups, headingLines } from './summary-lines.ts';
import type { Verbatim } from './verbatim.ts';
import { wrapText } from './wrap-text.ts';

/** Differences that are shown without `--verbose`. */
const MOST_DIFFERENCES = 20;

/** The drift of a fleet: counts, each difference with its tenants, and what could not be compared. */
export function driftLines(
  groups: readonly JudgedGroup[],
  unreadable: ShapeGroups['unreadable'],
  look: Look,
  isVerbose: boolean,
): (string | Verbatim)[] {
  const { good, bad, warn } = look.palette;
  const of = (status: JudgedGroup['status']) => groups.filter((group) => group.status === status);
  const count = (status: JudgedGroup['status']) => tenantsOf(of(status));
  const differences = sharedDifferences(groups);
  const shown = isVerbose ? differences : differences.slice(0, MOST_DIFFERENCES);
  const more = differences.length - shown.length;
  return [
    ...headingLines('📐 Drift', look),
    good(`✅ As their migrations make them: ${formatCount(count('as made'))}`),
    ...(differences.length === 0
      ? []
      : [
          bad(
            `❌ Drift: ${countOf(count('drift'), 'tenant')}, ${countOf(differences.length, 'difference')}`,
          ),
        ]),
    ...(count('unsure') === 0
      ? []
      : [warn(`❓ Perhaps only the scratch server differs: ${formatCount(count('unsure'))}`)]),
    ...(count('not compared') === 0
      ? []
      : [warn(`❓ Not compared: ${formatCount(count('not compared'))}`)]),
    ...versionLines(groups, look),
    ...shown.flatMap((shared) => sharedLines(shared, look)),
    ...(more > 0 ? ['', `… and ${countOf(more, 'more difference')} (--verbose shows all)`] : []),
    ...doubtLines(groups, look),
    ...of('not compared').flatMap((group) => notComparedLines(group, look)),
    ...(unreadable.counts.failed === 0
      ? []
      : [
          '',
          bad(`❌ Cannot be read: ${formatCount(unreadable.counts.failed)}`),
          ...causeGroups(unreadable, look, { rest: '--verbose lists each' }),
        ]),
  ];
}

/** The scratch server and the fleet's, if their versions differ. */
function versionLines(groups: readonly JudgedGroup[], look: Look): string[] {
  const texts = groups.flatMap((group) => {
    if (group.status === 'not compared') return [];
    const { expected, shape } = group;
    if (isSameVersion(expected.server, shape.server)) return [];
    const [scratch, fleet] = [expected.server, shape.server].map(
      ({ product, version }) => `${product} ${version}`,
    );
    return [
      `The scratch server is ${scratch}, and tenants are on ${fleet}: what versions write differently is not called drift. To compare that too, name the version with --scratch or --scratch-url.`,
    ];
  });
  return [...new Set(texts)].flatMap((text) => [
    '',
    ...wrapText(printable(text), look.width, '  ').map(look.palette.warn),
  ]);
}

function tenantsOf(groups: readonly JudgedGroup[]): number {
  return groups.reduce((sum, { tenants }) => sum + tenants, 0);
}

function sharedLines(
  { id, difference, tenants, named }: SharedDifference,
  look: Look,
): (string | Verbatim)[] {
  const heading = `${id}: ${countOf(tenants, 'tenant')}: ${namesOf(named, tenants)}`;
  return [
    '',
    ...wrapText(printable(heading), look.width, '  ').map(look.palette.strong),
    '  migrations (left), tenants (right):',
    ...differenceLines(difference, look),
    `  Write a repair: \`fanfold fleet:drift --repair ${id}\``,
  ];
}

function namesOf(named: readonly string[], tenants: number): string {
  const more = tenants - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** Differences that may be the scratch server's, by the reason. */
function doubtLines(groups: readonly JudgedGroup[], look: Look): string[] {
  const reasons = new Map<string, Set<string>>();
  for (const group of groups) {
    if (group.status === 'not compared') continue;
    for (const { doubt, kind, table = '', name } of group.doubtful) {
      const objects = reasons.get(doubt) ?? new Set();
      objects.add([kind, [table, name].filter((part) => part !== '').join('.')].join(' '));
      reasons.set(doubt, objects);
    }
  }
  return [...reasons].flatMap(([reason, objects]) => [
    '',
    ...wrapText(
      printable(`Not called drift, because ${reason}: ${someOf([...objects])}`),
      look.width,
      '  ',
    ),
  ]);
}

const MOST_OBJECTS = 5;

function someOf(objects: readonly string[]): string {
  const more = objects.length - MOST_OBJECTS;
  return `${objects.slice(0, MOST_OBJECTS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function notComparedLines(group: JudgedGroup, look: Look): string[] {
  if (group.status !== 'not compared') return [];
  const { tenants, named, why } = group;
  const text = `Not compared, ${countOf(tenants, 'tenant')} (${namesOf(named, tenants)}): ${why}`;
  return ['', ...wrapText(printable(text), look.width, '  ')];
}
