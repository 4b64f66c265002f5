import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';

/** No database server would have sent that. */
export class Garbage extends Error {
  override readonly name = 'Garbage';
}

/** mysql2 says of each packet that it is out of order, on the console, and goes on reading. */
const MOST_OUT_OF_ORDER = 10;

interface Internals {
  stream: Socket;
  handlePacket: () => void;
}

/**
 * Ends the connection with {@link Garbage} once the server has sent more than `mostBytes`, or packets out of
 * order, so that one that sends without end fills neither memory nor log until its time is up. Returns a
 * function that lifts the limits.
 */
export function cutOffGarbage(connection: Connection, mostBytes: number): () => void {
  const internals = connection as unknown as Internals;
  let { stream } = internals;
  let received = 0;
  let outOfOrder = 0;

  const cutOff = () => {
    // There may be thousands of packets in what was read already.
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
  /** mysql2 goes over to another stream when TLS begins, and takes all listeners off the first one. */
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
