import type { Difference } from '../../core/shapes/compare-shapes.ts';
import { shortFingerprint } from '../../core/shapes/shape.ts';
import type { ComparedGroup, ShapeGroups } from '../../core/shapes/shape-groups.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { fitToWidth } from './cut-to-width.ts';
import { jsonLine } from './json-line.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { sideBySide } from './side-by-side.ts';
import { causeGroups, headingLines } from './summary-lines.ts';
import { Verbatim } from './verbatim.ts';
import { wrapText } from './wrap-text.ts';

/** Column widths for a terminal of 80 columns; the names of tenants get the rest. */
const WIDTHS = { shape: 12, tenants: 9, tables: 7, differences: 11 } as const;
const GAP = '  ';
const NAMES = 31;

/** Shapes and differences that are shown without `--verbose`. */
const MOST_SHAPES = 10;
const MOST_DIFFERENCES = 20;

/** The event of `--json` about all tenants that were read. */
export function fleetShapesLine(groups: ShapeGroups): Verbatim {
  const { counts, failures, otherFailures } = groups.unreadable;
  const all = groups.all();
  return jsonLine({
    type: 'fleet-shapes',
    shapes: all.length,
    tenants: all.reduce((sum, { tenants }) => sum + tenants, groups.further),
    further: groups.further,
    unreadable: { total: counts.failed, failures, otherFailures },
  });
}

/** The table of shapes, their differences from the most common one, and tenants that could not be read. */
export function shapesLines(
  compared: readonly ComparedGroup[],
  { unreadable, further }: Pick<ShapeGroups, 'unreadable' | 'further'>,
  look: Look,
  isVerbose: boolean,
): (string | Verbatim)[] {
  const shown = isVerbose ? compared : compared.slice(0, MOST_SHAPES + 1);
  const more = compared.length - shown.length;
  return [
    ...headingLines(`📐 ${countOf(compared.length, 'shape')}`, look),
    ...(compared.length === 0 ? [] : [look.palette.strong(row(HEAD, look))]),
    ...shown.map((group, at) => row(cellsOf(group, at), look)),
    ...(more > 0 ? [`… and ${countOf(more, 'more shape')} (--verbose shows all)`] : []),
    ...(further > 0 ? [`… and ${countOf(further, 'tenant')} of further shapes`] : []),
    ...unseenLines(compared, look),
    ...shown
      .slice(1)
      .flatMap((group) => groupLines(group, shown[0] as ComparedGroup, look, isVerbose)),
    ...(unreadable.counts.failed === 0
      ? []
      : [
          '',
          look.palette.bad(`❌ In no shape: ${formatCount(unreadable.counts.failed)}`),
          ...causeGroups(unreadable, look, { rest: '--verbose lists each' }),
        ]),
  ];
}

type Cells = readonly [
  shape: string,
  tenants: string,
  tables: string,
  differences: string,
  names: string,
];

const HEAD: Cells = ['SHAPE', 'TENANTS', 'TABLES', 'DIFFERENCES', 'FOR EXAMPLE'];

function cellsOf({ shape, tenants, differences, named }: ComparedGroup, at: number): Cells {
  const tables = shape.definitions.filter(({ kind }) => kind === 'table').length;
  return [
    shortFingerprint(shape.fingerprint),
    formatCount(tenants),
    formatCount(tables),
    at === 0 ? '-' : formatCount(differences.length),
    printable(named.join(', ')),
  ];
}

function row([shape, tenants, tables, differences, names]: Cells, look: Look): string {
  const used = Object.values(WIDTHS).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Number.isFinite(look.width) ? Math.max(8, look.width - used) : NAMES;
  return [
    shape.padEnd(WIDTHS.shape),
    tenants.padStart(WIDTHS.tenants),
    tables.padStart(WIDTHS.tables),
    differences.padStart(WIDTHS.differences),
    fitToWidth(names, room).trimEnd(),
  ].join(GAP);
}

function unseenLines(compared: readonly ComparedGroup[], look: Look): string[] {
  const kinds = new Set(
    compared.flatMap(({ shape }) =>
      shape.definitions.filter(({ kind }) => kind === 'unseen').map(({ name }) => name),
    ),
  );
  if (kinds.size === 0) return [];
  const text = `Not compared, since a login has no right to see them: ${[...kinds].join(', ')}`;
  return ['', ...wrapText(text, look.width).map(look.palette.warn)];
}

function groupLines(
  { shape, tenants, named, differences }: ComparedGroup,
  usual: ComparedGroup,
  look: Look,
  isVerbose: boolean,
): (string | Verbatim)[] {
  const more = tenants - named.length;
  const names = `${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
  const heading = `${shortFingerprint(shape.fingerprint)}: ${countOf(tenants, 'tenant')}: ${names}`;
  const shown = isVerbose ? differences : differences.slice(0, MOST_DIFFERENCES);
  const left = differences.length - shown.length;
  return [
    '',
    ...wrapText(printable(heading), look.width, '  ').map(look.palette.strong),
    `  ${countOf(differences.length, 'difference')} from ${shortFingerprint(usual.shape.fingerprint)} (left):`,
    ...shown.flatMap((difference) => differenceLines(difference, look)),
    ...(left > 0 ? [`  … and ${countOf(left, 'more difference')} (--verbose shows all)`] : []),
  ];
}

/** A difference with both definitions side by side. */
export function differenceLines(
  { kind, table, name, one, other }: Difference,
  look: Look,
): (string | Verbatim)[] {
  const whole = [table, name].filter((part) => part !== undefined && part !== '').join('.');
  const title = `${kind} ${whole}`.trim();
  return [
    ...wrapText(printable(`  ${title}`), look.width, '    '),
    ...sideBySide(one, other, look.width).map((line) => new Verbatim(line)),
  ];
}
