import type { Account } from '../provision/database-server.ts';

// Statements for an administrator to paste into a client of either server. They hold no password.

/** A placeholder that is replaced by a password when the statement is pasted. */
const PASSWORD = "'<password>'";

/** `` `acme_db` `` */
export function quotedIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/**
 * `'acme'@'%'`. A quote is doubled, which every `sql_mode` reads alike; a backslash is doubled for the default one.
 */
export function accountText({ user, from }: Account): string {
  return `${quotedText(user)}@${quotedText(from)}`;
}

function quotedText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

export function createDatabaseText(database: string): string {
  return `CREATE DATABASE ${quotedIdentifier(database)} CHARACTER SET utf8mb4;`;
}

export function createUserText(account: Account): string {
  return `CREATE USER ${accountText(account)} IDENTIFIED BY ${PASSWORD};`;
}

/** Only servers of Amazon RDS and Aurora have this plugin. The account is refused without TLS anyway. */
export function createIamUserText(account: Account): string {
  return `CREATE USER ${accountText(account)} IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;`;
}

export function unlockUserText(account: Account): string {
  return `ALTER USER ${accountText(account)} ACCOUNT UNLOCK;`;
}

/**
 * In a GRANT an underscore matches any character, unless MySQL runs with `partial_revokes`.
 *
 * @param isLiteral whether the server takes an underscore literally
 */
export function grantText(
  privileges: readonly string[],
  database: string,
  account: Account,
  isLiteral = false,
): string {
  const pattern = isLiteral ? database : database.replaceAll(/[\\_%]/g, '\\$&');
  return `GRANT ${privileges.join(', ')} ON ${quotedIdentifier(pattern)}.* TO ${accountText(account)};`;
}

/** Ends a session, and with it whatever it holds. */
export function killText(connectionId: number): string {
  return `KILL ${connectionId};`;
}

/** `user@host` as the server writes it; a user's name may hold an `@`, a host's cannot. */
export function parseAccount(text: string): Account {
  const at = text.lastIndexOf('@');
  return { user: text.slice(0, at), from: text.slice(at + 1) };
}
