import type { Calibration, Sample } from './calibration.ts';
import { fitLine, type Line, type Point } from './fit-line.ts';
import { megabytes, sizedMs } from './forecast-migration.ts';
import {
  type Correction,
  DEFAULT_RATES,
  DEFAULT_TENANT,
  type Rate,
  type RateBasis,
  type RateBook,
} from './rate.ts';
import { WORK_KINDS, type WorkKind } from './work-kind.ts';

/** Fewer measured migrations than this say nothing about another one. */
const ENOUGH = 5;
/** How many times the largest measured size a forecast goes without a wider range. */
const REACH = 4;
/** Megabytes that a measured table must have had, so that the time of far larger ones can follow from it. */
const ENOUGH_MB = 1;
/** By how much a size far beyond the measured ones widens the range. */
const BEYOND_REACH = 2;
/** By how much another number of tenants at a time widens the range: they share the server's processors and disks. */
const OTHER_PACE = 2;

/** A rate, and the largest size in megabytes that was measured. */
interface Learned<Of> {
  readonly of: Of;
  readonly largestMb: number;
}

interface Measured {
  readonly samples: readonly Sample[];
  readonly aroundMs: Calibration['aroundMs'];
  readonly otherPace?: true;
}

/** Makes rates of what earlier runs took, of those with this number of tenants at a time if there are any. */
export function learnRates(calibrations: readonly Calibration[], atATime: number): RateBook {
  const measured = measuredIn(calibrations, atATime);
  const byHost = Map.groupBy(measured.samples, ({ host }) => host);
  const byMigration = Map.groupBy(measured.samples, ({ migration }) => migration);
  const rates = new Map<string, Learned<Rate>>();
  const corrections = new Map<string, Learned<Correction> | undefined>();

  const learnRate = (kind: WorkKind, host: string | undefined): Learned<Rate> => {
    const constantMs = kind === 'constant' ? 0 : rateOf('constant', host, 0).constantMs;
    const samples = host === undefined ? measured.samples : (byHost.get(host) ?? []);
    const points = pointsOf(kind, samples, constantMs);
    if (points.length < ENOUGH) {
      // A fleet may have thousands of servers, and its own rate is calculated once.
      if (host !== undefined) return rateLearned(kind, undefined);
      return { of: DEFAULT_RATES[kind], largestMb: Number.POSITIVE_INFINITY };
    }
    const { slope, ...line } = widened(fitLine(points), measured);
    const basis = basisOf(host === undefined ? 'fleet' : 'host', points.length, measured);
    return {
      of: { ...line, msPerMb: slope, basis },
      largestMb:
        kind === 'constant' ? Number.POSITIVE_INFINITY : Math.max(...points.map(({ x }) => x)),
    };
  };

  const rateLearned = (kind: WorkKind, host: string | undefined): Learned<Rate> => {
    const key = `${kind} ${host ?? ''}`;
    const learned = rates.get(key) ?? learnRate(kind, host);
    rates.set(key, learned);
    return learned;
  };

  const rateOf = (kind: WorkKind, host: string | undefined, size: number): Rate => {
    const { of: rate, largestMb } = rateLearned(kind, host);
    if (size <= REACH * largestMb) return rate;
    // Small tables show the constant time alone.
    if (largestMb < ENOUGH_MB) return { ...DEFAULT_RATES[kind], constantMs: rate.constantMs };
    return { ...rate, low: rate.low / BEYOND_REACH, high: rate.high * BEYOND_REACH };
  };

  const learnCorrection = (
    migration: string,
    host: string | undefined,
  ): Learned<Correction> | undefined => {
    const all = byMigration.get(migration) ?? [];
    const samples = host === undefined ? all : all.filter((sample) => sample.host === host);
    if (samples.length < ENOUGH) {
      return host === undefined ? undefined : correctionLearned(migration, undefined);
    }
    const points = samples.map(({ work, host: of, ms }) => ({
      x: sizedMs(work, { rateOf }, of),
      n: 1,
      ms,
    }));
    const { slope, ...line } = widened(fitLine(points), measured);
    return {
      of: { ...line, factor: slope, basis: basisOf('migration', samples.length, measured) },
      largestMb: Math.max(...samples.map(({ work }) => megabytes(work))),
    };
  };

  const correctionLearned = (
    migration: string,
    host: string | undefined,
  ): Learned<Correction> | undefined => {
    const key = `${migration} ${host ?? ''}`;
    if (!corrections.has(key)) corrections.set(key, learnCorrection(migration, host));
    return corrections.get(key);
  };

  return {
    rateOf,
    correctionOf(migration, host, size) {
      const learned = correctionLearned(migration, host);
      return learned === undefined || size > REACH * learned.largestMb ? undefined : learned.of;
    },
    tenantMs:
      measured.aroundMs.length < ENOUGH
        ? DEFAULT_TENANT
        : {
            ...around(measured),
            msPerMb: 0,
            basis: basisOf('fleet', measured.aroundMs.length, measured),
          },
  };
}

function measuredIn(calibrations: readonly Calibration[], atATime: number): Measured {
  const same = calibrations.filter((one) => one.atATime === atATime);
  const used = same.length > 0 ? same : calibrations;
  return {
    samples: used.flatMap(({ samples }) => samples),
    aroundMs: used.flatMap(({ aroundMs }) => aroundMs),
    ...(same.length === 0 && used.length > 0 && { otherPace: true }),
  };
}

function basisOf(
  of: 'host' | 'fleet' | 'migration',
  samples: number,
  { otherPace }: Measured,
): RateBasis {
  return { of, samples, ...(otherPace && { otherPace }) };
}

/** Times of migrations whose statements are all of this kind, or take a constant time, which is left out. */
function pointsOf(kind: WorkKind, samples: readonly Sample[], constantMs: number): Point[] {
  return samples.flatMap(({ ms, work }) => {
    const own = work[kind];
    const others = WORK_KINDS.filter(
      (other) => other !== kind && other !== 'constant' && work[other] !== undefined,
    );
    if (own === undefined || others.length > 0) return [];
    const beside = kind === 'constant' ? 0 : (work.constant?.statements ?? 0) * constantMs;
    return [{ x: own.bytes / 1_000_000, n: own.statements, ms: Math.max(1, ms - beside) }];
  });
}

function around(measured: Measured): Pick<Rate, 'constantMs' | 'low' | 'high'> {
  const points = measured.aroundMs.map(({ ms }) => ({ x: 0, n: 1, ms }));
  const { constantMs, low, high } = widened(fitLine(points), measured);
  return { constantMs, low, high };
}

function widened(
  line: Line,
  { otherPace }: { readonly otherPace?: true | undefined } & object,
): Line {
  if (otherPace === undefined) return line;
  return { ...line, low: line.low / OTHER_PACE, high: line.high * OTHER_PACE };
}
