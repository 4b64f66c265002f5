import type { LeftTenant, RunStanding, StandingCause } from '../../core/reduce/run-standing.ts';
import type { RunRequest } from '../../core/request.ts';
import type { TenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { KeptRuns } from '../runs/kept-runs.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { commandOf, minuteOf } from './run-table.ts';
import { causeGroups, countLines } from './summary-lines.ts';
import { wrapText } from './wrap-text.ts';

/** The result of a run and its tenants that need a retry; with a cause, only that cause. */
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
    ...wrap(`${commandOf(request)} of ${aboutOf(request)}, started ${minuteOf(startedAt)} UTC`),
    // Not wrapped, so that it can be copied.
    printable(`Stored in ${location(id)}`),
    ...countLines(summary, look),
    ...(groups.failures.length === 0 ? [] : causeGroups(groups, look, of)),
    '',
    ...retryLines(standing, stack, listsTenants, look),
  ];
}

function retryLines(
  { record, left, doneSince }: RunStanding,
  stack: string | undefined,
  listsTenants: boolean,
  { palette }: Look,
): string[] {
  const since = doneSince === 0 ? '' : ` (later runs migrated ${formatCount(doneSince)})`;
  if (left === 0) return [palette.good(`No tenant needs a retry${since}.`)];
  const flags = stack === undefined ? '' : ` --aws ${stack}`;
  return [
    palette.bad(`${countOf(left, 'tenant')} ${left === 1 ? 'needs' : 'need'} a retry${since}.`),
    ...(listsTenants ? [] : [`List them: \`fanfold runs show ${record.id} --tenants${flags}\``]),
    `Retry with: \`fanfold migrate:retry ${record.id}${flags}\``,
  ];
}

/** A run that was killed could not record its end. */
function statusOf(status: RunStanding['state']['status']): string {
  return status === 'running' ? 'in progress, or killed' : status;
}

function aboutOf({ tenants, retryOf, cause, hosts, run }: RunRequest): string {
  const onHosts = hosts === undefined ? '' : ` on ${hosts.join(', ')}`;
  if (retryOf !== undefined) {
    return `${cause === undefined ? '' : `cause ${cause} of `}run ${retryOf}${onHosts}`;
  }
  if (tenants !== undefined) return countOf(tenants.length, 'named tenant');
  return run === undefined ? `all tenants${onHosts}` : `run ${run}${onHosts}`;
}

/** The line before the tenants of a cause. */
export function causeHeading({ number, left, count }: StandingCause, look: Look): string[] {
  const done = left === count ? '' : ` (later runs migrated ${formatCount(count - left)})`;
  return ['', look.palette.strong(`Cause ${number}: ${countOf(left, 'tenant')} to retry${done}`)];
}

/** A tenant to retry; with its own message if the messages of its cause differ. */
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
  // One line per tenant; JSON has the whole message.
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
  return withoutNames(message, tenant) !== withoutNames(cause.message, first);
}

function withoutNames(message: string, { host = '', slug, database }: TenantRef): string {
  const names = [host, host.replace(/:\d+$/, ''), database, slug].filter((name) => name !== '');
  return names.reduce((words, name) => words.replaceAll(name, '…'), message);
}
