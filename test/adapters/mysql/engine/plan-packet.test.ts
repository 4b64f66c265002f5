import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Need,
  type Piece,
  planClosing,
  planPacket,
  type Waiting,
} from '../../../../src/adapters/mysql/migration/engine/plan-packet.ts';
import {
  LOCKS_TAKEN,
  nextState,
  type OpenTransaction,
  type TransactionState,
} from '../../../../src/adapters/mysql/migration/engine/transaction-state.ts';

const NEEDS: readonly Need[] = [
  'bare',
  'transaction',
  'single',
  'apart',
  'implicit commit',
  'unknown effect',
  'for good',
];
const OPEN: readonly OpenTransaction[] = ['none', 'ours', 'single', 'migration'];
const WORDS = [undefined, 'BEGIN', 'START TRANSACTION READ ONLY'];
const ISOLATIONS = [
  undefined,
  'SET TRANSACTION READ ONLY',
  'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
];
const BOTH = [false, true];

/**
 * Every state in which the sender can plan a packet. It first asks about an unknown transaction, and
 * ends a transaction around a single statement that turned out to be read-only.
 */
const STATES: readonly TransactionState[] = OPEN.flatMap((open) =>
  WORDS.flatMap((wanted) =>
    ISOLATIONS.flatMap((isolation) =>
      BOTH.flatMap((readsOnly) =>
        BOTH.flatMap((autocommit) =>
          BOTH.map((tablesLocked) => ({
            open,
            otherwise: open,
            wanted,
            isolation,
            readsOnly,
            autocommit,
            tablesLocked,
          })),
        ),
      ),
    ),
  ),
).filter(
  ({ open, readsOnly, tablesLocked, autocommit }) =>
    // Fanfold's rows are written in a READ WRITE transaction.
    !(readsOnly && open !== 'migration') &&
    // LOCK TABLES commits; a transaction that is open under it was started by the server.
    !(tablesLocked && open !== 'none' && (autocommit || open !== 'migration')),
);
const WAITING: readonly Waiting[] = BOTH.flatMap((records) =>
  BOTH.flatMap((journal) => BOTH.map((intent) => ({ records, journal, intent }))),
);

const ROWS: ReadonlySet<Piece> = new Set(['records', 'journal', 'intent']);

/** Executes a packet as a server would, and checks the invariants at every piece. */
function carryOut(start: TransactionState, pieces: readonly Piece[]): TransactionState {
  let state = start;
  let isChecked = true;
  for (const piece of pieces) {
    switch (piece) {
      case 'start':
      case 'single':
      case 'begin': {
        // It would commit the open transaction without checking the fence.
        expect(state.open, `${piece} commits`).toBe('none');
        expect(state.tablesLocked, `${piece} unlocks tables`).toBe(false);
        const open = piece === 'start' ? 'ours' : piece === 'begin' ? 'migration' : 'single';
        state = nextState(state, { type: 'opened', open });
        // START TRANSACTION READ WRITE does not use up a SET TRANSACTION.
        if (piece === 'start') state = { ...state, readsOnly: false };
        isChecked = false;
        break;
      }
      case 'records':
      case 'journal':
      case 'intent':
        expect(state.readsOnly, `${piece} in a transaction that takes no writes`).toBe(false);
        expect(state.tablesLocked, `${piece} under LOCK TABLES`).toBe(false);
        expect(state.open !== 'none' || !state.autocommit, `${piece} commits itself`).toBe(true);
        isChecked = false;
        break;
      case 'check':
        isChecked = true;
        break;
      case 'commit':
        expect(isChecked, 'COMMIT without a look at the fence').toBe(true);
        state = nextState(state, { type: 'committed' });
        break;
      case 'isolation':
        expect(state.open, 'SET TRANSACTION within a transaction').toBe('none');
        break;
    }
  }
  return state;
}

function everyPlan(
  check: (of: { state: TransactionState; need: Need; waiting: Waiting }) => void,
): void {
  for (const state of STATES)
    for (const need of NEEDS)
      for (const waiting of WAITING) {
        try {
          check({ state, need, waiting });
        } catch (error) {
          throw new Error(`${JSON.stringify({ state, need, waiting })}: ${String(error)}`);
        }
      }
}

