import type { PoolConfig } from 'mariadb';
import Connection from 'mariadb/lib/connection.js';

const makers = new WeakMap<object, () => Promise<string>>();

/**
 * Makes the MariaDB driver get a new password before each connection that it makes with these options, also for its
 * pool: the driver knows only one that is always the same, and a token lives for 15 minutes. Connections with
 * other options are not affected.
 */
export function tokenEachConnection(
  options: PoolConfig,
  makeToken: () => Promise<string>,
): PoolConfig {
  changeDriver();
  // The driver copies its options and keeps this object as it is. Without TLS `makeToken` refuses.
  const ssl = typeof options.ssl === 'object' ? options.ssl : {};
  makers.set(ssl, makeToken);
  return { ...options, ssl };
}

let changed = false;

function changeDriver(): void {
  if (changed) return;
  const { prototype } = Connection;
  const { connect } = prototype;
  if (typeof connect !== 'function') {
    throw new Error(
      'This version of the MariaDB driver cannot be given a token for each connection.',
    );
  }
  prototype.connect = async function () {
    const { ssl } = this.opts;
    const makeToken = typeof ssl === 'object' ? makers.get(ssl) : undefined;
    if (makeToken !== undefined) this.opts.password = await makeToken();
    return connect.call(this);
  };
  changed = true;
}
