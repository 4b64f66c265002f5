import { hasLate, lagSentences, MAX_LAG_SECONDS } from '../../core/replicas/replica-standing.ts';
import type { FleetForecast } from '../../core/safety/forecast/fleet-forecast.ts';
import type { FleetFact, FleetSessions } from '../../core/safety/forecast/fleet-sessions.ts';
import { totalBytes } from '../../core/safety/forecast/table-size.ts';
import type { Replication } from '../../core/safety/forecast/tenant-facts.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatBytes } from '../../core/wording/format-bytes.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { holderWords, transactionWords, waitWords } from './forecast-tenant-lines.ts';
import { aboutWords, basisWords, expectedWords, timeWords } from './forecast-words.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** The forecast of a fleet. */
export function forecastLines(fleet: FleetForecast, server: string, look: Look): string[] {
  const wrap = (text: string) => wrapText(printable(text), look.width, '  ');
  const list = (heading: string, items: readonly string[]) =>
    items.length === 0
      ? []
      : ['', look.palette.strong(heading), ...items.flatMap((item) => wrap(`- ${item}`))];
  const heading = `Forecast, ${formatCount(fleet.atATime)} tenants at a time, with verdicts of ${server}:`;
  return [
    '',
    ...wrap(heading).map(look.palette.strong),
    ...runLines(fleet).flatMap(wrap),
    ...list('Migrations, in the slowest tenant:', migrationItems(fleet)),
    ...list(
      'Slowest tenants:',
      fleet.slowest.map(({ tenant, ms }) => `${tenant.slug}: ${expectedWords(ms)}`),
    ),
    ...list(
      'Largest tables that are gone through:',
      fleet.largest.map(
        ({ tenant, table }) =>
          `${tenant.slug}: ${table.name}, ${formatBytes(totalBytes(table))}, about ${formatCount(table.rows)} rows`,
      ),
    ),
    ...list(
      `Others wait at a table in ${countOf(fleet.locked, 'tenant')}, longest:`,
      fleet.locks.map(
        ({ tenant, table, blocks, ms }) =>
          `${tenant.slug}: ${table}, ${waitWords(blocks)} for ${aboutWords(ms)}`,
      ),
    ),
    ...list('Would fail:', failingItems(fleet)),
    ...list('On the servers now:', sessionItems(fleet.sessions)),
  ];
}

function runLines(fleet: FleetForecast): string[] {
  const { length, spread, temporaryBytes, tenants, unread, basis, longestStatementMs } = fleet;
  const { half, most, almostAll } = spread;
  if (tenants === 0) return unread === 0 ? ['Nothing is pending.'] : [unreadWords(unread)];
  return [
    `- The run: ${expectedWords(length)} for ${countOf(tenants, 'tenant')}, without pauses and retries`,
    `- A tenant: half take up to ${timeWords(half)}, 90 of 100 up to ${timeWords(most)}, 99 of 100 up to ${timeWords(almostAll)}`,
    ...(basis === undefined
      ? []
      : [`- From ${basisWords(basis)}${basis.of === 'default' ? USUAL : ''}`]),
    ...(temporaryBytes.largest === 0
      ? []
      : [
          `- Temporary disk: up to ${formatBytes(temporaryBytes.largest)} in a tenant, ${formatBytes(temporaryBytes.atOnce)} at once`,
        ]),
    ...(longestStatementMs < 1_000
      ? []
      : [
          `- Replicas run a statement after the server has ended it: they lag by up to ${timeWords(longestStatementMs)}`,
          ...lateItems(fleet),
        ]),
    ...(unread === 0 ? [] : [unreadWords(unread)]),
    ...(fleet.incomplete === 0
      ? []
      : [
          `- ⚠️  ${countOf(fleet.incomplete, 'tenant')} with migrations that did not run on the scratch server: they are not in these times`,
        ]),
  ];
}

/** Replicas that are late before a long statement makes them later. */
function lateItems({ sessions: { replication } }: FleetForecast): string[] {
  return replication.first.flatMap(({ fact: { configured = [] } }) =>
    hasLate(configured, MAX_LAG_SECONDS)
      ? lagSentences(
          configured.filter(({ lag }) => !('unread' in lag)),
          MAX_LAG_SECONDS,
        ).map((sentence) => `- ⚠️  Already now ${sentence}`)
      : [],
  );
}