describe('a packet in every state and for every need', () => {
  it('a packet commits nothing without checking the fence, and writes rows only in a writable transaction', () => {
    everyPlan(({ state, need, waiting }) => {
      const { before } = planPacket(state, need, waiting);
      carryOut(state, before);
    });
  });

  it('a packet leaves exactly that transaction open in which the statement runs according to the plan', () => {
    everyPlan(({ state, need, waiting }) => {
      const { before, runsIn } = planPacket(state, need, waiting);
      const { open } = carryOut(state, before);
      // The answer shows whether the statement itself commits or the server opens a transaction.
      if (need !== 'implicit commit' && state.autocommit) expect(runsIn).toBe(open);
    });
  });

  it('a packet checks the fence directly before a statement that commits by itself', () => {
    everyPlan(({ state, need, waiting }) => {
      const { before } = planPacket(state, need, waiting);
      if (need === 'implicit commit') expect(before.at(-1)).toBe('check');
      if (need === 'for good' && !state.tablesLocked) {
        expect(before.slice(-2)).toEqual(['check', 'commit']);
      }
      if (need === 'unknown effect' && !state.tablesLocked) expect(before.at(-1)).toBe('check');
    });
  });

  it('a packet contains the intent of a statement that needs one in the transaction before it', () => {
    everyPlan(({ state, need, waiting }) => {
      if (!['implicit commit', 'unknown effect', 'for good'].includes(need)) return;
      const { before } = planPacket(state, need, waiting);
      const readsOnly = state.readsOnly || /READ ONLY/.test(`${state.isolation} ${state.wanted}`);
      // Nothing has an effect there.
      if (!waiting.intent || state.tablesLocked || readsOnly) return;
      expect(before.filter((piece) => piece === 'intent')).toHaveLength(1);
    });
  });

  it('a packet contains no intent for a statement that does not need one', () => {
    everyPlan(({ state, need, waiting }) => {
      const { before } = planPacket(state, need, { ...waiting, intent: false });
      expect(before).not.toContain('intent');
    });
  });

  it('a packet writes each kind of row once, and records of ended migrations before later rows', () => {
    everyPlan(({ state, need, waiting }) => {
      const { before } = planPacket(state, need, waiting);
      for (const piece of ROWS)
        expect(before.filter((each) => each === piece).length).toBeLessThan(2);
      if (!before.includes('records')) return;
      for (const later of ['begin', 'single', 'intent'] as const) {
        const at = before.indexOf(later);
        if (at >= 0) expect(before.indexOf('records')).toBeLessThan(at);
      }
    });
  });

  it('a packet puts nothing before a question about the previous statement, unless a BEGIN is due', () => {
    everyPlan(({ state, waiting }) => {
      const { before } = planPacket(state, 'bare', waiting);
      const isOwed = state.wanted !== undefined && state.open !== 'migration';
      if (state.open === 'ours' || (isOwed && !state.tablesLocked)) return;
      expect(before).toEqual([]);
    });
  });

  it("a packet adds only requested rows to the migration's transaction", () => {
    everyPlan(({ state, need, waiting }) => {
      if (state.open !== 'migration' || state.tablesLocked) return;
      if (!['bare', 'transaction', 'single', 'apart'].includes(need)) return;
      expect(planPacket(state, need, waiting)).toEqual({ before: [], runsIn: 'migration' });
    });
  });

  it('a packet adds only a check of the fence while tables are locked', () => {
    everyPlan(({ state, need, waiting }) => {
      if (!state.tablesLocked) return;
      const { before } = planPacket(state, need, waiting);
      expect(before.filter((piece) => piece !== 'check' && piece !== 'isolation')).toEqual([]);
    });
  });
});

describe('the packet that makes everything durable', () => {
  const closings = STATES.flatMap((state) => WAITING.map((waiting) => ({ state, waiting })));

  it('the packet that makes everything durable commits nothing without checking the fence in any state', () => {
    for (const { state, waiting } of closings) {
      const pieces = planClosing(state, waiting);
      try {
        const { open } = carryOut(state, pieces);
        if (!state.tablesLocked) expect(open).toBe('none');
      } catch (error) {
        throw new Error(`${JSON.stringify({ state, waiting, pieces })}: ${String(error)}`);
      }
    }
  });

  it('the packet that makes everything durable contains every waiting record, unless the transaction is read-only', () => {
    for (const { state, waiting } of closings) {
      if (state.tablesLocked || state.readsOnly) continue;
      const pieces = planClosing(state, waiting);
      expect(pieces.includes('records'), JSON.stringify({ state, pieces })).toBe(waiting.records);
    }
  });

  it('the packet that makes everything durable is empty if nothing is open and nothing waits', () => {
    expect(
      planClosing({ ...LOCKS_TAKEN, open: 'none' }, { records: false, journal: true }),
    ).toEqual([]);
  });
});

