/** Getters of messages that were kept. */
const KEPT = new WeakSet<() => unknown>();

/** Keeps Knex from writing the statement before the message of an error; ours say it better without. */
export function keepMessage(error: Error): void {
  const { message } = error;
  const get = () => message;
  KEPT.add(get);
  // A property that cannot be written would make Knex throw, if it is bundled as a module.
  Object.defineProperty(error, 'message', { get, set() {}, configurable: true });
}

/** Whether reading the property runs nobody's code but ours. */
export function isKeptMessage({ get }: PropertyDescriptor): boolean {
  return get !== undefined && KEPT.has(get);
}
