type Kind = abstract new (...given: never[]) => object;

/**
 * Makes `instanceof` hold for objects of the same class of another build: a program that imports this package
 * has the ES modules, and what it requires has the CommonJS ones, each with a separate class. A brand that
 * all of them share identifies an object. Subclasses outside of Fanfold are compared as usual.
 */
export function recognizeAcrossBuilds(kind: Kind, name: string): void {
  const brand = Symbol.for(`fanfold.${name}`);
  Object.defineProperty(kind.prototype, brand, { value: true });
  Object.defineProperty(kind, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== kind) return Function.prototype[Symbol.hasInstance].call(this, value);
      return typeof value === 'object' && value !== null && brand in value;
    },
  });
}
