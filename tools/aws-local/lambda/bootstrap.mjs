// The program inside an execution environment: finds the handler, then requests one invocation after the other, as the managed
// Node.js runtime does for async handlers.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const runtime = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

const describe = (error) => ({
  errorType: error?.name ?? typeof error,
  errorMessage: error?.message ?? String(error),
  trace: String(error?.stack ?? '').split('\n'),
});

const post = (resource, body) =>
  fetch(runtime + resource, { method: 'POST', body: JSON.stringify(body) });

async function findHandler() {
  const dot = _HANDLER.lastIndexOf('.');
  const [module, name] = [_HANDLER.slice(0, dot), _HANDLER.slice(dot + 1)];
  const file = ['.mjs', '.js', '.cjs']
    .map((end) => path.join(LAMBDA_TASK_ROOT, module + end))
    .find((candidate) => fs.existsSync(candidate));
  if (!file)
    throw Object.assign(new Error(`Cannot find module '${module}'`), {
      name: 'Runtime.ImportModuleError',
    });
  const exports = await import(pathToFileURL(file).href);
  const handler = exports[name] ?? exports.default?.[name];
  if (typeof handler !== 'function')
    throw Object.assign(new Error(`${_HANDLER} is undefined or not exported`), {
      name: 'Runtime.HandlerNotFound',
    });
  return handler;
}

// Not fetch: it gives up after five minutes without an answer, and an environment may wait longer for work.
const nextInvocation = () =>
  new Promise((resolve, reject) => {
    http
      .get(`${runtime}/invocation/next`, { agent: false }, async (response) => {
        let event = '';
        for await (const chunk of response.setEncoding('utf8')) event += chunk;
        resolve({ headers: response.headers, event });
      })
      .on('error', reject);
  });

let handler;
try {
  handler = await findHandler();
} catch (error) {
  console.error('ERROR Init Error', JSON.stringify(describe(error)));
  await post('/init/error', describe(error));
  process.exit(1);
}

for (;;) {
  const { headers, event } = await nextInvocation().catch(() => process.exit(0)); // the host has gone
  const id = headers['lambda-runtime-aws-request-id'];
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = {
    awsRequestId: id,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    await post(`/invocation/${id}/response`, (await handler(JSON.parse(event), context)) ?? null);
  } catch (error) {
    console.error('ERROR Invoke Error', JSON.stringify(describe(error)));
    await post(`/invocation/${id}/error`, describe(error));
  }
}
