import { describe, expect, it } from 'vitest';
import { parseSnapshotHeader } from '../../../src/core/snapshot/parse-snapshot-header.ts';
import type { SnapshotGround, SnapshotHeader } from '../../../src/core/snapshot/snapshot.ts';
import { whyNotForBundle, whyNotOnServer } from '../../../src/core/snapshot/why-not-used.ts';

const GROUND: SnapshotGround = {
  product: 'MySQL',
  isMariaDb: false,
  version: '8.4.3',
  charset: 'utf8mb4',
  collation: 'utf8mb4_0900_ai_ci',
  settings: { sql_mode: 'STRICT_TRANS_TABLES', time_zone: 'UTC' },
};

const HEADER: SnapshotHeader = {
  fanfold: 'snapshot',
  format: 1,
  tool: '1',
  madeAt: '',
  bundle: 'b',
  ground: GROUND,
  isZoned: false,
  definitionsHash: '',
  rowsHash: '',
  tables: 0,
  rows: 0,
  statements: 0,
  longest: 100,
  bytes: 0,
  hash: '',
  left: {},
};

describe('a snapshot fits', () => {
  it('a snapshot fits a later patch of the same series, and another time zone if it has no time', () => {
    const here = {
      ...GROUND,
      version: '8.4.9',
      settings: { ...GROUND.settings, time_zone: 'CET' },
    };
    expect(whyNotOnServer(HEADER, here, 1_000)).toBeUndefined();
    expect(whyNotOnServer({ ...HEADER, isZoned: true }, here, 1_000)).toContain('time_zone = UTC');
  });

  it.each<[Partial<SnapshotGround>, string]>([
    [{ version: '9.7.4' }, 'made on MySQL 8.4, and the server is MySQL 9.7'],
    [{ product: 'Aurora MySQL' }, 'Aurora MySQL'],
    [{ collation: 'utf8mb4_bin' }, 'utf8mb4_bin'],
    [{ charset: 'latin1' }, 'collation'],
    [
      { settings: { time_zone: 'UTC' } },
      'sql_mode = STRICT_TRANS_TABLES, and the server has (none)',
    ],
    [{ settings: { ...GROUND.settings, old_mode: '' } }, 'old_mode = (none)'],
  ])('a snapshot does not fit %j', (differing, words) => {
    expect(whyNotOnServer(HEADER, { ...GROUND, ...differing }, 1_000)).toContain(words);
  });

  it('a snapshot does not fit a server that takes shorter statements, nor another bundle', () => {
    expect(whyNotOnServer(HEADER, GROUND, 100)).toContain('max_allowed_packet');
    expect(whyNotForBundle(HEADER, { hash: 'b' })).toBeUndefined();
    expect(whyNotForBundle(HEADER, { hash: 'c' })).toContain('other migrations');
  });

  it('a header is read as it was written, and what is not one is refused', () => {
    expect(parseSnapshotHeader(JSON.stringify(HEADER), 'f')).toEqual(HEADER);
    expect(() => parseSnapshotHeader('{', 'f')).toThrow('line of JSON');
    expect(() => parseSnapshotHeader(JSON.stringify({ ...HEADER, format: 2 }), 'f')).toThrow(
      'of a format',
    );
    expect(() => parseSnapshotHeader('{"fanfold":"snapshot","format":1}', 'f')).toThrow('tool');
  });
});
