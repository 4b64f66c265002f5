import { placesOf } from '../migration-source.ts';
import type { Breach, LintedMigration, Rule } from '../rule.ts';

/** Rules about a file, for faults that no statement shows. */
export const SOURCE_RULES: readonly Rule[] = [
  {
    name: 'no-down',
    judges: 'source',
    severity: 'off',
    finds: 'a migration without `down`, or with one that does nothing',
    why: 'It cannot be rolled back, and everything below it cannot either.',
    safeWay:
      'Write a `down` that undoes it, or allow the rule with the reason why it cannot be undone.',
    *check({ down }) {
      if (down === 'missing') yield { message: 'It exports no down.' };
      if (down === 'empty') yield { message: 'Its down does nothing.' };
    },
  },
  tokensRule({
    name: 'depends-on-time',
    severity: 'off',
    finds: 'the clock of the machine in the code of a migration',
    why: 'Each tenant gets another value, and a resumed migration meets another one than the interrupted one.',
    safeWay: 'Write a constant, or let the server do it: `knex.fn.now()`.',
    places: [
      ['Date', '.', 'now'],
      ['new', 'Date', '(', ')'],
      ['performance', '.', 'now'],
      ['moment', '(', ')'],
      ['dayjs', '(', ')'],
      ['DateTime', '.', 'now'],
      ['DateTime', '.', 'utc', '(', ')'],
    ],
  }),
  tokensRule({
    name: 'depends-on-chance',
    severity: 'off',
    finds: 'chance in the code of a migration',
    why: 'Each tenant gets other values, and an interrupted migration cannot be resumed once they were written.',
    safeWay: 'Write constants, or derive the value from the row.',
    places: [
      ['Math', '.', 'random'],
      ['randomUUID', '('],
      ['randomBytes', '('],
      ['randomInt', '('],
      ['getRandomValues', '('],
      ['uuid', '.', 'v4'],
    ],
    // Only as functions: `table.uuid('id')` is a column.
    functions: ['uuid', 'uuidv4', 'v4', 'nanoid', 'ulid'],
  }),
  tokensRule({
    name: 'depends-on-environment',
    severity: 'off',
    finds: 'environment variables, files, or the name of the tenant in the code of a migration',
    why: 'Machines differ, so that tenants end with different schemas.',
    safeWay: 'Write the values into the file.',
    places: [
      ['process', '.', 'env'],
      ['process', '.', 'argv'],
      ['process', '.', 'cwd'],
      ['readFileSync', '('],
      ['readFile', '('],
      ['hostname', '('],
      ['client', '.', 'config', '.', 'connection'],
      ['client', '.', 'connectionSettings'],
      ['client', '.', 'database'],
    ],
  }),
  tokensRule({
    name: 'uses-network',
    severity: 'error',
    finds: 'requests over the network in the code of a migration',
    why: 'It runs once for each tenant, at the pace of another service, and fails with it.',
    safeWay: 'Fetch the data beforehand, and write it into a file of the migration.',
    places: [
      ['fetch', '('],
      ['axios', '.'],
      ['axios', '('],
      ['got', '('],
      ['http', '.', 'request'],
      ['https', '.', 'request'],
      ['http', '.', 'get'],
      ['https', '.', 'get'],
    ],
  }),
  tokensRule({
    name: 'skips-existing',
    severity: 'off',
    finds: 'hasTable and hasColumn, by which a migration skips what exists',
    why: "A table that was made half, or by hand, passes for the migration's. Fanfold itself resumes interrupted migrations.",
    safeWay: 'Let it fail, or allow the rule with the reason.',
    places: [
      ['hasTable', '('],
      ['hasColumn', '('],
      ['createTableIfNotExists', '('],
    ],
  }),
];

function tokensRule({
  places,
  functions = [],
  ...rule
}: Omit<Rule, 'check' | 'judges'> & {
  /** Tokens that follow each other. */
  readonly places: readonly (readonly string[])[];
  /** Names of functions that are called by themselves, not as a method. */
  readonly functions?: readonly string[];
}): Rule {
  return {
    ...rule,
    judges: 'source',
    *check({ source }: LintedMigration): Generator<Breach, void, undefined> {
      for (const texts of places) {
        for (const { line } of placesOf(source, ...texts)) {
          yield { line, message: `It uses ${texts.join('').replace('newDate', 'new Date')}.` };
        }
      }
      for (const [index, { kind, text, line }] of source.tokens.entries()) {
        const isCall = source.tokens[index + 1]?.text === '(' && kind === 'word';
        const before = source.tokens[index - 1]?.text;
        if (!isCall || before === '.' || before === '?.' || !functions.includes(text)) continue;
        yield { line, message: `It uses ${text}().` };
      }
    },
  };
}
