import type { PoolFilling } from '../../core/pool/fill-pool.ts';
import type { PooledDatabase } from '../../core/pool/pool-registry.ts';
import type { ServerAddress } from '../../core/provision/database-server.ts';
import { serverName } from '../../core/tenant.ts';
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
  { made, migrated, removed, failure }: PoolFilling,
  look: Look,
): string[] {
  const done = `${countOf(made, 'database')} made, ${migrated} migrated, ${removed} removed`;
  const head = failure === undefined ? '✅' : '❌';
  return [
    ...wrapText(printable(`${head} ${serverName(server)}: ${done}`), look.width, '   '),
    ...(failure === undefined
      ? []
      : wrapText(printable(`   ${failure.message} ${failure.nextStep}`), look.width, '   ')),
  ];
}
