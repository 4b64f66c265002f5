import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LOCKS_TAKEN,
  nextState,
  type OpenTransaction,
  type TransactionEvent,
  type TransactionState,
} from '../../../../src/adapters/mysql/migration/engine/transaction-state.ts';

/** Bits of SERVER_STATUS. */
const IN_TRANSACTION = 1;
const AUTOCOMMIT = 2;

const OPEN: readonly OpenTransaction[] = ['none', 'ours', 'single', 'migration', 'unknown'];
const KNOWN = OPEN.filter((open) => open !== 'unknown');
const READ_ONLY = 'START TRANSACTION READ ONLY';

const EVENTS: readonly TransactionEvent[] = [
  { type: 'wanted', sql: 'BEGIN' },
  { type: 'wanted', sql: READ_ONLY },
  { type: 'unwanted' },
  { type: 'isolated', sql: 'SET TRANSACTION READ ONLY' },
  { type: 'isolated', sql: 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE' },
  { type: 'isolated', sql: undefined },
  { type: 'opened', open: 'ours' },
  { type: 'opened', open: 'single' },
  { type: 'opened', open: 'migration' },
  { type: 'answered', status: 0 },
  { type: 'answered', status: AUTOCOMMIT },
  { type: 'answered', status: IN_TRANSACTION },
  { type: 'answered', status: IN_TRANSACTION | AUTOCOMMIT },
  { type: 'committed' },
  { type: 'rolled back' },
  ...KNOWN.map((otherwise): TransactionEvent => ({ type: 'failed', otherwise })),
  { type: 'found read-only' },
  { type: 'tables locked' },
  { type: 'tables unlocked' },
  { type: 'migration started' },
];

const events = fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 });
const stateAfter = (list: readonly TransactionEvent[]): TransactionState =>
  list.reduce(nextState, LOCKS_TAKEN);
const from = (open: OpenTransaction, over: Partial<TransactionState> = {}): TransactionState => ({
  ...LOCKS_TAKEN,
  open,
  ...over,
});

describe('the open transaction', () => {
  /** For each event: the open transaction after it, by the one before it. */
  const TABLE: readonly (readonly [TransactionEvent, Readonly<Record<string, OpenTransaction>>])[] =
    [
      [{ type: 'wanted', sql: 'BEGIN' }, {}],
      [{ type: 'unwanted' }, {}],
      [{ type: 'isolated', sql: 'SET TRANSACTION READ WRITE' }, {}],
      [{ type: 'opened', open: 'ours' }, every('ours')],
      [{ type: 'opened', open: 'single' }, every('single')],
      [{ type: 'opened', open: 'migration' }, every('migration')],
      [{ type: 'answered', status: AUTOCOMMIT }, every('none')],
      [{ type: 'answered', status: 0 }, every('none')],
      // The server begins one implicitly, and an unknown one may still be open.
      [
        { type: 'answered', status: IN_TRANSACTION },
        { none: 'migration', unknown: 'single' },
      ],
      [{ type: 'committed' }, every('none')],
      [{ type: 'rolled back' }, every('none')],
      [{ type: 'failed', otherwise: 'single' }, every('unknown')],
      [{ type: 'found read-only' }, {}],
      [{ type: 'tables locked' }, every('none')],
      [{ type: 'tables unlocked' }, {}],
      [{ type: 'migration started' }, {}],
    ];

  it.each(
    TABLE.flatMap(([event, changes]) =>
      OPEN.map((open) => ({ event, open, wanted: changes[open] ?? open })),
    ),
  )(
    'the open transaction is $wanted if $open was open and the event is $event',
    ({ event, open, wanted }) => {
      const state = from(open, { otherwise: 'single' });
      expect(nextState(state, event).open).toBe(wanted);
    },
  );

  function every(open: OpenTransaction): Record<string, OpenTransaction> {
    return Object.fromEntries(OPEN.map((before) => [before, open]));
  }
});

