import type { LeftTenant, RunStanding, StandingCause } from '../../core/reduce/run-standing.ts';
import type { RunRequest } from '../../core/request.ts';
import type { TenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { KeptRuns } from '../kept-runs.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { minuteOf, whatOf } from './run-table.ts';
import { causeGroups, countLines } from './summary-lines.ts';
import { wrapText } from './wrap-text.ts';

/** What a run came to, and what it leaves today; with a cause, that cause alone. */
export function runLines(
  standing: RunStanding,
  cause: StandingCause | undefined,
  { location, stack }: Pick<KeptRuns, 'location' | 'stack'>,
  look: Look,
  listsTenants = false,
): string[] {
  const { record, state, summary, causes } = standing;
  const { id, startedAt, request } = record;
  const wrap = (text: string) => wrapText(printable(text), look.width, '  ');
  const of = { runId: id, stack };
  const groups = {
    failures: cause === undefined ? causes : [cause],
    otherFailures: cause === undefined ? summary.otherFailures : 0,
  };
  return [
    look.palette.strong(printable(`Run ${id}: ${statusOf(state.status)}`)),
    ...wrap(`${whatOf(request)} of ${aboutOf(request)}, started ${minuteOf(startedAt)} UTC`),
    // Not wrapped: it is there to be copied.
    printable(`Kept in ${location(id)}`),
    ...countLines(summary, look),
    ...(groups.failures.length === 0 ? [] : causeGroups(groups, look, of)),
    '',
    ...leavesLines(standing, stack, listsTenants, look),
  ];
}

function leavesLines(
  { record, left, doneSince }: RunStanding,
  stack: string | undefined,
  listsTenants: boolean,
  { palette }: Look,
): string[] {
  const since = doneSince === 0 ? '' : ` (${formatCount(doneSince)} done by later runs)`;
  if (left === 0) return [palette.good(`It leaves nothing${since}.`)];
  const flags = stack === undefined ? '' : ` --aws ${stack}`;
  return [
    palette.bad(`It leaves ${countOf(left, 'tenant')}${since}.`),
    ...(listsTenants
      ? []
      : [`Every one of them: \`fanfold runs show ${record.id} --tenants${flags}\``]),
    `Retry with: \`fanfold migrate:retry ${record.id}${flags}\``,
  ];
}

/** A run that was killed could not write that it has ended. */
function statusOf(status: RunStanding['state']['status']): string {
  return status === 'running' ? 'under way, or killed' : status;
}

function aboutOf({ tenants, retryOf, cause, hosts, run }: RunRequest): string {
  const onHosts = hosts === undefined ? '' : ` on ${hosts.join(', ')}`;
  if (retryOf !== undefined) {
    return `${cause === undefined ? 'what is left' : `cause ${cause}`} of run ${retryOf}${onHosts}`;
  }
  if (tenants !== undefined) return countOf(tenants.length, 'named tenant');
  return run === undefined ? `all tenants${onHosts}` : `run ${run}${onHosts}`;
}

/** The line before the tenants of a cause. */
export function causeHeading({ number, left, count }: StandingCause, look: Look): string[] {
  const done = left === count ? '' : `, ${formatCount(count - left)} done since`;
  return ['', look.palette.strong(`Cause ${number}: ${countOf(left, 'tenant')} left${done}`)];
}

/** A tenant that a run leaves; its own message if those of its cause differ. */
export function leftTenantLines(
  { id, outcome }: LeftTenant,
  cause: StandingCause | undefined,
  look: Look,
): string[] {
  const wrap = (text: string) => wrapText(printable(text), look.width, '     ');
  if (outcome === undefined) return wrap(`   ${id}: not reached`);
  const { slug, database } = outcome.tenant;
  const name = database === '' ? slug : `${slug} (${database})`;
  if (outcome.status !== 'failed') {
    const reason = 'reason' in outcome ? outcome.reason : outcome.status;
    return wrap(`   ${name}: ${reason}`);
  }
  const { code, message } = outcome.failure;
  if (cause !== undefined && !saysMore(outcome.tenant, message, cause)) return wrap(`   ${name}`);
  const words = `   ${name}: ${cause === undefined ? `${code}: ` : ''}${message}`;
  // One line for each: JSON has all of it.
  return [cutToWidth(printable(words), look.width)];
}

/** Whether the message differs from that of its cause by more than the tenant's own names. */
function saysMore(
  tenant: TenantRef,
  message: string,
  { tenants, ...cause }: StandingCause,
): boolean {
  const [first] = tenants;
  if (cause.varies !== true || first === undefined) return false;
  return inGeneral(message, tenant) !== inGeneral(cause.message, first);
}

function inGeneral(message: string, { host = '', slug, database }: TenantRef): string {
  const names = [host, host.replace(/:\d+$/, ''), database, slug].filter((name) => name !== '');
  return names.reduce((words, name) => words.replaceAll(name, '…'), message);
}
