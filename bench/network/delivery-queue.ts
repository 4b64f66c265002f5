/** The longest time in milliseconds for which the process sleeps without looking at its sockets. */
const NAP_MS = 0.1;
/** Timers of Node have a resolution of a millisecond, so they are used only while more than this remains. */
const TIMER_MS = 2.5;

/**
 * Delivers work after a delay, with a precision of a tenth of a millisecond, which a timer of Node does not have. It
 * sleeps in between, because a loop would take a core away from what is measured.
 */
export class DeliveryQueue {
  readonly #due: { readonly at: number; readonly deliver: () => void }[] = [];
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));
  #isRunning = false;

  /** Calls `deliver` in `delayMs` milliseconds; calls with the same delay keep their order. */
  add(delayMs: number, deliver: () => void): void {
    const at = performance.now() + delayMs;
    const index = this.#due.findLastIndex((other) => other.at <= at);
    this.#due.splice(index + 1, 0, { at, deliver });
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    const now = performance.now();
    while ((this.#due[0]?.at ?? Number.POSITIVE_INFINITY) <= now) this.#due.shift()?.deliver();
    const next = this.#due[0];
    if (next === undefined) {
      this.#isRunning = false;
      return;
    }
    const remaining = next.at - performance.now();
    if (remaining > TIMER_MS) {
      setTimeout(() => this.#run(), 1);
      return;
    }
    if (remaining > 0) Atomics.wait(this.#sleeper, 0, 0, Math.min(NAP_MS, remaining));
    setImmediate(() => this.#run());
  }
}
