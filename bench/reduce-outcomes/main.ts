// npm run bench:reduce -- [tenants]
//
// Measures the reducer as it is deployed, over the result files of a very large Map Run, which a
// process beside it serves over HTTP as S3 would. docs/explanation/performance.md has the figures.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { bundleLambdas } from '../../lib/bundle-lambdas.ts';
import { ENVIRONMENT } from '../../src/core/wire/environment.ts';
import type { ReducerResult } from './reducer-process.ts';

/** MB that the function may have. */
const MEMORY = 512;

function start(file: string, argument: string, env = {}, execArgv: string[] = []): ChildProcess {
  return fork(new URL(file, import.meta.url), [argument], {
    execArgv,
    env: { ...process.env, ...env },
  });
}

const tenants = Number(process.argv[2] ?? 1_000_000);
if (!Number.isSafeInteger(tenants) || tenants < 1) {
  throw new Error(`The number of tenants is a whole number above 0, not "${process.argv[2]}".`);
}
const { assets } = bundleLambdas({ migrationsFolder: 'demo/migrations' });
const bucket = start('synthetic-bucket.ts', String(tenants));
try {
  const [endpoint] = await once(bucket, 'message');
  const environment = {
    [ENVIRONMENT.runBucket]: 'bench',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  // The rest of the memory is for the process around the heap.
  const heap = `--max-old-space-size=${MEMORY - 128}`;
  const reducer = start('reducer-process.ts', assets['reduce-outcomes'], environment, [heap]);
  const [answer] = await Promise.race([once(reducer, 'message'), once(reducer, 'exit')]);
  if (typeof answer !== 'object') throw new Error(`The reducer ended with ${answer}.`);
  const { total, failed, causes, seconds, peakMb, peakAtStartMb } = answer as ReducerResult;
  console.log(
    `${total} outcomes (${failed} failed, ${causes} causes) in ${seconds.toFixed(1)} s, ` +
      `${Math.round(total / seconds)} a second; peak memory ${peakMb.toFixed(0)} MB of ${MEMORY} MB, ` +
      `of which ${peakAtStartMb.toFixed(0)} MB before the run`,
  );
} finally {
  bucket.kill();
}
