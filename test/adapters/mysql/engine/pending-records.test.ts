import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PendingRecords } from '../../../../src/adapters/mysql/migration/engine/pending-records.ts';

type Deed = 'add' | 'add with effects' | 'send' | 'commit' | 'roll back';

/** Runs the steps in order; returns the records sent last and the durable ones, in order. */
function follow(deeds: readonly Deed[]) {
  const records = new PendingRecords();
  const durable: string[] = [];
  let made = 0;
  let sent: string[] = [];
  const add = (hasUncommittedEffects: boolean) => {
    const migration = `migration ${++made}`;
    const onDurable = () => durable.push(migration);
    records.add({ migration, texts: [], hasUncommittedEffects, onDurable });
  };
  for (const deed of deeds) {
    if (deed === 'add') add(false);
    else if (deed === 'add with effects') add(true);
    else if (deed === 'send') sent.push(...records.send().map(({ migration }) => migration));
    else if (deed === 'commit') {
      records.committed();
      sent = [];
    } else {
      records.rolledBack();
      sent = [];
    }
  }
  return { records, durable, made, sent };
}

const deeds = fc.array(fc.constantFrom<Deed>('add', 'send', 'commit', 'roll back'), {
  maxLength: 40,
});
const firstOnes = (count: number) =>
  Array.from({ length: count }, (_, index) => `migration ${index + 1}`);

describe('records of migrations in every sequence of sending, commit and rollback', () => {
  it('records of migrations become durable once each, in the order in which the migrations ended', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const { durable } = follow(list);
        expect(durable).toEqual(firstOnes(durable.length));
      }),
      { numRuns: 1_000 },
    );
  });

  it('records of migrations are all durable after being sent and committed again', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const { durable, made, records } = follow([...list, 'send', 'commit']);
        expect(durable).toEqual(firstOnes(made));
        expect(records.isWaiting).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('records of migrations are sent again in order after a rollback', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const { durable, made, sent } = follow([...list, 'roll back', 'send']);
        expect([...durable, ...sent]).toEqual(firstOnes(made));
      }),
      { numRuns: 1_000 },
    );
  });

  it('records of migrations are never reported as durable before they were sent', () => {
    expect(follow(['add', 'commit']).durable).toEqual([]);
    expect(follow(['add', 'send', 'roll back', 'commit']).durable).toEqual([]);
    expect(follow(['add', 'send', 'add', 'commit']).durable).toEqual(['migration 1']);
  });

  it.each<[string, readonly Deed[], readonly string[]]>([
    ['before it was sent', ['add', 'add with effects', 'roll back'], ['migration 1']],
    ['after it was sent', ['add', 'add with effects', 'send', 'roll back'], ['migration 1']],
    ['along with a later one', ['add with effects', 'add with effects', 'roll back'], []],
    ['only once they are committed', ['add with effects', 'commit', 'roll back'], ['migration 1']],
  ])(
    'records of migrations are forgotten with the effects that are rolled back, %s',
    (_, deeds, recorded) => {
      expect(follow([...deeds, 'send', 'commit']).durable).toEqual(recorded);
    },
  );
});
