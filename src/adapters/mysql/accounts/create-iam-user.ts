/**
 * CREATE USER for a user who logs in by IAM. MySQL and MariaDB read it alike. It fails on every server without
 * the plugin, which only Amazon has, before it has changed anything.
 *
 * @param account quoted
 */
export function createIamUser(account: string): string {
  return `CREATE USER ${account} IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL`;
}
