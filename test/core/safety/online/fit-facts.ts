import type { OnlineFacts } from '../../../../src/core/safety/online/why-not-online.ts';

/** Facts about a table that programs may change. */
export const FIT: OnlineFacts = {
  isMariaDb: false,
  names: ['acme', 'tasks', 'points', 'PRIMARY'],
  missingRights: { Spirit: [], 'gh-ost': [] },
  hasBinaryLog: true,
  binlogFormat: 'ROW',
  binlogRowImage: 'FULL',
  binlogRowValueOptions: '',
  compressesBinaryLog: false,
  isReadOnly: false,
  hasMetadataLocks: true,
  engine: 'InnoDB',
  foreignKeys: [],
  triggers: [],
  namedChecks: [],
  othersWork: [],
  key: [{ name: 'id', type: 'int', characterSet: undefined }],
  types: new Map([
    ['seen', 'timestamp'],
    ['points', 'int'],
  ]),
};
/** Its change. */
export const CLAUSES = { text: 'MODIFY points BIGINT', unfit: undefined, redefined: ['points'] };
