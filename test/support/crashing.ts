/** Work that a killed process does not finish. */
class Crash extends Error {
  override readonly name = 'Crash';
}

/** A process that dies at one of its calls to the outside, and makes none from then on. */
export interface CrashingProcess {
  /** The same object, each of whose methods, and theirs, is a call that may be the last. */
  watch<Outside extends object>(outside: Outside): Outside;
  /** Whether it has died. */
  readonly crashed: boolean;
}

/**
 * @param at the number of the call, from 1, at which the process dies
 * @param when `before` the call reaches the outside, or `after` it has done its work there
 */
export function crashingProcess(at: number, when: 'before' | 'after'): CrashingProcess {
  let calls = 0;
  let crashed = false;
  const die = (): never => {
    crashed = true;
    throw new Crash('The process was killed.');
  };
  const watch = <Outside extends object>(outside: Outside): Outside =>
    new Proxy(outside, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return async (...given: readonly unknown[]) => {
          // A callback does not count as a call itself, but calls of the objects that it receives do.
          const takesCallback = given.some((value) => typeof value === 'function');
          const isLast = !takesCallback && ++calls === at;
          if (crashed || (isLast && when === 'before')) die();
          const result = await member.apply(target, given.map(watchCallback));
          if (isLast) die();
          return result;
        };
      },
    });
  const watchCallback = (value: unknown) =>
    typeof value === 'function'
      ? (...handed: readonly unknown[]) =>
          value(
            ...handed.map((part) =>
              typeof part === 'object' && part !== null ? watch(part) : part,
            ),
          )
      : value;
  return {
    watch,
    get crashed() {
      return crashed;
    },
  };
}
