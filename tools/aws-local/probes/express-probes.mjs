// Probes of EXPRESS children and of batches.
import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf } from './lambda-functions.mjs';
import { distributed, errorOf, expect, lambda, machine, refusal } from './pieces.mjs';

/** A Map Run whose children are EXPRESS executions of one task. */
const express = (work, rest = {}) =>
  distributed(work, {
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      StartAt: 'Work',
      States: { Work: { ...work, End: true } },
    },
    ...rest,
  });
const batches = (ItemBatcher, work = { Type: 'Pass' }) =>
  machine('Fan', { Fan: express(work, { ItemBatcher, End: true }) });

export const expressProbes = [
  {
    id: 'EXPRESS children return their outputs; they are described, but neither listed nor stopped, and have no history',
    def: machine('Fan', {
      Fan: express(
        { Type: 'Pass', Output: '{% $states.context %}' },
        { ItemBatcher: { MaxItemsPerBatch: 2 }, End: true },
      ),
    }),
    async play(on) {
      const result = await on.run({});
      const [{ mapRunArn }] = on.api.ListMapRuns(result).mapRuns;
      const executionArn = result.output[0].Execution.Id;
      const { status, mapRunArn: of } = on.api.DescribeExecution({ executionArn });
      return expect({
        arn: [
          executionArn.startsWith('arn:aws:states:eu-west-1:123456789012:express:probe/fan:'),
          true,
        ],
        described: [
          [status, of, result.output.length],
          ['SUCCEEDED', mapRunArn, 2],
        ],
        refused: [
          [
            await errorOf(() => on.api.GetExecutionHistory({ executionArn })),
            await errorOf(() => on.api.StopExecution({ executionArn })),
            await errorOf(() => on.api.ListExecutions({ mapRunArn })),
          ],
          ['InvalidArn', 'InvalidArn', 'StateMachineTypeNotSupported'],
        ],
        counts: [
          [
            on.api.DescribeMapRun({ mapRunArn }).itemCounts.succeeded,
            on.api.ListMapRuns(result).mapRuns.length,
          ],
          [4, 1],
        ],
      });
    },
  },
  {
    id: 'a redrive reruns the batch of a failed EXPRESS child as a new execution, and no batch that succeeded',
    def: machine('Fan', {
      Fan: express(
        lambda(
          'until',
          {
            n: '{% $states.input.Items[0].n %}',
            good: '{% $states.input.Items[0].n = 3 ? 2 : 1 %}',
          },
          {
            Output:
              '{% $states.context.Execution.Id & " " & $states.context.Execution.RedriveCount %}',
          },
        ),
        { ItemBatcher: { MaxItemsPerBatch: 2 }, End: true },
      ),
    }),
    async play(on) {
      const first = await on.run({});
      const [{ mapRunArn }] = on.api.ListMapRuns(first).mapRuns;
      const before = on.api.DescribeMapRun({ mapRunArn });
      const again = await on.redrive(first.executionArn);
      const after = on.api.DescribeMapRun({ mapRunArn });
      return expect({
        first: [
          [first.status, before.itemCounts.failed, before.executionCounts.failed],
          ['FAILED', 2, 1],
        ],
        again: [
          [again.status, after.itemCounts.succeeded, after.redriveCount],
          ['SUCCEEDED', 4, 1],
        ],
        'a new execution': [again.output[1].endsWith(' 0'), true],
        calls: [
          [callsOf('until-1'), callsOf('until-3')],
          [1, 2],
        ],
      });
    },
  },
  {
    id: 'an EXPRESS child that runs longer than its limit has timed out',
    options: { expressSeconds: 0.1 },
    def: machine('Fan', {
      Fan: express(lambda('slow', { ms: 400 }), {
        ToleratedFailurePercentage: 100,
        End: true,
      }),
    }),
    async play(on) {
      const result = await on.run({});
      const [{ mapRunArn }] = on.api.ListMapRuns(result).mapRuns;
      return expect({
        counts: [
          [result.status, on.api.DescribeMapRun({ mapRunArn }).itemCounts.timedOut],
          ['SUCCEEDED', 4],
        ],
      });
    },
  },
  {
    id: 'at least once: EXPRESS children may run twice, and count once',
    options: { expressRuns: 2 },
    def: machine('Fan', {
      Fan: express(
        lambda(
          'until',
          { n: '{% $states.input.n %}', good: 1 },
          { Output: '{% $states.input.n %}' },
        ),
        { End: true },
      ),
    }),
    async play(on) {
      const result = await on.run({});
      await sleep(20);
      const [{ mapRunArn }] = on.api.ListMapRuns(result).mapRuns;
      return expect({
        output: [result.output, [1, 2, 3, 4]],
        calls: [[1, 2, 3, 4].map((n) => callsOf(`until-${n}`)), [2, 2, 2, 2]],
        counts: [on.api.DescribeMapRun({ mapRunArn }).itemCounts.total, 4],
      });
    },
  },
  {
    id: 'batches: MaxItemsPerBatch, with BatchInput in each',
    def: batches({ MaxItemsPerBatch: 3, BatchInput: { run: '{% $states.input.run %}' } }),
    input: { run: 'r1' },
    check: ({ output }) =>
      expect({
        output: [
          output,
          [
            { BatchInput: { run: 'r1' }, Items: [{ n: 1 }, { n: 2 }, { n: 3 }] },
            { BatchInput: { run: 'r1' }, Items: [{ n: 4 }] },
          ],
        ],
      }),
  },
  {
    id: 'batches: MaxInputBytesPerBatch bounds the whole input of a child, BatchInput included',
    def: batches({
      MaxItemsPerBatch: 100,
      MaxInputBytesPerBatch: '{% $states.input.bytes %}',
      BatchInput: { run: 'r1' },
    }),
    async play(on) {
      const sizes = [];
      // {"BatchInput":{"run":"r1"},"Items":[{"n":1},{"n":2}]} has 53 bytes
      for (const bytes of [61, 60, 53, 52])
        sizes.push((await on.run({ bytes })).output.map(({ Items }) => Items.length));
      return expect({
        sizes: [
          sizes,
          [
            [3, 1],
            [2, 2],
            [2, 2],
            [1, 1, 1, 1],
          ],
        ],
      });
    },
  },
  {
    id: 'failures are tolerated by items: a failed batch counts all of its items',
    def: machine('Fan', {
      Fan: express(lambda('oddfails', { n: '{% $states.input.Items[0].n %}' }), {
        ItemBatcher: { MaxItemsPerBatch: 3 },
        ToleratedFailureCount: '{% $states.input.tolerated %}',
        End: true,
      }),
    }),
    async play(on) {
      const seen = [];
      for (const tolerated of [2, 3]) seen.push((await on.run({ tolerated })).status);
      return expect({ seen: [seen, ['FAILED', 'SUCCEEDED']] });
    },
  },
  refusal('an ItemBatcher without a size', batches({ BatchInput: {} }), '/ItemBatcher'),
  refusal(
    'a batch that is larger than an input may be',
    batches({ MaxInputBytesPerBatch: 262_145 }),
    '/MaxInputBytesPerBatch',
  ),
  refusal(
    'a Distributed Map in an EXPRESS child',
    machine('Fan', { Fan: express(distributed({ Type: 'Pass' }), { End: true }) }),
    '/ProcessorConfig/Mode',
  ),
];
