import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerableQuestions } from '../../../../src/adapters/mysql/migration/engine/answerable-questions.ts';
import type { StatementKind } from '../../../../src/adapters/mysql/sql/statement-kind.ts';

const NOTHING = { rowCount: false, foundRows: false, diagnostics: false, insertId: false };
const QUESTIONS = {
  'ROW_COUNT()': { ...NOTHING, rowCount: true },
  'FOUND_ROWS()': { ...NOTHING, foundRows: true },
  'the warnings': { ...NOTHING, diagnostics: true },
} as const;
type Question = keyof typeof QUESTIONS;
const ALL = Object.keys(QUESTIONS) as Question[];

type Sent = StatementKind | 'ours' | 'failed read';
const KINDS: readonly StatementKind[] = ['read', 'write', 'ddl', 'opaque', 'session', 'control'];

function answeredAfter(sent: readonly Sent[]): Question[] {
  const questions = new AnswerableQuestions();
  for (const each of sent) {
    if (each === 'ours') questions.ownSent();
    else if (each === 'failed read') {
      questions.sent('read');
      questions.failed();
    } else questions.sent(each);
  }
  return ALL.filter((question) => questions.canAnswer(QUESTIONS[question]));
}

describe('questions about an earlier statement', () => {
  it.each<{ sent: Sent[]; answered: Question[] }>([
    { sent: [], answered: ALL },
    { sent: ['write'], answered: ALL },
    { sent: ['write', 'ours'], answered: [] },
    { sent: ['read', 'ours'], answered: [] },
    { sent: ['ours', 'write'], answered: ['ROW_COUNT()', 'the warnings'] },
    { sent: ['ours', 'ddl'], answered: ['ROW_COUNT()', 'the warnings'] },
    { sent: ['ours', 'read'], answered: ALL },
    // A procedure may contain a query.
    { sent: ['ours', 'opaque'], answered: ALL },
    // Some settings keep the warnings of the previous statement, which would be Fanfold's.
    { sent: ['ours', 'session'], answered: ['ROW_COUNT()'] },
    { sent: ['ours', 'control'], answered: ['ROW_COUNT()'] },
    // The statement has found no rows.
    { sent: ['ours', 'failed read'], answered: ['ROW_COUNT()', 'the warnings'] },
    { sent: ['read', 'failed read'], answered: ALL },
    { sent: ['write', 'session'], answered: ALL },
    { sent: ['read', 'write'], answered: ALL },
  ])(
    'a question about an earlier statement can be answered after $sent: $answered',
    ({ sent, answered }) => {
      expect(answeredAfter(sent)).toEqual(answered);
    },
  );

  it("a question about an earlier statement can never be answered directly after a statement of Fanfold's", () => {
    const sent = fc.array(fc.constantFrom<Sent>('ours', ...KINDS), { maxLength: 12 });
    fc.assert(
      fc.property(sent, (list) => {
        expect(answeredAfter([...list, 'ours'])).toEqual([]);
      }),
    );
  });

  it('all questions about an earlier statement can be answered while Fanfold sends nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...KINDS), { maxLength: 12 }), (list) => {
        expect(answeredAfter(list)).toEqual(ALL);
      }),
    );
  });

  it('questions about an earlier statement are forgotten at the start of a migration, when any answer of the session is right', () => {
    const questions = new AnswerableQuestions();
    questions.ownSent();
    questions.forget();
    for (const question of ALL) expect(questions.canAnswer(QUESTIONS[question])).toBe(true);
  });

  it('questions that concern no earlier statement can always be answered', () => {
    const questions = new AnswerableQuestions();
    questions.ownSent();
    expect(questions.canAnswer(NOTHING)).toBe(true);
    expect(questions.canAnswer({ ...NOTHING, insertId: true })).toBe(true);
  });
});
