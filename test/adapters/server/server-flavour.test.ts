import { describe, expect, it } from 'vitest';
import { serverFlavour, versionNumber } from '../../../src/adapters/server/server-flavour.ts';

describe('the flavour of a server', () => {
  it.each([
    ['9.7.4-2', '(Debian)', 'MySQL', 'MySQL', '9.7.4', 9_007_004],
    ['8.0.36', 'MySQL Community Server - GPL', 'MySQL', 'MySQL', '8.0.36', 8_000_036],
    [
      '8.0.36-28',
      'Percona Server (GPL), Release 28',
      'MySQL',
      'Percona Server',
      '8.0.36',
      8_000_036,
    ],
    [
      '8.0.36-28.1',
      'Percona XtraDB Cluster (GPL), Release rel28',
      'MySQL',
      'Percona XtraDB Cluster',
      '8.0.36',
      8_000_036,
    ],
    ['8.0.mysql_aurora.3.05.2', 'Source distribution', 'MySQL', 'Aurora MySQL', '8.0', 8_000_000],
    ['8.0.40-azure', 'MySQL Community Server - GPL', 'MySQL', 'MySQL', '8.0.40', 8_000_040],
    ['8.4.3-google', '(Google)', 'MySQL', 'MySQL', '8.4.3', 8_004_003],
    ['9.1.0-cloud', 'MySQL Enterprise - Cloud', 'MySQL', 'MySQL', '9.1.0', 9_001_000],
    ['8.0.40-Vitess', '', 'MySQL', 'Vitess', '8.0.40', 8_000_040],
    ['8.0.11-TiDB-v8.5.0', '', 'MySQL', 'TiDB', '8.0.11', 8_000_011],
    ['10.11.14-MariaDB-0+deb12u1', 'Debian 12', 'MariaDB', 'MariaDB', '10.11.14', 10_011_014],
    ['10.6.18-14-MariaDB-enterprise-log', '', 'MariaDB', 'MariaDB', '10.6.18', 10_006_018],
    ['11.8.9-MariaDB-4 from Debian', '', 'MariaDB', 'MariaDB', '11.8.9', 11_008_009],
    ['5.5.5-10.11.14-MariaDB-log', '', 'MariaDB', 'MariaDB', '10.11.14', 10_011_014],
    ['10.5.12', 'MariaDB Server', 'MariaDB', 'MariaDB', '10.5.12', 10_005_012],
    ['unheard of', '', 'MySQL', 'MySQL', '', 0],
  ] as const)(
    'the flavour of a server is read from %j and %j',
    (version, comment, family, product, shown, number) => {
      expect(serverFlavour(version, comment)).toEqual({
        family,
        isMariaDb: family === 'MariaDB',
        product,
        version: shown,
        number,
      });
    },
  );

  it('flavours of servers have comparable versions', () => {
    expect(versionNumber(10, 4)).toBeGreaterThan(versionNumber(8, 0, 999));
    expect(versionNumber(8, 0, 14)).toBeGreaterThan(versionNumber(8, 0, 9));
  });
});