const USUAL =
  ': too few earlier runs with a forecast are kept here, so only the order of magnitude counts';

function unreadWords(unread: number): string {
  return `- ⚠️  ${countOf(unread, 'tenant')} could not be read, and ${unread === 1 ? 'is' : 'are'} in none of these numbers`;
}

function migrationItems({ migrations }: FleetForecast): string[] {
  return migrations.map(({ id, tenants, longest, basis, doubts }) =>
    [
      `${id}: ${expectedWords(longest)}, in ${countOf(tenants, 'tenant')}`,
      ...(basis === undefined ? [] : [`from ${basisWords(basis)}`]),
      ...(doubts.length === 0 ? [] : [`unsure: ${doubts.join('; ')}`]),
    ].join('; '),
  );
}

function failingItems({ failing: { tenants, first } }: FleetForecast): string[] {
  const more = tenants - first.length;
  return [
    ...first.flatMap(({ tenant, missing }) =>
      missing === undefined
        ? []
        : [
            `${tenant.slug}: ${missing.migration}, statement ${missing.statement}, needs the table ${missing.table}, which it lacks`,
          ],
    ),
    ...(more > 0 ? [`and ${countOf(more, 'more tenant')}`] : []),
  ];
}

function sessionItems({ transactions, holders, replication }: FleetSessions): string[] {
  return [
    ...factItems('Long transactions', transactions, transactionWords),
    ...factItems('Metadata locks on these tables', holders, holderWords),
    ...factItems('Replication', replication, (fact) => {
      const { host, replicas, replicasSending, behindSeconds } = fact;
      const { configured = [], replicaNames = [] } = fact;
      return [
        host,
        replicas === undefined ? '' : `${countOf(replicas, 'replica')} read from it`,
        replicas === undefined || replicas === 0
          ? ''
          : lagWords(replicasSending ?? 0, configured.length > 0),
        configured.length === 0 && replicaNames.length > 0
          ? `they are ${replicaNames.join(' and ')}`
          : '',
        behindSeconds === undefined
          ? ''
          : behindSeconds === null
            ? 'its own replication does not run'
            : `it lags its source by ${timeWords(behindSeconds * 1_000)}`,
        ...clusterWords(fact),
        ...lagSentences(configured, -1),
      ]
        .filter((one) => one !== '')
        .join(', ');
    }),
  ];
}

/** A source shows what it has sent, and not what its replicas have applied. */
function lagWords(sending: number, areConfigured: boolean): string {
  const sent = sending === 0 ? 'all were sent everything' : `${sending} not sent everything yet`;
  return areConfigured
    ? sent
    : `${sent} (their lag is only shown by themselves: name them as "replicas" in the configuration)`;
}

/** The members of a cluster, which knows how late they are. */
function clusterWords({ readersLateSeconds, applierQueue }: Replication): string[] {
  return [
    ...(readersLateSeconds === undefined
      ? []
      : [`its readers lag by ${timeWords(readersLateSeconds * 1_000)}`]),
    ...(applierQueue === undefined
      ? []
      : [`the others of its group have up to ${formatCount(applierQueue)} transactions to apply`]),
  ];
}

function factItems<Fact>(
  subject: string,
  { shown, hidden, having, first }: FleetFact<Fact>,
  words: (fact: Fact) => string,
): string[] {
  const more = having - new Set(first.map(({ tenant }) => tenant.id)).size;
  return [
    ...(shown > 0 && having === 0
      ? [`${subject}: none${Object.keys(hidden).length === 0 ? '' : ` in ${formatCount(shown)}`}`]
      : []),
    ...first.map(({ tenant, fact }) => `${subject}: ${tenant.slug}: ${words(fact)}`),
    ...(more > 0 ? [`${subject}: in ${formatCount(more)} more`] : []),
    ...Object.entries(hidden).map(
      ([why, count]) => `${subject}: ${why} (${countOf(count, 'tenant')})`,
    ),
  ];
}