describe('the state of the transaction in every sequence of events', () => {
  const always = (holds: (state: TransactionState) => void) =>
    fc.assert(
      fc.property(events, (list) => {
        holds(stateAfter(list));
      }),
      { numRuns: 2_000 },
    );

  it('the state of the transaction marks a transaction as not writable only if one is open', () => {
    always(({ open, readsOnly }) => expect(readsOnly && open === 'none').toBe(false));
  });

  it('the state of the transaction is closed and writable after COMMIT, ROLLBACK or LOCK TABLES', () => {
    fc.assert(
      fc.property(
        events,
        fc.constantFrom<TransactionEvent>(
          { type: 'committed' },
          { type: 'rolled back' },
          { type: 'tables locked' },
        ),
        (list, event) => {
          const state = nextState(stateAfter(list), event);
          expect([state.open, state.readsOnly]).toEqual(['none', false]);
        },
      ),
    );
  });

  it('the state of the transaction is never unknown after the server has reported whether a transaction is open', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 3 }), (list, status) => {
        const state = nextState(stateAfter(list), { type: 'answered', status });
        expect(state.open).not.toBe('unknown');
        expect(state.autocommit).toBe((status & AUTOCOMMIT) !== 0);
        expect(state.open === 'none').toBe((status & IN_TRANSACTION) === 0);
      }),
    );
  });

  it('the state of the transaction forgets the transaction settings of the previous migration', () => {
    fc.assert(
      fc.property(events, (list) => {
        const state = nextState(stateAfter(list), { type: 'migration started' });
        expect([state.wanted, state.isolation, state.tablesLocked]).toEqual([
          undefined,
          undefined,
          false,
        ]);
      }),
    );
  });

  it('a new state of the transaction does not change the given state', () => {
    fc.assert(
      fc.property(events, fc.constantFrom(...EVENTS), (list, event) => {
        const before = Object.freeze(stateAfter(list));
        const copy = { ...before };
        nextState(before, event);
        expect(before).toEqual(copy);
      }),
    );
  });
});

describe('a read-only transaction', () => {
  it.each([
    { wanted: READ_ONLY, isolation: undefined, open: 'migration', readsOnly: true },
    {
      wanted: 'start transaction  read\n only',
      isolation: undefined,
      open: 'migration',
      readsOnly: true,
    },
    { wanted: 'BEGIN', isolation: undefined, open: 'migration', readsOnly: false },
    { wanted: 'BEGIN', isolation: 'SET TRANSACTION READ ONLY', open: 'migration', readsOnly: true },
    { wanted: undefined, isolation: 'SET TRANSACTION READ ONLY', open: 'single', readsOnly: true },
    { wanted: undefined, isolation: undefined, open: 'single', readsOnly: false },
    // The words concern the migration's own transaction, not one around a statement.
    { wanted: READ_ONLY, isolation: undefined, open: 'single', readsOnly: false },
  ] as const)(
    'a read-only transaction is known from the words that start it: $wanted, $isolation, $open',
    ({ wanted, isolation, open, readsOnly }) => {
      const state = from('none', { wanted, isolation });
      const opened = nextState(state, { type: 'opened', open });
      expect(opened.readsOnly).toBe(readsOnly);
      // SET TRANSACTION applies to one transaction.
      expect(opened.isolation).toBeUndefined();
    },
  );
});

describe("the migration's own transaction", () => {
  it("the migration's own transaction is not started again after a statement that committed it", () => {
    const state = from('migration', { wanted: 'BEGIN' });
    expect(nextState(state, { type: 'answered', status: AUTOCOMMIT })).toMatchObject({
      open: 'none',
      wanted: undefined,
    });
    const failed = nextState(state, { type: 'failed', otherwise: 'migration' });
    expect(nextState(failed, { type: 'answered', status: AUTOCOMMIT }).wanted).toBeUndefined();
    expect(nextState(failed, { type: 'answered', status: 3 })).toMatchObject({
      open: 'migration',
      wanted: 'BEGIN',
    });
  });

  it("the migration's own transaction must still be started if the committed one was not its own", () => {
    const state = from('ours', { wanted: 'BEGIN' });
    expect(nextState(state, { type: 'answered', status: AUTOCOMMIT }).wanted).toBe('BEGIN');
  });
});
