// Runs deployed Node.js functions as child processes that speak the Lambda Runtime API ("Using the Lambda runtime API for custom runtimes").
// One child is one execution environment: it serves one invocation at a time and is reused while it is warm.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const BOOTSTRAP = path.join(import.meta.dirname, 'bootstrap.mjs');
const INIT_SECONDS = 10; // "the init phase is limited to 10 seconds", added to the first invocation's time
const IDLE_SECONDS = 120;

const failure = (errorType, errorMessage) => ({
  functionError: 'Unhandled',
  payload: JSON.stringify({ errorType, errorMessage }),
});

const readBody = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

async function listen(handler) {
  const server = http.createServer(handler);
  server.requestTimeout = server.timeout = server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

class Environment {
  logs = '';

  /** The address of the runtime API has no room for an id, so each environment has its own server. */
  async start(fn, node, log) {
    this.server = await listen((request, response) => this.#runtimeApi(request, response));
    const id = randomUUID().replaceAll('-', '');
    const variables = {
      PATH: process.env.PATH,
      HOME: os.tmpdir(),
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      LAMBDA_TASK_ROOT: fn.dir,
      _HANDLER: fn.handler,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${this.server.address().port}`,
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memory),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id}`,
      AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
      ...fn.env,
    };
    const heap = Math.max(64, Math.floor(fn.memory * 0.9)); // Lambda kills at the memory size; here the heap is bounded
    this.process = spawn(node, [`--max-old-space-size=${heap}`, BOOTSTRAP], {
      cwd: fn.dir,
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream.on('data', (data) => {
        this.logs += data;
        log(fn.name, String(data));
      });
    this.process.on('exit', (code, signal) => {
      this.dead = true;
      this.server.close();
      this.server.closeAllConnections();
      const how = signal
        ? `error: signal: ${signal}`
        : code
          ? `error: exit status ${code}`
          : 'without providing a reason';
      this.settle?.(
        failure(
          'Runtime.ExitError',
          `RequestId: ${this.invocation?.id} Error: Runtime exited with ${how}`,
        ),
      );
    });
    return this;
  }

  async #runtimeApi(request, response) {
    const resource = request.url.replace('/2018-06-01/runtime', '');
    if (resource === '/invocation/next') {
      const hand = () => {
        const { id, arn, event } = this.invocation;
        response.writeHead(200, {
          'Content-Type': 'application/json',
          'Lambda-Runtime-Aws-Request-Id': id,
          'Lambda-Runtime-Deadline-Ms': String(this.begin()),
          'Lambda-Runtime-Invoked-Function-Arn': arn,
        });
        response.end(event);
      };
      if (this.invocation && !this.invocation.taken) hand();
      else this.waiting = hand;
      return;
    }
    const payload = await readBody(request);
    response.writeHead(202);
    response.end('{"status":"OK"}');
    this.settle?.(
      resource.endsWith('/response') ? { payload } : { functionError: 'Unhandled', payload },
    );
  }

  /** Resolves with { payload, functionError, logs }. */
  invoke(fn, event) {
    const id = randomUUID();
    const seconds = fn.timeout;
    this.logs = '';
    return new Promise((resolve) => {
      let timer;
      const settle = (result) => {
        clearTimeout(timer);
        this.settle = this.invocation = undefined;
        resolve({ ...result, logs: this.logs });
      };
      const limit = (after) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          this.dead = true; // Lambda, too, throws the environment away
          settle(
            failure(
              'Sandbox.Timedout',
              `RequestId: ${id} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
            ),
          );
          this.process.kill('SIGKILL');
        }, after * 1000);
      };
      this.settle = settle;
      this.invocation = { id, arn: fn.arn, event, taken: false };
      this.begin = () => {
        this.invocation.taken = true;
        limit(seconds);
        return Date.now() + seconds * 1000;
      };
      limit(seconds + INIT_SECONDS);
      const hand = this.waiting;
      this.waiting = undefined;
      hand?.();
    });
  }

  stop() {
    this.process.kill('SIGKILL');
  }
}

export class LambdaHost {
  #warm = new Map();
  #all = new Set();
  #busy = new Map();
  #running = 0;
  #queue = [];
  coldStarts = 0;

  /** `concurrency`: maximum of busy environments over all functions; further invocations wait. */
  constructor({ node = process.execPath, concurrency = 16, log = () => {} } = {}) {
    Object.assign(this, { node, concurrency, log });
  }

  async invoke(fn, event) {
    const busy = this.#busy.get(fn.arn) ?? 0;
    if (fn.reservedConcurrency !== undefined && busy >= fn.reservedConcurrency)
      return { serviceError: 'TooManyRequestsException', message: 'Rate Exceeded.' };
    this.#busy.set(fn.arn, busy + 1);
    if (this.#running >= this.concurrency)
      await new Promise((resolve) => this.#queue.push(resolve));
    else this.#running++;
    try {
      const environment = await this.#environment(fn);
      const result = await environment.invoke(fn, event);
      if (!environment.dead) this.#keep(environment);
      return result;
    } finally {
      this.#busy.set(fn.arn, this.#busy.get(fn.arn) - 1);
      const next = this.#queue.shift();
      if (next) next();
      else this.#running--;
    }
  }

  async #environment(fn) {
    const key = JSON.stringify([fn.name, fn.dir, fn.handler, fn.memory, fn.env]);
    const warm = this.#warm.get(key) ?? [];
    this.#warm.set(key, warm);
    for (;;) {
      const environment = warm.pop();
      if (!environment) break;
      clearTimeout(environment.reaper);
      if (!environment.dead) return environment;
    }
    this.coldStarts++;
    const environment = new Environment();
    environment.warm = warm;
    await environment.start(fn, this.node, this.log);
    this.#all.add(environment);
    environment.process.on('exit', () => this.#all.delete(environment));
    return environment;
  }

  #keep(environment) {
    environment.warm.push(environment);
    environment.reaper = setTimeout(() => {
      environment.dead = true;
      environment.stop();
    }, IDLE_SECONDS * 1000);
    environment.reaper.unref();
  }

  stop() {
    for (const environment of this.#all) environment.stop();
  }

  /** For the moto process: POST {fn, event} -> {payload, functionError, logs} or {serviceError, message}. */
  listen() {
    return listen(async (request, response) => {
      const { fn, event } = JSON.parse(await readBody(request));
      const result = await this.invoke(fn, event);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    });
  }
}
