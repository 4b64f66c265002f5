import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isApplied, type StatementStanding } from '../../../src/core/half-applied.ts';
import { type HalfAppliedFacts, type WayOut, waysOut } from '../../../src/core/resolve/ways-out.ts';

const STANDINGS = [
  'applied',
  'applied, with other values',
  'applied, by another text',
  'undone',
  'not applied',
  'not known',
] as const;

const statement = fc.record({
  standing: fc.constantFrom(...STANDINGS),
  isThere: fc.constantFrom(true as const, undefined),
  leavesNothing: fc.constantFrom(true as const, undefined),
  direction: fc.constantFrom('down' as const, undefined),
});
const ahead = fc.option(
  fc.record({
    statements: fc.array(
      fc.record({
        standing: fc.constantFrom('not applied' as const, 'not known' as const),
        isThere: fc.constantFrom(true as const, undefined),
        leavesNothing: fc.constantFrom(true as const, undefined),
      }),
      { maxLength: 4 },
    ),
    cut: fc.constantFrom(undefined, 'it is cut'),
  }),
  { nil: undefined },
);

const facts: fc.Arbitrary<HalfAppliedFacts> = fc
  .record({
    open: fc.constantFrom(['up'], ['down'], ['up', 'down']),
    isRecorded: fc.boolean(),
    statements: fc.array(statement, { maxLength: 6 }),
    file: fc.constantFrom('has down' as const, 'without down' as const, 'gone' as const),
    ahead,
    down: ahead,
  })
  .map(({ open, statements, ahead: next, down, ...rest }) => {
    const numbered = statements.map((each, index) => ({ ...each, number: index + 1, text: 'x' }));
    const list = (given: typeof next, from: number) =>
      given && {
        ...given,
        unknown: [],
        statements: given.statements.map((each, index) => ({
          ...each,
          number: from + index + 1,
          text: 'x',
          sql: 'x',
        })),
      };
    return {
      ...rest,
      open: new Set<'up' | 'down'>(open),
      statements: numbered,
      ahead: list(next, numbered.length),
      down: list(down, 0),
    };
  });

const lasting = ({ leavesNothing }: StatementStanding) => leavesNothing !== true;
const mayHaveEffect = (each: StatementStanding) =>
  lasting(each) && (isApplied(each) || each.standing === 'not known');
const isUp = ({ direction }: StatementStanding) => direction === undefined;

/** Ways that need nobody's word that something was done by hand. */
const withoutWord = (ways: readonly WayOut[], kind: WayOut['kind']) =>
  ways.filter((way) => way.kind === kind && !way.byHand && way.verdict !== 'unsafe');

describe('ways out of a half-applied migration', () => {
  it("starting again without a person's word is never offered while something may have taken effect", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const open = given.open.has('down') ? given.statements : given.statements.filter(isUp);
        if (!open.some(mayHaveEffect)) return;
        expect(withoutWord(waysOut(given), 'retry')).toEqual([]);
      }),
    );
  });

  it("recording without a person's word is never offered while something may remain", () => {
    fc.assert(
      fc.property(facts, (given) => {
        if (given.open.has('down')) return;
        const up = given.statements.filter(isUp).filter(lasting);
        const next = given.ahead;
        const mayBeLeft =
          up.some(({ standing }) => standing === 'not known' || standing === 'not applied') ||
          next === undefined ||
          next.cut !== undefined ||
          next.statements.filter(lasting).some(({ isThere }) => isThere !== true);
        if (mayBeLeft) expect(withoutWord(waysOut(given), 'applied')).toEqual([]);
        else expect(withoutWord(waysOut(given), 'applied')).toMatchObject([{ verdict: 'safe' }]);
      }),
    );
  });

  it("a migration whose rollback has begun may be kept without a person's word only if the rollback did nothing", () => {
    fc.assert(
      fc.property(facts, (given) => {
        if (!given.open.has('down')) return;
        const didSomething = given.statements.some((each) => !isUp(each) && mayHaveEffect(each));
        const isWhole = given.isRecorded && !given.open.has('up');
        expect(withoutWord(waysOut(given), 'applied')).toHaveLength(
          isWhole && !didSomething ? 1 : 0,
        );
      }),
    );
  });

  it('running down is offered only if there is one, and something for it to undo', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const runs = withoutWord(waysOut(given), 'revert');
        if (given.file !== 'has down') expect(runs).toEqual([]);
        if (given.open.has('down')) return;
        if (given.down?.statements.some(({ isThere }) => isThere)) expect(runs).toEqual([]);
      }),
    );
  });

  it('a half-applied migration always has at least one way out that can be taken, each with its reason', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const ways = waysOut(given);
        expect(ways.some(({ verdict }) => verdict !== 'unsafe')).toBe(true);
        for (const { why } of ways) expect(why).toMatch(/^[A-Z].*[.:]?/);
        const kinds = new Set(ways.map(({ kind }) => kind));
        expect([...kinds].sort()).toEqual(['applied', 'retry', 'revert']);
      }),
    );
  });
});
