import { FanfoldError } from '../../../core/errors.ts';
import { ERRNO } from '../../server/errno.ts';
import type { ServerError } from '../../server/server-error.ts';

/** Errors for an unsupported GET_LOCK; the first is Percona XtraDB Cluster's. */
const NOT_SUPPORTED: ReadonlySet<number> = new Set([
  ERRNO.ER_UNKNOWN_ERROR,
  ERRNO.ER_NOT_SUPPORTED_YET,
]);

/** Whether the server does not support GET_LOCK. */
export function isFenceUnsupported({ errno }: ServerError): boolean {
  return NOT_SUPPORTED.has(errno);
}

/** The `FenceUnsupported` error for a server that refuses advisory locks. */
export function fenceUnsupported({ errno, sqlMessage }: ServerError): FanfoldError {
  const isStrict = /pxc_strict_mode/i.test(sqlMessage);
  return new FanfoldError(
    'FenceUnsupported',
    `The server refuses the advisory lock that keeps two migrators apart: ${sqlMessage} (error ${errno}). Nothing was changed.`,
    {
      fault: 'tenant',
      nextStep: isStrict
        ? 'Set pxc_strict_mode to PERMISSIVE on the node in dbHost during migrations (SET GLOBAL pxc_strict_mode = PERMISSIVE).'
        : 'Upgrade the server: MariaDB 10.6.13 and 10.11.3 refuse GET_LOCK on Galera; later versions allow it again.',
    },
  );
}
