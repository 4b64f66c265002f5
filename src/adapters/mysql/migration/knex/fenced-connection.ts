import { EventEmitter } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection, QueryOptions } from 'mysql2';
import { FanfoldError } from '../../../../core/errors.ts';
import { isServerError } from '../../../server/server-error.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import type { FenceState } from './fence-state.ts';
import { plainError } from './plain-error.ts';
import { needsSecondConnection } from './second-connection.ts';

type Done = (error: Error | null, result?: unknown, fields?: unknown) => void;

/** mysql2's command for a query, which has its options but was not sent. */
interface QueryCommand extends EventEmitter {
  sql: string;
  values: unknown;
  readonly _queryOptions: QueryOptions;
  onResult: Done | undefined;
  stream(options?: object): Readable;
}

/** The undeclared parts of mysql2's connection that are used here. */
interface Internals {
  constructor: {
    createQuery(sql: unknown, values: unknown, done: unknown, config: object): unknown;
  };
  config: object;
  _resolveNamedPlaceholders(command: QueryCommand): void;
}

/** For each logical connection, the texts of the queries after the next one. */
const FOLLOWING = new WeakMap<object, readonly string[]>();

/** Announces the queries without values that the same builder sends after the next query of this connection. */
export function announce(connection: unknown, following: readonly string[]): void {
  if (typeof connection === 'object' && connection !== null && following.length > 0)
    FOLLOWING.set(connection, following);
}

/**
 * A logical connection for Knex's pool: mysql2's connection, with queries that go through the engine. All logical
 * connections are the same fenced one, so closing one of them does nothing.
 */
export function fencedConnection(state: FenceState): Connection {
  return Object.create(prototypeOn(state)) as Connection;
}

const PROTOTYPES = new WeakMap<FenceState, object>();

function prototypeOn(state: FenceState): object {
  const known = PROTOTYPES.get(state);
  if (known !== undefined) return known;
  const real = state.connection;
  const prototype = Object.create(real, descriptorsOf(methodsOn(state, real)));
  PROTOTYPES.set(state, prototype);
  return prototype;
}

function methodsOn(state: FenceState, real: Connection): Record<string, unknown> {
  const closed = (done?: unknown): void => {
    if (typeof done === 'function') process.nextTick(done);
  };
  const events = ['on', 'once', 'off', 'addListener', 'removeListener', 'emit'] as const;
  return {
    query(this: object, sql: unknown, values?: unknown, done?: unknown): QueryCommand {
      return query(state, this, sql, values, done);
    },
    execute: () => {
      throw unjournaled('execute');
    },
    prepare: () => {
      throw unjournaled('prepare');
    },
    changeUser: () => {
      throw unjournaled('changeUser');
    },
    reset: () => {
      throw unjournaled('reset');
    },
    end: closed,
    close: closed,
    destroy: closed,
    removeAllListeners(this: object): object {
      return this;
    },
    ...Object.fromEntries(
      events.map((name) => [name, (...args: [never, never]) => real[name](...args)]),
    ),
  };
}

function query(
  state: FenceState,
  connection: object,
  sql: unknown,
  values: unknown,
  done: unknown,
): QueryCommand {
  const real = state.connection as unknown as Internals;
  const isCommand = sql instanceof EventEmitter;
  const command = (
    isCommand ? sql : real.constructor.createQuery(sql, values, done, real.config)
  ) as QueryCommand;
  real._resolveNamedPlaceholders(command);
  const following = FOLLOWING.get(connection);
  FOLLOWING.delete(connection);
  let isStreamed = false;
  // An own property that is not enumerable, so that it is hardly visible.
  Object.defineProperty(command, 'stream', {
    configurable: true,
    value: (options?: object) => {
      isStreamed = true;
      return streamRows(state, connection, command, options);
    },
  });
  const { onResult } = command;
  const answered = (): Promise<Answer> => runQuery(state, connection, command, following);
  if (onResult !== undefined) {
    answered().then(
      // Outside of the promise, because an error of the callback is not the query's.
      ([result, fields]) =>
        process.nextTick(() =>
          fields === undefined ? onResult(null, result) : onResult(null, result, fields),
        ),
      (error: Error) => process.nextTick(() => onResult(error)),
    );
  } else {
    // A caller that wants a stream requests it synchronously.
    process.nextTick(() => {
      if (!isStreamed) answered().then(emitAnswer(command), emitError(command));
    });
  }
  return command;
}

