/**
 * Counts the round trips of one connection: establishing it, the server's greeting, and every time that the client
 * sends something after it has received an answer and is answered again. A COM_QUIT that nobody waits for is not
 * answered, so it is not counted.
 */
export class TripCounter {
  /** Establishing the connection took one. */
  #trips = 1;
  #isGreeted = false;
  /** Whether the client has received something since it last sent something. */
  #hasReceived = false;
  #isWaiting = false;

  get trips(): number {
    return this.#trips;
  }

  /** The client has sent something. */
  sent(): void {
    if (this.#hasReceived) this.#isWaiting = true;
    this.#hasReceived = false;
  }

  /** The server has answered; the client does not have the answer yet. */
  answered(): void {
    if (this.#isGreeted && !this.#isWaiting) return;
    this.#isGreeted = true;
    this.#isWaiting = false;
    this.#trips += 1;
  }

  /** The client has received an answer. */
  received(): void {
    this.#hasReceived = true;
  }
}
