import type { PoolExamination } from '../../core/pool/examine-pool.ts';
import type { PoolFilling } from '../../core/pool/fill-pool.ts';
import type { PooledDatabase } from '../../core/pool/pool-registry.ts';
import { type ServerAddress, serverName } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** One line for each pooled database. */
export function pooledLines(all: readonly PooledDatabase[]): string[] {
  if (all.length === 0) return ['The pool is empty.'];
  return all.map(({ tenant, reason }) => {
    const { status, address, schemaVersion } = tenant;
    const state = { ACTIVE: 'ready', FAILED: 'failed' }[status as string] ?? 'being made';
    const at = schemaVersion === null ? '' : `, at ${schemaVersion.slice(0, 8)}`;
    const why = reason === null ? '' : `: ${reason}`;
    return printable(`- ${address.database} at ${serverName(address)}: ${state}${at}${why}`);
  });
}

/** The same for programs, without any password. */
export function shownPooled({ tenant, reason }: PooledDatabase): object {
  const { id, status, address, schemaVersion } = tenant;
  const state = { ACTIVE: 'ready', FAILED: 'failed' }[status as string] ?? 'making';
  return { type: 'pooled-database', id, state, ...address, schemaVersion, reason };
}

/** The result of filling the pool of one server. */
export function fillingLines(
  server: ServerAddress,
  { made, migrated, removed, isBusy, isUnfinished, failure }: PoolFilling,
  look: Look,
): string[] {
  const counts = `${countOf(made, 'database')} made, ${migrated} migrated, ${removed} removed`;
  const done = isBusy
    ? 'another process fills this pool; nothing was done here'
    : isUnfinished
      ? `${counts}; interrupted, the same command resumes`
      : counts;
  const head = failure === undefined ? '✅' : '❌';
  return [
    ...wrapText(printable(`${head} ${serverName(server)}: ${done}`), look.width, '   '),
    ...(failure === undefined
      ? []
      : wrapText(printable(`   ${failure.message} ${failure.nextStep}`), look.width, '   ')),
  ];
}

/** The state of the pool of one server, with what to do about each thing that is not as it should be. */
export function poolExaminationLines(
  { findings, ready, wanted, notLookedFor, ...server }: PoolExamination,
  look: Look,
): string[] {
  const wrap = (text: string, indent = '   ') => wrapText(printable(text), look.width, indent);
  const notLooked =
    notLookedFor === undefined
      ? []
      : wrap(`   Databases that the list lacks were not looked for: ${notLookedFor}`);
  return [
    '',
    ...wrap(`📦 Pool of ${serverName(server)}: ${ready} of ${wanted} ready`),
    ...findings.flatMap(({ message, nextStep }) => [
      ...wrap(`⚠️  ${message}`).map(look.palette.warn),
      ...wrap(`   Next: ${nextStep}`, '     '),
    ]),
    ...notLooked,
  ];
}
