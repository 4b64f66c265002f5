/** A definition, and a check of the execution of it (or of its refusal). */
interface Probe {
  readonly id: string;
}

export const probes: readonly Probe[];
export function runProbe(probe: Probe): Promise<unknown>;
