// Probes of executions: redrive, Map Runs, children, results, limits, refusals. They use JSONata, as new state machines do.
import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf, concurrency } from './lambda-functions.mjs';
import {
  distributed,
  errorOf,
  expect,
  inline,
  lambda,
  machine,
  reader,
  refusal,
  times,
  writer,
} from './pieces.mjs';

const settle = lambda('settle', { redriveCount: '{% $states.context.Execution.RedriveCount %}' });

export const executionProbes = [
  {
    id: 'redrive of a Task: resumes there, arguments evaluated again with the new RedriveCount',
    def: machine('Before', {
      Before: lambda('until', { n: 7, good: 1 }, { Next: 'Settle' }),
      Settle: { ...settle, End: true },
    }),
    async play(on) {
      const first = await on.run({ a: 1 });
      const again = await on.redrive(first.executionArn);
      const events = on.events(first.executionArn);
      return expect({
        first: [
          [first.status, first.error, first.redriveStatus, first.redriveCount],
          ['FAILED', 'TenantMigrationsFailed', 'REDRIVABLE', 0],
        ],
        again: [
          [again.status, again.output, again.redriveCount, again.redriveStatus],
          ['SUCCEEDED', { redriveCount: 1 }, 1, 'NOT_REDRIVABLE'],
        ],
        'state before is not run again': [callsOf('until-7'), 1],
        'entered twice in all, exited twice': [
          [times(events, 'TaskStateEntered'), times(events, 'TaskStateExited')],
          [2, 2],
        ],
        'redriven once': [times(events, 'ExecutionRedriven'), 1],
        'a second redrive': [
          await errorOf(() => on.redrive(first.executionArn)),
          'ExecutionNotRedrivable',
        ],
      });
    },
  },
  {
    id: 'a Fail state that is redriven fails again',
    def: machine('F', {
      F: { Type: 'Fail', Error: 'E', Cause: "{% 'c' & $states.context.Execution.RedriveCount %}" },
    }),
    async play(on) {
      const { executionArn } = await on.run({});
      const again = await on.redrive(executionArn);
      return expect({
        again: [
          [again.status, again.error, again.cause, again.redriveCount],
          ['FAILED', 'E', 'c1', 1],
        ],
      });
    },
  },
  {
    id: 'the same Map state entered twice in one execution: two Map Runs, also after a redrive',
    def: machine('Fan', {
      Fan: distributed(
        lambda('until', { n: '{% $states.input.n %}', good: '{% $states.input.n = 1 ? 3 : 1 %}' }),
        {
          ToleratedFailurePercentage: 100,
          ResultWriter: writer(),
          Assign: { rounds: '{% ($exists($rounds) ? $rounds : 0) + 1 %}' },
          Next: 'Settle',
        },
      ),
      Settle: lambda('until', { n: 100, good: 2 }, { Output: '{% $rounds %}', Next: 'More' }),
      More: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $rounds < 3 %}', Next: 'Fan' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed', Output: '{% $rounds %}' },
    }),
    async play(on) {
      const first = await on.run({});
      const between = on.api.ListMapRuns({ executionArn: first.executionArn }).mapRuns.length;
      const again = await on.redrive(first.executionArn);
      const runs = on.api
        .ListMapRuns({ executionArn: first.executionArn })
        .mapRuns.map(({ mapRunArn }) => on.api.DescribeMapRun({ mapRunArn }));
      return expect({
        first: [
          [first.status, first.error, between],
          ['FAILED', 'NotYet', 1],
        ],
        again: [
          [again.status, again.output],
          ['SUCCEEDED', 3],
        ],
        'map runs, newest first': [
          runs.map((run) => [
            run.status,
            run.redriveCount,
            run.itemCounts.succeeded,
            run.itemCounts.failed,
          ]),
          [
            ['SUCCEEDED', 0, 4, 0],
            ['SUCCEEDED', 0, 3, 1],
            ['SUCCEEDED', 0, 3, 1],
          ],
        ],
        'different ids': [new Set(runs.map((run) => run.mapRunArn)).size, 3],
      });
    },
  },
  {
    id: 'uncaught failed Distributed Map: failed and aborted children are redriven, pending ones started, the rest kept',
    def: machine('Fan', {
      Fan: distributed(
        lambda('until', { n: '{% $states.input.n %}', good: '{% $states.input.n = 2 ? 2 : 1 %}' }),
        {
          MaxConcurrency: 1,
          ResultWriter: writer(),
          End: true,
        },
      ),
    }),
    async play(on) {
      const first = await on.run({});
      const [{ mapRunArn }] = on.api.ListMapRuns(first).mapRuns;
      const before = on.api.DescribeMapRun({ mapRunArn });
      const folder = `out/${mapRunArn.split(':').at(-1)}`;
      const manifest = await on.json(`${folder}/manifest.json`);
      const failed = on.api.ListExecutions({ mapRunArn, statusFilter: 'FAILED' }).executions[0];
      const child = on.api.DescribeExecution(failed);
      const refused = await errorOf(() => on.api.RedriveExecution(failed));
      const again = await on.redrive(first.executionArn);
      const after = on.api.DescribeMapRun({ mapRunArn });
      const redriven = on.api.DescribeExecution(failed);
      const files = (await on.json(again.output.ResultWriterDetails.Key)).ResultFiles;
      return expect({
        first: [
          [first.status, first.error],
          ['FAILED', 'States.ExceedToleratedFailureThreshold'],
        ],
        before: [
          [
            before.status,
            before.itemCounts.succeeded,
            before.itemCounts.failed,
            before.itemCounts.pending,
          ],
          ['FAILED', 1, 1, 2],
        ],
        'files before': [
          Object.values(manifest.ResultFiles).map((list) =>
            list.map(({ Key }) => Key.replace(folder, '')),
          ),
          [['/FAILED_0.json'], ['/PENDING_0.json'], ['/SUCCEEDED_0.json']],
        ],
        child: [
          [child.status, child.redriveStatus, child.mapRunArn, refused],
          ['FAILED', 'REDRIVABLE_BY_MAP_RUN', mapRunArn, 'ExecutionNotRedrivable'],
        ],
        again: [
          [again.status, again.redriveCount],
          ['SUCCEEDED', 1],
        ],
        after: [
          [
            after.status,
            after.itemCounts.succeeded,
            after.redriveCount,
            on.api.ListMapRuns(first).mapRuns.length,
          ],
          ['SUCCEEDED', 4, 1, 1],
        ],
        'files after': [
          files.SUCCEEDED.map(({ Key }) => Key.replace(folder, '')),
          ['/Redrive-1/SUCCEEDED_0.json'],
        ],
        'calls by item': [[1, 2, 3, 4].map((n) => callsOf(`until-${n}`)), [1, 2, 1, 1]],
        'child keeps its ARN': [
          [redriven.status, redriven.redriveCount],
          ['SUCCEEDED', 1],
        ],
        'child events': [times(on.events(failed.executionArn), 'ExecutionRedriven'), 1],
        'parent events': [times(on.events(first.executionArn), 'MapRunRedriven'), 1],
      });
    },
  },
  {
    id: 'a Map failure that was caught counts as exited: redrive resumes later',
    def: machine('Fan', {
      Fan: distributed(lambda('failn1', '{% $states.input %}'), {
        Catch: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'Settle' }],
        End: true,
      }),
      Settle: { ...settle, End: true },
    }),
    async play(on) {
      const first = await on.run({});
      const again = await on.redrive(first.executionArn);
      return expect({
        status: [
          [first.status, first.error, again.status],
          ['FAILED', 'TenantMigrationsFailed', 'SUCCEEDED'],
        ],
        runs: [on.api.ListMapRuns(first).mapRuns.length, 1],
      });
    },
  },
  {
    id: 'Retry on a Map starts a new Map Run over all items',
    def: machine('Fan', {
      Fan: distributed(lambda('until', { n: '{% $states.input.n %}', good: 2 }), {
        MaxConcurrency: 4,
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2 }],
        End: true,
      }),
    }),
    async play(on) {
      const result = await on.run({});
      const statuses = on.api
        .ListMapRuns(result)
        .mapRuns.map(({ mapRunArn }) => on.api.DescribeMapRun({ mapRunArn }).status);
      return expect({
        result: [
          [result.status, statuses],
          ['SUCCEEDED', ['SUCCEEDED', 'FAILED']],
        ],
      });
    },
  },
  {
    id: 'redrive of Parallel: only the branch that failed',
    def: machine('P', {
      P: {
        Type: 'Parallel',
        Branches: [
          machine('A', { A: lambda('until', { n: 1, good: 1 }, { End: true }) }),
          machine('B', {
            B: lambda('until', { n: 2, good: 2 }, { Next: 'C' }),
            C: { Type: 'Pass', End: true },
          }),
        ].map(({ QueryLanguage, ...branch }) => branch),
        End: true,
      },
    }),
    async play(on) {
      const first = await on.run({});
      const again = await on.redrive(first.executionArn);
      return expect({
        again: [
          [first.status, again.status, again.output],
          [
            'FAILED',
            'SUCCEEDED',
            [
              { n: 1, calls: 1 },
              { n: 2, calls: 2 },
            ],
          ],
        ],
      });
    },
  },
  {
    id: 'redrive of an inline Map: only the iterations that failed or were not run',
    def: machine('M', {
      M: inline(
        lambda('until', { n: '{% $states.input %}', good: '{% $states.input = 2 ? 2 : 1 %}' }),
        {
          Items: [1, 2, 3],
          MaxConcurrency: 1,
          End: true,
        },
      ),
    }),
    async play(on) {
      const first = await on.run({});
      const again = await on.redrive(first.executionArn);
      return expect({
        again: [
          [first.status, again.status, again.output.map(({ calls }) => calls)],
          ['FAILED', 'SUCCEEDED', [1, 2, 1]],
        ],
      });
    },
  },
  {
    id: 'StopExecution during a Map Run: children and Map Run aborted, redrive goes on',
    def: machine('Fan', {
      Fan: distributed(lambda('slow', { ms: 150 }), { MaxConcurrency: 2, End: true }),
    }),
    async play(on) {
      const executionArn = await on.start({});
      await sleep(60);
      await on.api.StopExecution({ executionArn, error: 'Stop', cause: 'by hand' });
      const stopped = on.api.DescribeExecution({ executionArn });
      const [{ mapRunArn }] = on.api.ListMapRuns({ executionArn }).mapRuns;
      const run = on.api.DescribeMapRun({ mapRunArn });
      const again = await on.redrive(executionArn);
      return expect({
        stopped: [
          [stopped.status, stopped.error, stopped.cause],
          ['ABORTED', 'Stop', 'by hand'],
        ],
        run: [
          [run.status, run.executionCounts.aborted, run.executionCounts.pending],
          ['ABORTED', 2, 2],
        ],
        again: [
          [again.status, again.output],
          ['SUCCEEDED', ['done', 'done', 'done', 'done']],
        ],
      });
    },
  },
  {
    id: 'TimeoutSeconds of the state machine: TIMED_OUT, redrivable, and the timeout starts again',
    def: machine(
      'S',
      {
        S: lambda('until', { n: 5, good: 1 }, { Next: 'W' }),
        W: { Type: 'Wait', Seconds: 24, Next: 'X' },
        X: { Type: 'Pass', End: true },
      },
      { TimeoutSeconds: 1 },
    ),
    async play(on) {
      const first = await on.run({});
      return expect({
        first: [
          [first.status, first.error, first.redriveStatus],
          ['TIMED_OUT', 'States.Timeout', 'REDRIVABLE'],
        ],
      });
    },
  },
  {
    id: 'dynamic MaxConcurrency and tolerance, JSONL items, UpdateMapRun while it runs',
    def: machine('Fan', {
      Fan: distributed(lambda('conc', '{% $states.input %}'), {
        ItemReader: reader('many.jsonl', 'JSONL'),
        MaxConcurrency: '{% $states.input.width %}',
        ToleratedFailureCount: '{% $states.input.tolerated %}',
        End: true,
      }),
    }),
    async play(on) {
      await on.s3.putText(
        'probe-bucket',
        'many.jsonl',
        Array.from({ length: 12 }, (_, n) => JSON.stringify({ n })).join('\n'),
      );
      const executionArn = await on.start({ width: 2, tolerated: 5 });
      await sleep(40);
      const { mapRunArn } = on.api.ListMapRuns({ executionArn }).mapRuns[0];
      const before = [concurrency.max, on.api.DescribeMapRun({ mapRunArn }).toleratedFailureCount];
      on.api.UpdateMapRun({ mapRunArn, maxConcurrency: 6 });
      const { status } = await on.settle(executionArn);
      return expect({
        before: [before, [2, 5]],
        after: [
          [status, concurrency.max],
          ['SUCCEEDED', 6],
        ],
      });
    },
  },
  {
    id: 'ResultWriter COMPACT as JSONL: outputs only, failures with their metadata',
    def: machine('Fan', {
      Fan: distributed(lambda('failn1', '{% $states.input %}'), {
        ToleratedFailureCount: 1,
        ResultWriter: writer({ OutputType: 'JSONL', Transformation: 'COMPACT' }),
        End: true,
      }),
    }),
    async play(on) {
      const result = await on.run({});
      const { ResultFiles, MapRunArn, DestinationBucket } = await on.json(
        result.output.ResultWriterDetails.Key,
      );
      const lines = async ([{ Key }]) =>
        (await on.s3.getText('probe-bucket', Key)).split('\n').map((line) => JSON.parse(line));
      const [failed] = await lines(ResultFiles.FAILED);
      return expect({
        manifest: [
          [
            MapRunArn,
            DestinationBucket,
            ResultFiles.FAILED[0].Key.endsWith('/FAILED_0.jsonl'),
            ResultFiles.PENDING,
          ],
          [result.output.MapRunArn, 'probe-bucket', true, []],
        ],
        succeeded: [await lines(ResultFiles.SUCCEEDED), [{ n: 2 }, { n: 3 }, { n: 4 }]],
        failed: [
          [
            failed.Status,
            failed.Error,
            JSON.parse(failed.Cause).errorMessage,
            failed.Input,
            failed.RedriveStatus,
          ],
          ['FAILED', 'OneError', 'one', '{"n":1}', 'REDRIVABLE_BY_MAP_RUN'],
        ],
        'results written': [
          on.api.DescribeMapRun({ mapRunArn: MapRunArn }).itemCounts.resultsWritten,
          4,
        ],
      });
    },
  },
  {
    id: 'ResultWriter FLATTEN without export',
    def: machine('Fan', {
      Fan: distributed(
        { Type: 'Pass', Output: '{% [$states.input.n, -$states.input.n] %}' },
        { ResultWriter: { WriterConfig: { Transformation: 'FLATTEN' } }, End: true },
      ),
    }),
    check: (result) =>
      expect({
        output: [
          [result.status, result.output],
          ['SUCCEEDED', [1, -1, 2, -2, 3, -3, 4, -4]],
        ],
      }),
    input: {},
  },
  {
    id: 'children: a context, a history and a state machine of their own',
    def: machine('Fan', {
      Fan: distributed(
        { Type: 'Pass', Output: '{% $states.context %}' },
        { ItemBatcher: { MaxItemsPerBatch: 3 }, End: true },
      ),
    }),
    async play(on) {
      const result = await on.run({});
      const [{ mapRunArn }] = on.api.ListMapRuns(result).mapRuns;
      const children = on.api.ListExecutions({ mapRunArn }).executions;
      const [child] = children;
      const context = result.output.find(({ Execution }) => Execution.Id === child.executionArn);
      const machineOfChild = on.api.DescribeStateMachineForExecution(child);
      return expect({
        arn: [
          child.executionArn.startsWith(
            'arn:aws:states:eu-west-1:123456789012:execution:probe/fan:',
          ),
          true,
        ],
        'item counts': [children.map(({ itemCount }) => itemCount).sort(), [1, 3]],
        context: [
          [context.StateMachine.Name, context.Execution.RedriveCount],
          ['probe/fan', 0],
        ],
        machine: [
          [machineOfChild.label, machineOfChild.mapRunArn],
          ['fan', mapRunArn],
        ],
        events: [
          on.events(child.executionArn),
          ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
        ],
        paging: [on.api.ListExecutions({ mapRunArn, maxResults: 1 }).nextToken !== undefined, true],
      });
    },
  },
  {
    id: 'history of a Task and of a Map Run',
    def: machine('T', {
      T: lambda('echo', '{% $states.input %}', { Next: 'Fan' }),
      Fan: distributed({ Type: 'Pass' }, { End: true }),
    }),
    async play(on) {
      const { executionArn } = await on.run({ x: 1 });
      const { events } = on.api.GetExecutionHistory({ executionArn });
      return expect({
        types: [
          events.map(({ type }) => type),
          [
            'ExecutionStarted',
            'TaskStateEntered',
            'TaskScheduled',
            'TaskStarted',
            'TaskSucceeded',
            'TaskStateExited',
            'MapStateEntered',
            'MapRunStarted',
            'MapRunSucceeded',
            'MapStateSucceeded',
            'MapStateExited',
            'ExecutionSucceeded',
          ],
        ],
        details: [
          [
            events[1].stateEnteredEventDetails.input,
            events[2].taskScheduledEventDetails.resource,
            events[5].stateExitedEventDetails.name,
          ],
          ['{"x":1}', 'invoke', 'T'],
        ],
      });
    },
  },
  {
    id: 'JSONata that gives nothing: States.QueryEvaluationError with the place',
    def: machine('A', { A: { Type: 'Pass', Output: '{% $states.input.missing %}', End: true } }),
    async play(on) {
      const result = await on.run({});
      return expect({
        result: [
          [
            result.status,
            result.error,
            /state 'A' \(entered at the event id #2\).*missing/.test(result.cause),
          ],
          ['FAILED', 'States.QueryEvaluationError', true],
        ],
        event: [times(on.events(result.executionArn), 'EvaluationFailed'), 1],
      });
    },
  },
  {
    id: 'execution names: idempotent while running with the same input, then taken',
    def: machine('W', { W: { Type: 'Wait', Seconds: 2, End: true } }),
    async play({ api, stateMachineArn, settle: done }) {
      const begin = (input, name = 'n1') => api.StartExecution({ stateMachineArn, name, input });
      const { executionArn } = await begin('{"a":1}');
      const same = (await begin('{"a":1}')).executionArn === executionArn;
      const other = await errorOf(() => begin('{"a":2}'));
      await done(executionArn);
      return expect({
        seen: [
          [
            same,
            other,
            await errorOf(() => begin('{"a":1}')),
            await errorOf(() => begin('{}', 'a b')),
            await errorOf(() => begin('{')),
            await errorOf(() => begin(`"${'x'.repeat(262_144)}"`, 'big')),
          ],
          [
            true,
            'ExecutionAlreadyExists',
            'ExecutionAlreadyExists',
            'InvalidName',
            'InvalidExecutionInput',
            'InvalidExecutionInput',
          ],
        ],
      });
    },
  },
  {
    id: 'tolerated means not more than: 25 % of 4 items is 1 failure, and 0 % is none',
    def: machine('Fan', {
      Fan: distributed(lambda('failn1', '{% $states.input %}'), {
        ToleratedFailurePercentage: '{% $states.input.percentage %}',
        End: true,
      }),
    }),
    async play(on) {
      const seen = [];
      for (const percentage of [25, 24.9, 0]) seen.push((await on.run({ percentage })).status);
      return expect({ seen: [seen, ['SUCCEEDED', 'FAILED', 'FAILED']] });
    },
  },
  {
    id: 'States.ALL catches neither States.DataLimitExceeded nor States.Runtime',
    def: machine('L', {
      L: lambda('echo', "{% $pad('', 262145, 'x') %}", {
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
        End: true,
      }),
      C: { Type: 'Pass', End: true },
    }),
    async play(on) {
      const result = await on.run({});
      return expect({
        result: [
          [result.status, result.error],
          ['FAILED', 'States.DataLimitExceeded'],
        ],
      });
    },
  },
  refusal(
    'an unknown field',
    machine('A', { A: { Type: 'Pass', Color: 'red', End: true } }),
    '/States/A/Color',
  ),
  refusal(
    'a JSONPath field in a JSONata state',
    machine('A', { A: { Type: 'Pass', ResultPath: '$.x', End: true } }),
    '/States/A/ResultPath',
  ),
  refusal(
    'PARQUET items',
    machine('F', {
      F: distributed({ Type: 'Pass' }, { ItemReader: reader('x', 'PARQUET'), End: true }),
    }),
    '/ReaderConfig/InputType',
  ),
  refusal(
    'JSONata that does not parse',
    machine('A', { A: { Type: 'Pass', Output: '{% $states.( %}', End: true } }),
    '/States/A/Output',
  ),
  refusal(
    'a target that is not there',
    machine('A', { A: { Type: 'Pass', Next: 'B' } }),
    '/States/A/Next',
  ),
  refusal(
    'States.ALL in company',
    machine('A', {
      A: lambda('echo', {}, { Retry: [{ ErrorEquals: ['States.ALL', 'X'] }], End: true }),
    }),
    '/Retry[0]/ErrorEquals',
  ),
];
