import { expect, test } from 'vitest';
import { readTokens } from '../../../../src/adapters/local/migration-sources.ts';
import {
  type LintSettings,
  lintMigrations,
} from '../../../../src/core/safety/lint/lint-migrations.ts';
import { downOf } from '../../../../src/core/safety/lint/migration-source.ts';
import { RULES } from '../../../../src/core/safety/lint/rules/all-rules.ts';

const ALL: LintSettings['rules'] = Object.fromEntries(
  RULES.map(({ name }) => [name, 'warning' as const]),
);

function lint(text: string, { rules = ALL, allow = {} }: Partial<LintSettings> = {}) {
  const source = { file: 'migrations/1_x.ts', ...readTokens(text) };
  const down = downOf(source, /\bdown\b/.test(text));
  return lintMigrations([{ id: '1_x', source, down }], undefined, { rules, allow });
}

const DOWN = 'export const down = (knex) => knex.schema.dropTable("t");';

/** Rules about files: what fires, and what looks like it. */
const CASES: Readonly<Record<string, { fires: readonly string[]; quiet: readonly string[] }>> = {
  'no-down': {
    fires: [
      'export async function up(knex) {}',
      'export async function up() {}\nexport async function down() {}',
      'exports.down = function (knex) { };',
      'export const down = async (knex: Knex): Promise<void> => {};',
      'exports.down = () => Promise.resolve();',
      'module.exports = { up() {}, down() {} };',
    ],
    quiet: [
      DOWN,
      'exports.down = async function (knex) { await knex.raw("DROP TABLE t"); };',
      'export const down = () => { throw new Error("cannot be undone"); };',
      'export { down } from "./shared.js";',
      'export const down = undo("(", knex',
    ],
  },
  'depends-on-time': {
    fires: [
      'const at = Date.now();',
      'const at = new Date();',
      'row.at = moment();',
      'dayjs().format()',
    ],
    quiet: [
      'knex.fn.now()',
      'new Date(2020, 1, 1)',
      "'Date.now()'",
      '// Date.now()',
      '`new Date()`',
    ],
  },
  'depends-on-chance': {
    fires: ['Math.random()', 'crypto.randomUUID()', 'uuidv4()', 'const id = uuid();', 'nanoid()'],
    quiet: ["table.uuid('id')", 'Math.round(1.5)', "'Math.random()'"],
  },
  'depends-on-environment': {
    fires: ['process.env.REGION', 'fs.readFileSync("x")', 'knex.client.config.connection.database'],
    quiet: ["knex.client.config.client === 'mysql2'", '"process.env"'],
  },
  'uses-network': {
    fires: ["await fetch('https://example.com')", 'axios.get(url)', 'https.request(url)'],
    quiet: ["knex('fetch')", "import https from 'node:https';"],
  },
  'skips-existing': {
    fires: ["if (await knex.schema.hasTable('t')) return;", "knex.schema.hasColumn('t', 'a')"],
    quiet: ["knex.schema.createTable('t', () => {})", '// hasTable()'],
  },
};

test.each(Object.entries(CASES))(
  'the rule %s finds its fault in a file, and nothing that only looks like it',
  (rule, { fires, quiet }) => {
    const found = (text: string) => lint(text).findings.filter((finding) => finding.rule === rule);
    for (const text of fires) expect(found(text), text).not.toHaveLength(0);
    for (const text of quiet) expect(found(`${DOWN}\n${text}`), text).toHaveLength(0);
  },
);

test('every rule about files has a case', () => {
  const names = RULES.filter(({ judges }) => judges === 'source').map(({ name }) => name);
  // The place among other files is not in the text.
  expect([...Object.keys(CASES), 'older-than-committed']).toEqual(names);
});

test('a finding in a file has its line, in JavaScript as in TypeScript', () => {
  const { findings } = lint(
    `import type { Knex } from 'knex';\n\nexport async function up(knex: Knex): Promise<void> {\n  const at: number = Date.now();\n}\n${DOWN}`,
  );
  expect(findings).toMatchObject([
    { rule: 'depends-on-time', line: 4, file: 'migrations/1_x.ts', message: 'It uses Date.now.' },
  ]);
});

test('a comment with a reason allows a rule in its file', () => {
  const text = `/* fanfold-allow depends-on-time: only a log line */\nDate.now(); Math.random();\n${DOWN}`;
  const { findings, allowed } = lint(text);
  expect(findings.map(({ rule }) => rule)).toEqual(['depends-on-chance']);
  expect(allowed).toMatchObject([{ rule: 'depends-on-time', reason: 'only a log line' }]);
});

test('a comment allows nothing without a reason, or if its rule does not exist', () => {
  const { findings } = lint(
    `// fanfold-allow depends-on-time\n// fanfold-allow no-such-rule: because\nDate.now();\n${DOWN}`,
  );
  expect(findings.map(({ rule, line, severity }) => [rule, line, severity])).toEqual([
    ['depends-on-time', 3, 'warning'],
    ['allows-without-reason', 1, 'error'],
    ['allows-unknown-rule', 2, 'error'],
  ]);
});

test('the configuration sets severities, all others at once, and allows with a reason', () => {
  const text = `Date.now(); Math.random();\n${DOWN}`;
  const rules = { '*': 'off', 'depends-on-time': 'error' } as const;
  expect(lint(text, { rules }).findings).toMatchObject([
    { rule: 'depends-on-time', severity: 'error' },
  ]);
  const allow = { '1_x': { 'depends-on-time': 'a test' }, '2_x': { 'depends-on-chance': 'other' } };
  expect(lint(text, { allow }).findings.map(({ rule }) => rule)).toEqual(['depends-on-chance']);
});

test('findings of rules that nobody has turned on or off are counted', () => {
  const text = `Math.random(); Math.random();\nexport const up = () => {};`;
  const { findings, off } = lint(text, { rules: {} });
  expect(findings).toEqual([]);
  expect(off).toEqual({ 'no-down': 1, 'depends-on-chance': 2 });
  expect(lint(text, { rules: { 'no-down': 'off' } }).off).toEqual({ 'depends-on-chance': 2 });
  expect(lint(text, { rules: { '*': 'off' } }).off).toEqual({});
});

test('a file that is not JavaScript to its end is named, with the findings before that', () => {
  const { findings, unread } = lint(`${DOWN}\nDate.now();\nconst a = 'no end`);
  expect(findings.map(({ rule }) => rule)).toEqual(['depends-on-time']);
  expect(unread).toEqual([expect.stringMatching(/^migrations\/1_x\.ts:\d$/)]);
});
