import type {
  DigestStore,
  StoredReadings,
  TenantReadings,
} from '../../src/core/digests/digest-store.ts';

/** Keeps readings in memory, without the texts of statements, as the real store does. */
export function memoryDigestStore(): DigestStore & {
  readonly kept: ReadonlyMap<string, StoredReadings>;
} {
  const kept = new Map<string, StoredReadings>();
  const keyOf = (runId: string, wave: number) => `${runId}-${wave}`;
  return {
    kept,
    async keepBefore(runId, wave, readings) {
      const key = keyOf(runId, wave);
      if (!kept.has(key)) kept.set(key, { before: bare(readings), start: new Map() });
    },
    async writeStart(runId, wave, readings) {
      const key = keyOf(runId, wave);
      const { before } = kept.get(key) ?? { before: new Map() };
      kept.set(key, { before, start: bare(readings) });
    },
    readReadings: async (runId, wave) => kept.get(keyOf(runId, wave)),
  };
}

function bare(readings: TenantReadings): TenantReadings {
  return new Map(
    [...readings].map(([id, { isCut, statements }]) => [
      id,
      {
        isCut,
        statements: new Map([...statements].map(([key, one]) => [key, { ...one, text: '' }])),
      },
    ]),
  );
}