describe('typical packets', () => {
  const NOTHING: Waiting = { records: false, journal: false, intent: false };
  const state = (open: OpenTransaction, over: Partial<TransactionState> = {}) => ({
    ...LOCKS_TAKEN,
    open,
    ...over,
  });
  const wanted = { wanted: 'BEGIN' };

  it.each<{
    what: string;
    state: TransactionState;
    need: Need;
    waiting?: Partial<Waiting>;
    before: readonly Piece[];
    runsIn: OpenTransaction;
  }>([
    {
      what: 'the first write of a migration commits the lock, and begins',
      state: state('ours', wanted),
      need: 'single',
      before: ['check', 'commit', 'begin'],
      runsIn: 'migration',
    },
    {
      what: 'the second write of it has nothing before it',
      state: state('migration', wanted),
      need: 'single',
      waiting: { journal: true },
      before: [],
      runsIn: 'migration',
    },
    {
      what: 'DDL within it has the rows of what it commits, and its own',
      state: state('migration', wanted),
      need: 'implicit commit',
      waiting: { journal: true, intent: true },
      before: ['intent', 'check'],
      runsIn: 'migration',
    },
    {
      what: 'DDL that needs no intent has the rows of what it commits',
      state: state('migration', wanted),
      need: 'implicit commit',
      waiting: { journal: true },
      before: ['journal', 'check'],
      runsIn: 'migration',
    },
    {
      what: 'the first DDL of a run commits the lock with its intent',
      state: state('ours'),
      need: 'implicit commit',
      waiting: { intent: true },
      before: ['intent', 'check'],
      runsIn: 'ours',
    },
    {
      what: 'DDL after DDL writes the record of the migration before and its intent',
      state: state('none'),
      need: 'implicit commit',
      waiting: { records: true, intent: true },
      before: ['start', 'records', 'intent', 'check'],
      runsIn: 'none',
    },
    {
      what: 'a write without a transaction commits the one before it with its row',
      state: state('single'),
      need: 'single',
      waiting: { journal: true },
      before: ['journal', 'check', 'commit', 'single'],
      runsIn: 'single',
    },
    {
      what: 'a question after it has nothing before it',
      state: state('single'),
      need: 'bare',
      waiting: { journal: true },
      before: [],
      runsIn: 'single',
    },
    {
      what: 'a setting of the session is not part of a transaction',
      state: state('single'),
      need: 'apart',
      waiting: { journal: true },
      before: ['journal', 'check', 'commit'],
      runsIn: 'none',
    },
    {
      what: 'a setting of the session is made in the transaction that the migration has begun',
      state: { ...state('ours'), wanted: 'BEGIN' },
      need: 'apart',
      waiting: { records: true },
      before: ['records', 'check', 'commit', 'begin'],
      runsIn: 'migration',
    },
    {
      what: 'a procedure outside of a transaction has its row in the one that it gets',
      state: state('none'),
      need: 'unknown effect',
      waiting: { intent: true },
      before: ['single', 'intent', 'check'],
      runsIn: 'single',
    },
    {
      what: 'a write that nothing rolls back has its row committed before it',
      state: state('none'),
      need: 'for good',
      waiting: { intent: true },
      before: ['start', 'intent', 'check', 'commit'],
      runsIn: 'none',
    },
    {
      what: 'SET TRANSACTION travels with the transaction that it is about',
      state: state('none', { ...wanted, isolation: 'SET TRANSACTION READ ONLY' }),
      need: 'transaction',
      before: ['isolation', 'begin'],
      runsIn: 'migration',
    },
    {
      what: 'a read outside of a transaction writes the record that waits',
      state: state('none'),
      need: 'transaction',
      waiting: { records: true },
      before: ['start', 'records', 'check', 'commit'],
      runsIn: 'none',
    },
    {
      what: 'a write under autocommit = 0 is in the transaction that the server opens',
      state: state('none', { autocommit: false }),
      need: 'single',
      before: [],
      runsIn: 'none',
    },
  ])('$what', ({ state: given, need, waiting, before, runsIn }) => {
    expect(planPacket(given, need, { ...NOTHING, ...waiting })).toEqual({ before, runsIn });
  });
});

it('a plan depends only on its arguments, and does not change them', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...STATES),
      fc.constantFrom(...NEEDS),
      fc.constantFrom(...WAITING),
      (state, need, waiting) => {
        const first = planPacket(Object.freeze({ ...state }), need, Object.freeze({ ...waiting }));
        expect(planPacket(state, need, waiting)).toEqual(first);
      },
    ),
  );
});
