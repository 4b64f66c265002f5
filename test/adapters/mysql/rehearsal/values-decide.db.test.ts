import { describe, expect, test } from 'vitest';
import { loadMigrationsFolder } from '../../../../src/adapters/local/migrations-folder.ts';
import { fixtureFolder } from '../../../support/fixture-folder.ts';
import { rehearse } from './rehearse.ts';
import { VALUES_DECIDE } from './values-decide.ts';

/** Rules that call the migration faulty because of rows. */
const OF_ROWS = ['fails-with-rows', 'down-fails', 'depends-on-rows', 'depends-on-chance'];

describe('values that the rehearsal has made up', () => {
  test.each(VALUES_DECIDE)(
    'are named in a warning about a migration that $kind, and not taken for its fault',
    async ({ before, up, down, direction = 'up', worksOtherwise = false }) => {
      const form = (one: string, other: string) =>
        `export const up = async (knex) => { ${one} };\nexport const down = async (knex) => { ${other} };\n`;
      const folder = await fixtureFolder({
        '20260101000000_before.js': form(before, ''),
        '20260102000000_more.js': form(up, down),
      });
      const [rehearsal] = await rehearse(() => loadMigrationsFolder(folder), {
        mostStops: 1,
        isRehearsed: (id) => id === '20260102000000_more',
      });
      const findings = rehearsal?.migrations[0]?.findings ?? [];
      expect(findings.filter(({ rule }) => OF_ROWS.includes(rule))).toEqual([]);
      expect(findings).toContainEqual(
        expect.objectContaining({ rule: 'fails-with-values', severity: 'warning' }),
      );
      const [warning] = findings.filter(({ rule }) => rule === 'fails-with-values');
      expect(warning?.statement?.direction ?? direction).toBe(direction);
      const works = warning?.details.some((text) =>
        text.startsWith('It works with a row of items'),
      );
      expect(works ?? false).toBe(worksOtherwise);
    },
    60_000,
  );
});
