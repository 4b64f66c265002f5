// Probes: { id, def, input, check(result, manifest) } runs one execution; { play(bench) } has a free course; { refused(diagnostics) }
// expects that the definition is refused. Each returns true, or a description of the fault.
import { concurrency } from './lambda-functions.mjs';

const A = (f) => `arn:aws:lambda:eu-west-1:123456789012:function:${f}`;
const inv = (f, payload, extra = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: A(f), ...(payload ?? { 'Payload.$': '$' }) },
  ...extra,
});
const one = (s, top = {}) => ({ StartAt: 'S', States: { S: { ...s, End: true } }, ...top });
const srt = (x) =>
  Array.isArray(x)
    ? x.map(srt)
    : x && typeof x === 'object'
      ? Object.fromEntries(
          Object.keys(x)
            .sort()
            .map((k) => [k, srt(x[k])]),
        )
      : x;
const eq = (a, b) =>
  JSON.stringify(srt(a)) === JSON.stringify(srt(b)) || `got ${JSON.stringify(a)?.slice(0, 160)}`;
const ok = (r, f) =>
  r.status === 'SUCCEEDED'
    ? f(r.output)
    : `${r.status} ${r.error}: ${String(r.cause).slice(0, 160)}`;
const dist = (proc, extra = {}) => ({
  Type: 'Map',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'P',
    States: { P: { ...proc, End: true } },
  },
  ...extra,
});
const inl = (proc, extra = {}) => ({
  Type: 'Map',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'P',
    States: { P: { ...proc, End: true } },
  },
  ...extra,
});
const B = 'probe-bucket';
export const objects = {
  'items.json': JSON.stringify([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]),
  'items.jsonl': '{"n":1}\n{"n":2}\n{"n":3}\n',
  'items.csv': 'n,m\n1,a\n2,b\n',
  'd/a.txt': 'a',
  'd/b.txt': 'b',
  'big.json': JSON.stringify(Array.from({ length: 1500 }, (_, n) => ({ n }))),
};
const rd = (key, cfg = { InputType: 'JSON' }, r = 'getObject') => ({
  Resource: `arn:aws:states:::s3:${r}`,
  ReaderConfig: cfg,
  Parameters: { Bucket: B, ...(r === 'getObject' ? { Key: key } : { Prefix: key }) },
});
const wr = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: B, Prefix: 'out' } };
export const languageProbes = [
  {
    id: 'intrinsics+context',
    input: { a: [1, 2, 3, 4] },
    def: one({
      Type: 'Pass',
      Parameters: {
        'f.$': "States.Format('x-{}', $.a[0])",
        'p.$': 'States.ArrayPartition($.a,2)',
        'h.$': "States.Hash('a','SHA-256')",
        'm.$': 'States.MathAdd(1,2)',
        'id.$': '$$.Execution.Id',
        'nm.$': '$$.StateMachine.Name',
        'st.$': '$$.State.Name',
      },
    }),
    check: (r) =>
      ok(
        r,
        (o) =>
          (o.f === 'x-1' &&
            o.p.length === 2 &&
            o.m === 3 &&
            o.h.length === 64 &&
            /^arn:.*:execution:/.test(o.id) &&
            o.st === 'S') ||
          JSON.stringify(o),
      ),
  },
  {
    id: 'lambda:invoke+selectors',
    input: { n: 4 },
    def: one(
      inv(
        'double',
        { Payload: { 'n.$': '$.n' } },
        { ResultSelector: { 'v.$': '$.Payload.n2', 'sc.$': '$.StatusCode' }, ResultPath: '$.r' },
      ),
    ),
    check: (r) => ok(r, (o) => eq(o, { n: 4, r: { v: 8, sc: 200 } })),
  },
  {
    id: 'lambda direct ARN',
    input: { n: 4 },
    def: one({ Type: 'Task', Resource: A('double') }),
    check: (r) => ok(r, (o) => eq(o, { n2: 8 })),
  },
  {
    id: 'retry typed+jitter+maxDelay',
    input: { key: 'k1' },
    def: one(
      inv(
        'flaky',
        { Payload: { 'key.$': '$.key', 'rc.$': '$$.State.RetryCount' } },
        {
          Retry: [
            {
              ErrorEquals: ['TransientError'],
              IntervalSeconds: 1,
              MaxAttempts: 3,
              BackoffRate: 1.5,
              MaxDelaySeconds: 1 + 1,
              JitterStrategy: 'FULL',
            },
          ],
          OutputPath: '$.Payload',
        },
      ),
    ),
    check: (r) => ok(r, (o) => eq(o, { tries: 3, retryCount: 2 })),
  },
  {
    id: 'retry Lambda.TooManyRequestsException',
    input: {},
    def: one(
      inv('throttled', undefined, {
        Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1 }],
        OutputPath: '$.Payload',
      }),
    ),
    check: (r) => ok(r, (o) => eq(o, 'ok')),
  },
  {
    id: 'catch: Cause is JSON',
    input: { x: 1 },
    def: {
      StartAt: 'S',
      States: {
        S: inv('boom', undefined, {
          Catch: [{ ErrorEquals: ['BoomError'], ResultPath: '$.err', Next: 'P' }],
          End: true,
        }),
        P: {
          Type: 'Pass',
          Parameters: { 'e.$': '$.err.Error', 'c.$': 'States.StringToJson($.err.Cause)' },
          End: true,
        },
      },
    },
    check: (r) =>
      ok(
        r,
        (o) =>
          (o.e === 'BoomError' && o.c.errorMessage === 'kaput' && o.c.errorType === 'BoomError') ||
          JSON.stringify(o),
      ),
  },
  {
    id: 'uncaught error name/cause',
    input: {},
    def: one(inv('boom')),
    check: (r) =>
      (r.status === 'FAILED' &&
        r.error === 'BoomError' &&
        /"errorMessage":\s*"kaput"/.test(r.cause)) ||
      JSON.stringify(r),
  },
  {
    id: 'Fail CausePath/ErrorPath',
    input: { e: 'E1', c: 'C1' },
    def: {
      StartAt: 'F',
      States: { F: { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('c={}', $.c)" } },
    },
    check: (r) =>
      (r.status === 'FAILED' && r.error === 'E1' && r.cause === 'c=C1') || JSON.stringify(r),
  },
  {
    id: 'Choice/And/IsPresent',
    input: { a: 5 },
    def: {
      StartAt: 'C',
      States: {
        C: {
          Type: 'Choice',
          Choices: [
            {
              And: [
                { Variable: '$.a', NumericGreaterThan: 3 },
                { Not: { Variable: '$.b', IsPresent: true } },
              ],
              Next: 'Y',
            },
          ],
          Default: 'N',
        },
        Y: { Type: 'Pass', Result: 'Y', End: true },
        N: { Type: 'Pass', Result: 'N', End: true },
      },
    },
    check: (r) => ok(r, (o) => eq(o, 'Y')),
  },
  {
    id: 'Task TimeoutSeconds',
    input: { ms: 3000 },
    def: one(inv('slow', undefined, { TimeoutSeconds: 1 })),
    check: (r) =>
      ((r.status === 'FAILED' || r.status === 'TIMED_OUT') && r.error === 'States.Timeout') ||
      JSON.stringify(r),
  },
  {
    id: 'Parallel',
    input: { n: 1 },
    def: one({
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'B1',
          States: { B1: { ...inv('double', undefined, { OutputPath: '$.Payload' }), End: true } },
        },
        { StartAt: 'B2', States: { B2: { Type: 'Pass', Result: 1, End: true } } },
      ],
    }),
    check: (r) => ok(r, (o) => eq(o, [{ n2: 2 }, 1])),
  },
  {
    id: 'Assign variables (JSONPath)',
    input: { n: 2 },
    def: {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { 'v.$': '$.n' }, Next: 'B' },
        B: { Type: 'Pass', Parameters: { 'q.$': '$v' }, End: true },
      },
    },
    check: (r) => ok(r, (o) => eq(o, { q: 2 })),
  },
  {
    id: 'JSONata task+Output+Assign',
    input: { n: 21 },
    def: {
      QueryLanguage: 'JSONata',
      StartAt: 'S',
      States: {
        S: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Arguments: { FunctionName: A('double'), Payload: { n: '{% $states.input.n %}' } },
          Output: '{% $states.result.Payload %}',
          Assign: { v: '{% $states.result.Payload.n2 %}' },
          Next: 'P',
        },
        P: { Type: 'Pass', Output: { a: '{% $v + 1 %}', b: '{% $uppercase("x") %}' }, End: true },
      },
    },
    check: (r) => ok(r, (o) => eq(o, { a: 43, b: 'X' })),
  },
  {
    id: 'JSONata Map DISTRIBUTED+reader',
    input: {},
    def: {
      QueryLanguage: 'JSONata',
      StartAt: 'S',
      States: {
        S: {
          Type: 'Map',
          ItemReader: {
            Resource: 'arn:aws:states:::s3:getObject',
            ReaderConfig: { InputType: 'JSON' },
            Arguments: { Bucket: B, Key: 'items.json' },
          },
          ItemSelector: { v: '{% $states.context.Map.Item.Value.n %}' },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'P',
            States: { P: { Type: 'Pass', Output: '{% $states.input.v * 10 %}', End: true } },
          },
          End: true,
        },
      },
    },
    check: (r) => ok(r, (o) => eq(o, [10, 20, 30, 40])),
  },
  {
    id: 'Map INLINE ItemSelector+context',
    input: { items: [{ n: 1 }, { n: 2 }], k: 9 },
    def: one(
      inl(
        { Type: 'Pass' },
        {
          ItemsPath: '$.items',
          ItemSelector: { 'k.$': '$.k', 'v.$': '$$.Map.Item.Value.n', 'i.$': '$$.Map.Item.Index' },
        },
      ),
    ),
    check: (r) =>
      ok(r, (o) =>
        eq(o, [
          { k: 9, v: 1, i: 0 },
          { k: 9, v: 2, i: 1 },
        ]),
      ),
  },
  {
    id: 'Map item inner $$.Map + $$.Execution.Input',
    input: { items: [5] },
    def: one(
      inl(
        {
          Type: 'Pass',
          Parameters: { 'v.$': '$$.Map.Item.Value', 'x.$': '$$.Execution.Input.items[0]' },
        },
        { ItemsPath: '$.items' },
      ),
    ),
    check: (r) => ok(r, (o) => eq(o, [{ v: 5, x: 5 }])),
  },
  {
    id: 'Map DISTRIBUTED (array)',
    input: [{ n: 1 }, { n: 2 }],
    def: one(dist(inv('double', undefined, { OutputPath: '$.Payload' }))),
    check: (r) => ok(r, (o) => eq(o, [{ n2: 2 }, { n2: 4 }])),
  },
  {
    id: 'DIST child $$.Execution.Id differs',
    input: [{ n: 1 }],
    def: one(dist({ Type: 'Pass', Parameters: { 'i.$': '$$.Execution.Id' } })),
    check: (r) => ok(r, (o) => /S?\w*\/|:execution:.*\/.*:/.test(o[0].i) || `child id ${o[0].i}`),
  },
  {
    id: 'DIST ItemReader JSON',
    input: {},
    def: one(
      dist(inv('double', undefined, { OutputPath: '$.Payload' }), {
        ItemReader: rd('items.json'),
        MaxConcurrency: 2,
      }),
    ),
    check: (r) => ok(r, (o) => eq(o, [{ n2: 2 }, { n2: 4 }, { n2: 6 }, { n2: 8 }])),
  },
  {
    id: 'DIST ItemReader dynamic Key.$',
    input: { k: 'items.json' },
    def: one(
      dist(
        { Type: 'Pass' },
        {
          ItemReader: {
            Resource: 'arn:aws:states:::s3:getObject',
            ReaderConfig: { InputType: 'JSON', MaxItems: 2 },
            Parameters: { Bucket: B, 'Key.$': '$.k' },
          },
        },
      ),
    ),
    check: (r) => ok(r, (o) => eq(o, [{ n: 1 }, { n: 2 }])),
  },
  {
    id: 'DIST ItemReader JSONL',
    input: {},
    def: one(dist({ Type: 'Pass' }, { ItemReader: rd('items.jsonl', { InputType: 'JSONL' }) })),
    check: (r) => ok(r, (o) => eq(o, [{ n: 1 }, { n: 2 }, { n: 3 }])),
  },
  {
    id: 'DIST ItemReader CSV',
    input: {},
    def: one(
      dist(
        { Type: 'Pass' },
        { ItemReader: rd('items.csv', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }) },
      ),
    ),
    check: (r) =>
      ok(r, (o) =>
        eq(o, [
          { n: '1', m: 'a' },
          { n: '2', m: 'b' },
        ]),
      ),
  },
  {
    id: 'DIST ItemReader listObjectsV2',
    input: {},
    def: one(
      dist(
        { Type: 'Pass', Parameters: { 'k.$': '$.Key' } },
        { ItemReader: rd('d/', {}, 'listObjectsV2') },
      ),
    ),
    check: (r) => ok(r, (o) => eq(o, [{ k: 'd/a.txt' }, { k: 'd/b.txt' }])),
  },
  {
    id: 'DIST ItemReader missing object',
    input: {},
    def: one(dist({ Type: 'Pass' }, { ItemReader: rd('nope.json') })),
    check: (r) =>
      (r.status === 'FAILED' && r.error === 'States.ItemReaderFailed') ||
      JSON.stringify(r).slice(0, 200),
  },
  {
    id: 'DIST ItemBatcher',
    input: {},
    def: one(
      dist(
        { Type: 'Pass' },
        {
          ItemReader: rd('items.json'),
          ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'z.$': '$$.Execution.Name' } },
        },
      ),
    ),
    check: (r) =>
      ok(
        r,
        (o) =>
          (o.length === 2 && o[0].Items?.length === 2 && !!o[0].BatchInput?.z) ||
          JSON.stringify(o).slice(0, 160),
      ),
  },
  {
    id: 'DIST ResultWriter output shape',
    input: {},
    def: one(
      dist(inv('double', undefined, { OutputPath: '$.Payload' }), {
        ItemReader: rd('items.json'),
        ResultWriter: wr,
      }),
    ),
    check: (r) =>
      ok(
        r,
        (o) =>
          (!!o.MapRunArn &&
            o.ResultWriterDetails?.Bucket === B &&
            /manifest\.json$/.test(o.ResultWriterDetails?.Key)) ||
          JSON.stringify(o).slice(0, 160),
      ),
  },
  {
    id: 'DIST ResultWriter real result files',
    input: {},
    def: one(
      dist(inv('failn1', undefined, { OutputPath: '$.Payload' }), {
        ToleratedFailurePercentage: 50,
        ItemReader: rd('items.json'),
        ResultWriter: wr,
      }),
    ),
    check: (r, m) =>
      ok(
        r,
        () =>
          (m?.ResultFiles?.SUCCEEDED?.length > 0 && m?.ResultFiles?.FAILED?.length > 0) ||
          `manifest ${JSON.stringify(m?.ResultFiles)}`,
      ),
  },
  {
    id: 'DIST default tolerance 0 -> fail',
    input: {},
    def: one(dist(inv('failn1'), { ItemReader: rd('items.json') })),
    check: (r) =>
      (r.status === 'FAILED' && r.error === 'States.ExceedToleratedFailureThreshold') ||
      JSON.stringify(r).slice(0, 200),
  },
  {
    id: 'DIST Tolerated% respected (below)',
    input: {},
    def: one(dist(inv('failn1'), { ItemReader: rd('items.json'), ToleratedFailurePercentage: 50 })),
    check: (r) => ok(r, (o) => o.length <= 4),
  },
  {
    id: 'DIST Tolerated% exceeded -> error + Catch',
    input: {},
    def: {
      StartAt: 'S',
      States: {
        S: dist(inv('oddfails'), {
          ItemReader: rd('items.json'),
          ToleratedFailurePercentage: 25,
          Catch: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'C' }],
          End: true,
        }),
        C: { Type: 'Pass', Result: 'caught', End: true },
      },
    },
    check: (r) => ok(r, (o) => eq(o, 'caught')),
  },
  {
    id: 'DIST ToleratedFailureCount exceeded',
    input: {},
    def: one(dist(inv('oddfails'), { ItemReader: rd('items.json'), ToleratedFailureCount: 1 })),
    check: (r) =>
      r.error === 'States.ExceedToleratedFailureThreshold' || JSON.stringify(r).slice(0, 200),
  },
  {
    id: 'DIST MaxConcurrency=3 honoured',
    input: Array.from({ length: 12 }, (_, n) => ({ n })),
    def: one(dist(inv('conc', undefined, { OutputPath: '$.Payload' }), { MaxConcurrency: 3 })),
    check: (r) => ok(r, () => concurrency.max === 3 || `max seen ${concurrency.max}`),
  },
  {
    id: 'DIST 1500 items, MaxConcurrency 1',
    input: {},
    def: one(dist({ Type: 'Pass' }, { ItemReader: rd('big.json'), MaxConcurrency: 1 })),
    check: (r) => ok(r, (o) => o.length === 1500 || `len ${o.length}`),
  },
  {
    id: 'aws-sdk:s3:getObject integration',
    input: {},
    def: one({
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:s3:getObject',
      Parameters: { Bucket: B, Key: 'd/a.txt' },
      OutputPath: '$.Body',
    }),
    check: (r) => ok(r, (o) => eq(o, 'a')),
  },
  {
    id: 'States.DataLimitExceeded >256KiB',
    input: {},
    def: one(
      dist(
        { Type: 'Pass', Parameters: { 'x.$': `States.Format('${'y'.repeat(400)}{}', '')` } },
        { ItemReader: rd('big.json') },
      ),
    ),
    check: (r) =>
      (r.status === 'FAILED' && r.error === 'States.DataLimitExceeded') ||
      `${r.status} ${r.error} (no limit enforced)`,
  },
];
