import type { Connection } from 'mysql2';
import { expect, it } from 'vitest';
import { tableListing } from '../../../src/adapters/mysql/connection/table-listing.ts';

it.each([
  ['9.7.4-2', 'TABLES_EXTENSIONS'],
  ['8.4.0', 'TABLES_EXTENSIONS'],
  ['8.0.36-28.1', 'TABLES_EXTENSIONS'],
  ['8.0.21', 'TABLES_EXTENSIONS'],
  ['8.0.20', 'TABLES'],
  ['8.0.3', 'TABLES'],
  ['5.7.44', 'TABLES'],
  ['5.5.5-10.11.19-MariaDB-0+deb12u1', 'TABLES'],
  ['11.4.2-MariaDB', 'TABLES'],
  ['', 'TABLES'],
])('for the server %s, tables are read from %s', (serverVersion, view) => {
  const connection = { _handshakePacket: { serverVersion } } as unknown as Connection;
  expect(tableListing(connection)).toBe(`information_schema.${view}`);
});
