import Connection from 'mariadb/lib/connection.js';

const verified = new WeakSet<object>();

/**
 * Makes the MariaDB driver verify the certificate before it logs in, on connections with these TLS
 * options. If a server claims to be MariaDB, the driver logs in first and verifies by the server's
 * answer. Such a server may ask for the password in clear text, and a man in the middle can claim to be
 * one. Connections with other options are not affected.
 */
export function verifyBeforeLogin<Options extends object>(ssl: Options): Options {
  changeDriver();
  verified.add(ssl);
  return ssl;
}

let changed = false;

function changeDriver(): void {
  if (changed) return;
  const { prototype } = Connection;
  const { createSecureContext } = prototype;
  if (typeof createSecureContext !== 'function') {
    throw new Error(
      'This version of the MariaDB driver cannot be made to verify before it logs in.',
    );
  }
  prototype.createSecureContext = function (info, onSecure) {
    const ssl = this.opts.ssl;
    const strict = typeof ssl === 'object' && verified.has(ssl);
    // If the driver takes the server for MySQL, Node's TLS ends a connection that it cannot verify.
    const told = strict ? Object.create(info, { isMariaDB: { value: () => false } }) : info;
    createSecureContext.call(this, told, onSecure);
  };
  changed = true;
}
