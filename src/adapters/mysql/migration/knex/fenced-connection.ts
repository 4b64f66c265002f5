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

/** mysql2's command for a query: it has been given its options, and has not been sent. */
interface QueryCommand extends EventEmitter {
  sql: string;
  values: unknown;
  readonly _queryOptions: QueryOptions;
  onResult: Done | undefined;
  stream(options?: object): Readable;
}

/** The parts of mysql2's connection that are used and not declared. */
interface Internals {
  constructor: {
    createQuery(sql: unknown, values: unknown, done: unknown, config: object): unknown;
  };
  config: object;
  _resolveNamedPlaceholders(command: QueryCommand): void;
}

/** By a logical connection: texts of the queries that will be sent after the next one. */
const FOLLOWING = new WeakMap<object, readonly string[]>();

/** Says what the same builder will send after the next query of this connection, as far as that has no values. */
export function announce(connection: unknown, following: readonly string[]): void {
  if (typeof connection === 'object' && connection !== null && following.length > 0)
    FOLLOWING.set(connection, following);
}

/**
 * A logical connection, as Knex's pool hands them out: mysql2's connection, on which each query goes
 * through the engine. All of them are the one connection that holds the fence, so closing one of them
 * closes nothing.
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
  // Own and not enumerable, as little as possible is to be seen of it.
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
      // Out of the promise: what the callback throws is not this query's.
      ([result, fields]) =>
        process.nextTick(() =>
          fields === undefined ? onResult(null, result) : onResult(null, result, fields),
        ),
      (error: Error) => process.nextTick(() => onResult(error)),
    );
  } else {
    // Whoever wants a stream says so at once.
    process.nextTick(() => {
      if (!isStreamed) answered().then(emitAnswer(command), emitError(command));
    });
  }
  return command;
}

/** Sends a query through the engine, and gives the answer or the error that plain mysql2 would. */
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

/** Waits for a transaction that is ending; one that stays open would be waited for for ever. */
async function inOrder(state: FenceState, connection: object): Promise<void> {
  const isBeside = (): boolean => state.open !== undefined && state.open.connection !== connection;
  // Whoever has waited for COMMIT or ROLLBACK may be told before the transaction's turn has ended.
  if (isBeside() && state.open?.isCompleted() === true) await state.turn;
  if (isBeside()) throw needsSecondConnection('A query outside of the transaction that is open');
}

/** The rows of a query as a stream, the way that mysql2's `query.stream()` gives them. */
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
    // The driver tells a stream nothing when its connection is lost: it would wait for ever.
    const lost = (error: Error) => rows.destroy(error);
    real.once('error', lost);
    try {
      const sent = real.query({ ..._queryOptions, sql, values: bindings });
      sent.on('fields', (fields) => out.emit('fields', fields));
      await pipeline(sent.stream(options), rows, out);
    } catch (error) {
      // A reader that has seen enough is not a failure.
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
    `connection.${method}() of mysql2 cannot be used by a migration: what it does would pass the journal by.`,
    { fault: 'migration', nextStep: 'Use knex.raw() or connection.query().' },
  );
}
