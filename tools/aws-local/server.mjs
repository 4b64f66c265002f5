// The front: answers Step Functions calls on executions itself and forwards everything else to moto. It starts moto and the Lambda
// host, and ends both when it is ended. Arguments: --port N --dir DIR --region R --python PYTHON
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load } from './dependencies.mjs';
import { answerFault, Faults, invokedFunction } from './lambda/faults.mjs';
import { LambdaHost } from './lambda/host.mjs';
import { fireSchedule } from './scheduler.mjs';
import { stepFunctionsApi } from './step-functions/api.mjs';
import { checkDefinition, describeDiagnostics } from './step-functions/definition.mjs';
import { Engine } from './step-functions/engine.mjs';
import { StatesError } from './step-functions/errors.mjs';
import { changeSettings } from './step-functions/settings.mjs';
import { statusEvents } from './step-functions/status-events.mjs';

const ACCOUNT = '123456789012'; // moto's
const option = (name, fallback) => Number(process.env[`AWS_LOCAL_${name}`] ?? fallback);

const { values: args } = parseArgs({
  options: {
    port: { type: 'string' },
    dir: { type: 'string' },
    region: { type: 'string' },
    python: { type: 'string' },
  },
});
const { dir, region, python } = args;
const port = Number(args.port);
const inDir = (name) => path.join(dir, name);
const logFile = (name) => fs.createWriteStream(inDir(`log/${name}.log`), { flags: 'a' });

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}

function awsClients(motoPort) {
  const config = {
    endpoint: `http://127.0.0.1:${motoPort}`,
    region,
    credentials: { accessKeyId: 'aws-local', secretAccessKey: 'aws-local' },
    maxAttempts: 1,
  };
  const S3 = load('@aws-sdk/client-s3');
  const Lambda = load('@aws-sdk/client-lambda');
  const Sfn = load('@aws-sdk/client-sfn');
  const senders = {};
  /** One of the other AWS APIs, loaded when it is first called. Its answer as JSON, with dates as texts. */
  async function send(service, operation, request) {
    const api = load(`@aws-sdk/client-${service}`);
    const [Client] = Object.values(api).filter(({ name }) => /^[A-Z]\w*Client$/.test(name ?? ''));
    senders[service] ??= new Client(config);
    const { $metadata, ...answer } = await senders[service].send(
      new api[`${operation}Command`](request),
    );
    return JSON.parse(JSON.stringify(answer));
  }
  const s3 = new S3.S3Client({ ...config, forcePathStyle: true });
  const lambda = new Lambda.LambdaClient(config);
  const sfn = new Sfn.SFNClient(config);
  return {
    ports: {
      send,
      statusChanged: statusEvents(send),
      async invoke(FunctionName, payload) {
        const fault = faults.take(FunctionName);
        if (fault) return fault;
        try {
          const { Payload, FunctionError } = await lambda.send(
            new Lambda.InvokeCommand({ FunctionName, Payload: payload }),
          );
          return { payload: Buffer.from(Payload).toString(), functionError: FunctionError };
        } catch (error) {
          return { serviceError: error.name, message: error.message };
        }
      },
      s3: {
        getText: async (Bucket, Key, VersionId) =>
          (
            await s3.send(new S3.GetObjectCommand({ Bucket, Key, VersionId }))
          ).Body.transformToString(),
        putText: (Bucket, Key, Body) => s3.send(new S3.PutObjectCommand({ Bucket, Key, Body })),
        async list(Bucket, Prefix) {
          const objects = [];
          for await (const { Contents = [] } of S3.paginateListObjectsV2(
            { client: s3 },
            { Bucket, Prefix },
          ))
            for (const { ETag, Key, LastModified, Size, StorageClass } of Contents)
              objects.push({
                Etag: ETag,
                Key,
                LastModified: Math.floor(LastModified / 1000),
                Size,
                StorageClass,
              });
          return objects;
        },
      },
    },
    machines: {
      async describe(stateMachineArn) {
        try {
          return await sfn.send(new Sfn.DescribeStateMachineCommand({ stateMachineArn }));
        } catch (error) {
          throw new StatesError(error.name, error.message);
        }
      },
    },
  };
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Answers with the result of `work`, in the JSON 1.0 protocol of Step Functions. */
async function answer(request, response, work) {
  const send = (status, body, headers) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers });
    response.end(JSON.stringify(body));
  };
  try {
    send(200, await work(JSON.parse((await readBody(request)) || '{}')));
  } catch (error) {
    const known = error instanceof StatesError;
    if (!known) console.error(error);
    const type = known ? error.error : 'InternalFailure';
    send(
      known ? 400 : 500,
      { __type: type, message: known ? error.cause : String(error.stack) },
      { 'x-amzn-errortype': type },
    );
  }
}

function forward(motoPort, request, response) {
  const { url, method, headers } = request;
  const onward = http.request(
    { host: '127.0.0.1', port: motoPort, path: url, method, headers },
    (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    },
  );
  onward.on('error', (error) => {
    if (!response.headersSent) response.writeHead(502);
    response.end(String(error));
  });
  request.pipe(onward);
}

