import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PendingRecords } from '../../../../src/adapters/mysql/migration/engine/pending-records.ts';

type Deed = 'add' | 'send' | 'commit' | 'roll back';

/** Does one thing after the other; says what was sent last and what became durable, in order. */
function follow(deeds: readonly Deed[]) {
  const records = new PendingRecords();
  const durable: string[] = [];
  let made = 0;
  let sent: string[] = [];
  const add = () => {
    const migration = `migration ${++made}`;
    records.add({ migration, texts: [], onDurable: () => durable.push(migration) });
  };
  for (const deed of deeds) {
    if (deed === 'add') add();
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

describe('records of migrations, however they are sent, committed and rolled back', () => {
  it('become durable in the order in which the migrations ended, each once', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const { durable } = follow(list);
        expect(durable).toEqual(firstOnes(durable.length));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are all durable after they were sent and committed once more', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const { durable, made, records } = follow([...list, 'send', 'commit']);
        expect(durable).toEqual(firstOnes(made));
        expect(records.isWaiting).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are sent again, in order, after a rollback', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const { durable, made, sent } = follow([...list, 'roll back', 'send']);
        expect([...durable, ...sent]).toEqual(firstOnes(made));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are never told durable before they were sent', () => {
    expect(follow(['add', 'commit']).durable).toEqual([]);
    expect(follow(['add', 'send', 'roll back', 'commit']).durable).toEqual([]);
    expect(follow(['add', 'send', 'add', 'commit']).durable).toEqual(['migration 1']);
  });
});
