/** A definition, and a check of its execution or refusal. */
interface Probe {
  readonly id: string;
}

export const probes: readonly Probe[];
export function runProbe(probe: Probe): Promise<unknown>;
