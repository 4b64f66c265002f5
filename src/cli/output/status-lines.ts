import type { BehindTenant, FleetStatus } from '../../core/status/fleet-status.ts';
import type { TenantReading } from '../../core/status/tenant-reading.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { fitToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { progressWords } from './progress-words.ts';
import { causeGroups, headingLines } from './summary-lines.ts';
import { wrapText } from './wrap-text.ts';

/** The row of databases without any migration. */
const NONE = '(none)';
const COUNT = 9;
const GAP = '  ';
/** Width limit of the first column without a terminal. */
const WIDEST_NAME = 100;

/** The table of the fleet, the tenants that are behind, and those that could not be read. */
export function statusLines(status: FleetStatus, look: Look): string[] {
  const { unreadable } = status;
  return [
    ...headingLines('📊 Fleet Status', look),
    ...levelTable(status, look),
    `✅ Up to date: ${formatCount(status.upToDate)}`,
    ...(status.behind === 0
      ? []
      : [
          look.palette.warn(`⏳ Behind: ${formatCount(status.behind)}`),
          ...behindLines(status, look),
        ]),
    ...backfillLines(status),
    ...(unreadable.counts.failed === 0
      ? []
      : [
          look.palette.bad(`❌ Cannot be read: ${formatCount(unreadable.counts.failed)}`),
          ...causeGroups(unreadable, look, { rest: '--verbose lists each' }),
        ]),
  ];
}

/** One tenant, for `--verbose`. */
export function readingLines(reading: TenantReading, look: Look): string[] {
  const { name, database } = reading.tenant;
  const line =
    reading.status === 'unreadable'
      ? `❌ ${name} (${database}): ${reading.failure.message}`
      : reading.standing.pending.length === 0
        ? `✅ ${name} (${database}): Already up to date`
        : `⏳ ${name} (${database}): ${standsAt(reading.standing.at)}, ${reading.standing.pending.length} pending`;
  const more = reading.status === 'read' ? backfillLinesOf(reading) : [];
  return [line, ...more].flatMap((one) => wrapText(printable(one), look.width, '   '));
}

/** `⏳ Backfills: 3 tenants, 1,200 of about 5,000 rows, 240/s, 16 s left (2 running)`. */
function backfillLines({ backfills }: FleetStatus): string[] {
  if (backfills === undefined) return [];
  const { tenants, running, rowsPerSecond, ...rows } = backfills;
  const words = progressWords({
    ...{ migration: '', rowsChanged: 0, ...rows },
    ...(running > 0 && { rowsPerSecond }),
  });
  const state = running === 0 ? 'none running' : `${formatCount(running)} running`;
  return [`⏳ Backfills: ${countOf(tenants, 'tenant')}, ${words} (${state})`];
}

/** The pending backfills of one tenant. */
function backfillLinesOf({ backfills = [] }: Extract<TenantReading, { status: 'read' }>): string[] {
  return backfills.map(({ isRunning, rowsPerSecond, ...one }) => {
    const words = progressWords({ ...one, ...(isRunning && { rowsPerSecond }) });
    return `   ⏳ ${one.migration}: ${words}${isRunning ? '' : ' (not running)'}`;
  });
}

function levelTable({ levels }: FleetStatus, look: Look): string[] {
  if (levels.length === 0) return [];
  const names = levels.map(({ at }) => printable(at ?? NONE));
  const heading = 'Newest applied migration';
  const room = Math.min(WIDEST_NAME, look.width - 2 * (GAP.length + COUNT));
  const width = Math.min(room, Math.max(heading.length, ...names.map((name) => name.length)));
  const row = (name: string, pending: string, tenants: string) =>
    [fitToWidth(name, width), pending.padStart(COUNT), tenants.padStart(COUNT)].join(GAP);
  return [
    look.palette.strong(row(heading, 'Pending', 'Tenants')),
    ...levels.map((level, index) =>
      row(names[index] ?? '', formatCount(level.pending), formatCount(level.tenants)),
    ),
  ];
}

function behindLines({ behindTenants, behind }: FleetStatus, look: Look): string[] {
  const more = behind - behindTenants.length;
  return [
    ...behindTenants.flatMap((tenant) => behindLine(tenant, look)),
    ...(more > 0 ? [`… and ${countOf(more, 'more tenant')} (--verbose lists all)`] : []),
  ];
}

function behindLine({ tenant, at, pending }: BehindTenant, look: Look): string[] {
  const line = `- ${tenant.slug}: ${formatCount(pending)} pending, ${standsAt(at)}`;
  return wrapText(printable(line), look.width, '  ');
}

function standsAt(at: string | null): string {
  return at === null ? 'none applied' : `at ${at}`;
}
