export interface ServiceProbe {
  readonly id: string;
  /** Resolves to true, or to a text that says how the result differs from what AWS documents. */
  readonly run: (on: unknown) => Promise<true | string>;
}
export declare const serviceProbes: readonly ServiceProbe[];
export declare const serviceClients: (load: NodeJS.Require, endpoint: string) => unknown;