function front(motoPort, engine, api) {
  const own = {
    '/_aws-local/check-definition': ({ definition }) => ({
      problem: describeDiagnostics(checkDefinition(definition)),
    }),
    '/_aws-local/fail-invocations': (request) => faults.add(request),
    '/_aws-local/settings': (changes) => changeSettings(engine, changes),
    '/_aws-local/fire': (request) => fireSchedule({ motoPort, region, api }, request),
  };
  const server = http.createServer((request, response) => {
    const operation = request.headers['x-amz-target']?.match(/^AWSStepFunctions\.(\w+)$/)?.[1];
    const work =
      own[request.url] ?? (Object.hasOwn(api, operation ?? '') ? api[operation] : undefined);
    const name = invokedFunction(request);
    const fault = name && faults.take(name);
    if (work) answer(request, response, work);
    else if (fault) request.resume().on('end', () => answerFault(response, fault));
    else forward(motoPort, request, response);
  });
  server.requestTimeout = server.timeout = 0; // an upload or a long invocation takes the time that it takes
  return server;
}

function startMoto(motoPort, lambdaPort) {
  const log = fs.openSync(inDir('log/moto.log'), 'a');
  return spawn(
    python,
    [
      '-W',
      'ignore',
      path.join(import.meta.dirname, 'moto-launcher', 'launch.py'),
      String(motoPort),
    ],
    {
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        AWS_LOCAL_PUBLIC_PORT: String(port),
        AWS_LOCAL_LAMBDA_PORT: String(lambdaPort),
        AWS_LOCAL_CODE: inDir('code'),
      },
    },
  );
}

async function reachable(motoPort) {
  try {
    return (await fetch(`http://127.0.0.1:${motoPort}/moto-api/config`)).ok;
  } catch {
    return false;
  }
}

for (const folder of ['log', 'code']) fs.mkdirSync(inDir(folder), { recursive: true });
const faults = new Faults();
const lambdaLog = logFile('lambda');
const host = new LambdaHost({
  concurrency: option('LAMBDA_CONCURRENCY', 16),
  log: (name, text) => lambdaLog.write(`[${name}] ${text}`),
});
const lambdaServer = await host.listen();
const motoPort = await freePort();
const { ports, machines } = awsClients(motoPort);
const engine = new Engine(ports, {
  region,
  timeScale: option('TIME_SCALE', 1),
  callbackTimeScale: option('CALLBACK_TIME_SCALE', 1),
  expressSeconds: option('EXPRESS_SECONDS', 300),
  expressRuns: option('EXPRESS_RUNS', 1),
  maxChildren: option('MAX_CHILDREN', 100),
  resultFileBytes: option('RESULT_FILE_BYTES', 5 * 1024 ** 3),
  redriveResults: process.env.AWS_LOCAL_REDRIVE_RESULTS,
});
const server = front(motoPort, engine, stepFunctionsApi(engine, machines));
server.once('error', (error) => {
  console.error(
    error.code === 'EADDRINUSE' ? `port ${port} is in use: choose another with --port` : error,
  );
  process.exit(1);
});
server.listen(port, '127.0.0.1');
await once(server, 'listening');
const moto = startMoto(motoPort, lambdaServer.address().port);

let ending = false;
function end(status) {
  if (ending) return;
  ending = true;
  for (const file of ['aws-local.pid', 'env.sh']) fs.rmSync(inDir(file), { force: true });
  host.stop();
  moto.kill();
  process.exit(status);
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end(0));
// A program that started it, and was killed, leaves nothing: its end of the pipe is closed then.
if (process.env.AWS_LOCAL_ENDS_WITH_STDIN) process.stdin.resume().on('end', () => end(0));
moto.on('error', (error) => {
  console.error(`cannot start ${python}: ${error.message}`);
  end(1);
});
moto.on('exit', (code) => {
  console.error(`moto ended with status ${code}; see ${inDir('log/moto.log')}`);
  end(1);
});
// `stop` ends a process only if its command line still has this text
fs.writeFileSync(
  inDir('aws-local.pid'),
  `${process.pid} --port ${port} --dir ${dir}\n${moto.pid} launch.py ${motoPort}\n`,
);
while (!(await reachable(motoPort))) await sleep(200);

const environment = {
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, // an address, not a name: the SDKs then put the bucket into the path
  AWS_ACCESS_KEY_ID: 'aws-local',
  AWS_SECRET_ACCESS_KEY: 'aws-local',
  AWS_SESSION_TOKEN: 'aws-local',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCOUNT_ID: ACCOUNT,
  CDK_DEFAULT_ACCOUNT: ACCOUNT,
  CDK_DEFAULT_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
};
const lines = Object.entries(environment).map(([key, value]) => `export ${key}=${value}`);
fs.writeFileSync(inDir('env.sh'), `${lines.join('\n')}\n`);
console.log(`aws-local answers at ${environment.AWS_ENDPOINT_URL}`);
