import { expect, test } from 'vitest';
import { missingRights } from '../../../../../src/adapters/mysql/online/facts/missing-rights.ts';

const TABLE = 'ALTER, CREATE, DELETE, DROP, INDEX, INSERT, LOCK TABLES, SELECT, TRIGGER, UPDATE';
const REPLICATION = 'GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `online`@`%`';

test.each<[string, string[], boolean, string[]]>([
  [
    'all rights on the server',
    ['GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION'],
    true,
    [],
  ],
  [
    'each of them, as the documentation grants them',
    [REPLICATION, `GRANT ${TABLE} ON \`acme\`.* TO \`online\`@\`%\``],
    true,
    [],
  ],
  [
    'SUPER in place of REPLICATION CLIENT',
    [
      'GRANT SUPER, REPLICATION SLAVE ON *.* TO `online`@`%`',
      'GRANT ALL PRIVILEGES ON `acme`.* TO `online`@`%`',
    ],
    true,
    [],
  ],
  [
    'the rights of a tenant only',
    ['GRANT USAGE ON *.* TO `acme`@`%`', 'GRANT ALL PRIVILEGES ON `acme`.* TO `acme`@`%`'],
    true,
    ['REPLICATION CLIENT, REPLICATION SLAVE ON *.*'],
  ],
  [
    'rights on another database',
    [REPLICATION, `GRANT ${TABLE} ON \`beta\`.* TO \`online\`@\`%\``],
    true,
    [`${TABLE} ON \`acme\`.*`],
  ],
  [
    'no right to read performance_schema',
    [REPLICATION, 'GRANT ALL PRIVILEGES ON `acme`.* TO `online`@`%`'],
    false,
    ['SELECT ON performance_schema.*'],
  ],
  [
    'rights by a role, which gh-ost does not see',
    ['GRANT USAGE ON *.* TO `online`@`%`', 'GRANT `dba`@`%` TO `online`@`%`'],
    true,
    ['REPLICATION CLIENT, REPLICATION SLAVE ON *.*', `${TABLE} ON \`acme\`.*`],
  ],
])('the rights that a login lacks: %s', (_, grants, reads, expected) => {
  expect(missingRights('gh-ost', grants, 'acme', reads)).toEqual(expected);
});
