/** The getters of kept messages. */
const KEPT = new WeakSet<() => unknown>();

/** Prevents Knex from putting the statement before the message of one of Fanfold's errors. */
export function keepMessage(error: Error): void {
  const { message } = error;
  const get = () => message;
  KEPT.add(get);
  // A property that cannot be written would make Knex throw, if it is bundled as a module.
  Object.defineProperty(error, 'message', { get, set() {}, configurable: true });
}

/** Whether reading the property runs only Fanfold's own code. */
export function isKeptMessage({ get }: PropertyDescriptor): boolean {
  return get !== undefined && KEPT.has(get);
}
