import Connection from 'mariadb/lib/connection.js';

const verified = new WeakSet<object>();

/**
 * Has the MariaDB driver verify the certificate before it logs in, on connections with these TLS
 * options. To a server that says it is a MariaDB it logs in first, and verifies by the server's answer;
 * such a server may ask for the password in clear, and who stands in between may say that he is one.
 * Everybody else's connections stay as they are.
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
    // Where it takes the server for a MySQL, Node's TLS ends the connection that it cannot verify.
    const told = strict ? Object.create(info, { isMariaDB: { value: () => false } }) : info;
    createSecureContext.call(this, told, onSecure);
  };
  changed = true;
}
