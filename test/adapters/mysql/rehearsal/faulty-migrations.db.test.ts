import { describe, expect, test } from 'vitest';
import { loadMigrationsFolder } from '../../../../src/adapters/local/migrations-folder.ts';
import { IN_FULL } from '../../../chaos/support/form.ts';
import { fixtureFolder } from '../../../support/fixture-folder.ts';
import { FAULTY, ONE_OF_EACH } from './faulty-migrations.ts';
import { rehearse } from './rehearse.ts';

/** Each takes seconds; `npm run test:chaos` tries all of them. */
const CASES = IN_FULL ? FAULTY : ONE_OF_EACH;

describe('a faulty migration', () => {
  test.each(CASES)(
    'a rehearsal catches a migration that $kind',
    async ({ files, rule, at }) => {
      const ids = files.map((_, index) => `2026010${index + 1}000000_step_${index + 1}`);
      const sources = files.map((source, index): [string, string] => [`${ids[index]}.js`, source]);
      const folder = await fixtureFolder(Object.fromEntries(sources));
      const faulty = ids[at ?? files.length - 1];
      const [rehearsal] = await rehearse(() => loadMigrationsFolder(folder), {
        mostStops: 6,
        isRehearsed: (id) => id === faulty,
      });
      const found = rehearsal?.migrations[0];
      expect(found?.findings.map((finding) => finding.rule)).toContain(rule);
    },
    120_000,
  );
});
