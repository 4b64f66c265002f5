/** The family that defines a server's SQL dialect, error numbers and system tables. */
export type ServerFamily = 'MySQL' | 'MariaDB';

/** Family, product and version of a server as one value. */
export interface ServerFlavour {
  readonly family: ServerFamily;
  readonly isMariaDb: boolean;
  /** The name that people use, including that of a service or fork that identifies itself. */
  readonly product: string;
  /** Digits and dots: `10.11.14`, `9.7.4`. */
  readonly version: string;
  /** Major, minor and patch as one comparable number: 10.4.0 is 10,004,000. */
  readonly number: number;
}

/**
 * Products that identify themselves by a word in VERSION(), in the greeting or in `@@version_comment`; the
 * first match counts. Servers that only speak MySQL's protocol report the MySQL version that they imitate.
 */
const PRODUCTS: readonly [RegExp, string][] = [
  [/tidb/i, 'TiDB'],
  [/vitess|planetscale/i, 'Vitess'],
  [/oceanbase/i, 'OceanBase'],
  [/singlestore|memsql/i, 'SingleStore'],
  [/xtradb cluster/i, 'Percona XtraDB Cluster'],
  [/percona/i, 'Percona Server'],
  [/aurora/i, 'Aurora MySQL'],
  [/mariadb/i, 'MariaDB'],
];

/**
 * Determines the flavour of a server from its version texts.
 *
 * @param version the result of VERSION(), or the greeting's server version: `5.5.5-10.11.14-MariaDB-log`
 * @param comment `@@version_comment`, if it was read: `Percona Server (GPL), Release 28`
 */
export function serverFlavour(version: string, comment = ''): ServerFlavour {
  const words = `${version} ${comment}`;
  const isMariaDb = /mariadb/i.test(words);
  // MariaDB's greeting begins with a version that old MySQL replicas accept.
  const own = isMariaDb ? version.replace(/^5\.5\.5-(?=\d)/, '') : version;
  const digits = /\d+(?:\.\d+)*/.exec(own)?.[0] ?? '';
  const [major = 0, minor = 0, patch = 0] = digits.split('.').map(Number);
  return {
    family: isMariaDb ? 'MariaDB' : 'MySQL',
    isMariaDb,
    product: PRODUCTS.find(([word]) => word.test(words))?.[1] ?? 'MySQL',
    version: digits,
    number: versionNumber(major, minor, patch),
  };
}

/** A version as one comparable number; each part must be below 1,000. */
export function versionNumber(major: number, minor = 0, patch = 0): number {
  return major * 1_000_000 + minor * 1_000 + patch;
}
