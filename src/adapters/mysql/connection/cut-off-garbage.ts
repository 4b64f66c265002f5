import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';

/** The error for data that no database server would send. */
export class Garbage extends Error {
  override readonly name = 'Garbage';
}

/** The limit of out-of-order packets. mysql2 prints a warning for each on the console, and continues reading. */
const MOST_OUT_OF_ORDER = 10;

interface Internals {
  stream: Socket;
  handlePacket: () => void;
}

/**
 * Ends the connection with {@link Garbage} if the server sends more than `mostBytes`, or many packets out of
 * order: otherwise endless data would fill memory and log until the timeout. Returns a function that lifts
 * the limits.
 */
export function cutOffGarbage(connection: Connection, mostBytes: number): () => void {
  const internals = connection as unknown as Internals;
  let { stream } = internals;
  let received = 0;
  let outOfOrder = 0;

  const cutOff = () => {
    // The data already read may contain thousands of packets, which are ignored.
    internals.handlePacket = () => {};
    stream.destroy(new Garbage());
  };
  const onData = (data: Buffer) => {
    received += data.length;
    if (received > mostBytes) cutOff();
    else if (internals.stream !== stream) follow();
  };
  const onWarn = () => {
    outOfOrder += 1;
    if (outOfOrder === MOST_OUT_OF_ORDER) cutOff();
  };
  /** Follows mysql2 to another stream, which it uses when TLS begins, after removing all listeners from the first. */
  const follow = () => {
    stream = internals.stream;
    stream.on('data', onData);
  };
  follow();
  connection.on('warn', onWarn);
  return () => {
    stream.off('data', onData);
    connection.off('warn', onWarn);
  };
}