/** Sends a query through the engine, and returns the same answer or error as plain mysql2. */
async function runQuery(
  state: FenceState,
  connection: object,
  { sql, values = [], _queryOptions: options }: QueryCommand,
  following: readonly string[] | undefined,
): Promise<Answer> {
  const bindings = (Array.isArray(values) ? values : [values]) as unknown[];
  try {
    await inOrder(state, connection);
    const answer = await state.statements.run({ sql, bindings, options, following });
    return state.status.answer(sql, answer);
  } catch (error) {
    state.status.failed(sql);
    throw plainError(state, error, sql, bindings);
  }
}

/** Waits for a transaction that is ending. Throws if another one stays open, for which it would wait forever. */
async function inOrder(state: FenceState, connection: object): Promise<void> {
  const isBeside = (): boolean => state.open !== undefined && state.open.connection !== connection;
  // Code that awaits COMMIT or ROLLBACK may continue before the transaction's turn has ended.
  if (isBeside() && state.open?.isCompleted() === true) await state.turn;
  if (isBeside()) throw needsSecondConnection('A query outside of the open transaction');
}

/** The rows of a query as a stream, like mysql2's `query.stream()`. */
function streamRows(
  state: FenceState,
  connection: object,
  command: QueryCommand,
  options: object = {},
): Readable {
  const { sql, values = [], _queryOptions } = command;
  const bindings = (Array.isArray(values) ? values : [values]) as unknown[];
  const out = new PassThrough({ ...options, objectMode: true });
  const real = state.connection;
  const pump = async (rows: Writable & Readable): Promise<void> => {
    // The driver does not end a stream when its connection is lost, so it would wait forever.
    const lost = (error: Error) => rows.destroy(error);
    real.once('error', lost);
    try {
      const sent = real.query({ ..._queryOptions, sql, values: bindings });
      sent.on('fields', (fields) => out.emit('fields', fields));
      await pipeline(sent.stream(options), rows, out);
    } catch (error) {
      // A reader that stops early is not a failure.
      if (!isServerError(error) && out.destroyed && out.errored === null) return;
      throw error;
    } finally {
      real.removeListener('error', lost);
    }
  };
  const streaming = inOrder(state, connection)
    .then(() => state.statements.stream({ sql, bindings }, pump))
    .catch((error: unknown) => {
      const told = plainError(state, error, sql, bindings);
      out.destroy(told instanceof Error ? told : new Error(String(told)));
    });
  void streaming;
  return out;
}

function emitAnswer(command: QueryCommand): (answer: Answer) => void {
  return ([result, fields]) => {
    command.emit('fields', fields);
    for (const row of Array.isArray(result) ? result : [result]) command.emit('result', row);
    command.emit('end');
  };
}

function emitError(command: QueryCommand): (error: Error) => void {
  return (error) => {
    command.emit('error', error);
    command.emit('end');
  };
}

function descriptorsOf(methods: Record<string, unknown>): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(methods).map(([name, value]) => [
      name,
      { value, writable: true, configurable: true, enumerable: false },
    ]),
  );
}

function unjournaled(method: string): FanfoldError {
  return new FanfoldError(
    'StatementRefused',
    `A migration cannot use connection.${method}() of mysql2, because it bypasses the journal.`,
    { fault: 'migration', nextStep: 'Use knex.raw() or connection.query().' },
  );
}
