import type { Calibration, Sample } from './calibration.ts';
import { fitLine, type Point } from './fit-line.ts';
import { type FittedRate, fitRates } from './fit-rates.ts';
import { nearest } from './nearest.ts';
import { quantile, rangeOfNext } from './quantile.ts';
import { type RangeScore, rangeScaleOf } from './range-score.ts';
import {
  type Correction,
  DEFAULT_RATES,
  DEFAULT_TENANT,
  type Rate,
  type RateBasis,
  type RateBook,
  usualRate,
} from './rate.ts';
import { megabytes, type WorkByKind } from './work-by-kind.ts';
import type { RatedKind } from './work-kind.ts';

/** Fewer measured migrations than this say nothing about another one. */
const ENOUGH = 5;
/** How many times the largest measured size a forecast goes without a wider range. */
const REACH = 4;
/** Megabytes that a measured table must have had, so that the time of far larger ones can follow from it. */
const ENOUGH_MB = 1;
/** Measured migrations of the nearest sizes by which a time is corrected: rates grow where tables outgrow memory. */
const NEAREST = 7;
/** Milliseconds below which sizes count as alike. */
const ALIKE_MS = 5;
/** By how much a size far beyond the measured ones widens the range. */
const BEYOND_REACH = 2;
/** By how much another number of tenants at a time widens the range: they share the server's processors and disks. */
const OTHER_PACE = 2;

/** A rate, and the largest size in megabytes that was measured. */
interface Learned<Of> {
  readonly of: Of;
  readonly largestMb: number;
}

type Range = Pick<Rate, 'low' | 'high'>;

/** The time of a migration on a server, if it has run on tables of about this size. */
type CorrectionOf = (work: WorkByKind, host: string | undefined) => Correction | undefined;

interface Measured {
  readonly samples: readonly Sample[];
  readonly aroundMs: Calibration['aroundMs'];
  readonly scores: readonly RangeScore[];
  readonly otherPace?: true;
}

/**
 * Makes rates of what earlier runs took: of those with this number of tenants at a time, if they say enough about a
 * kind or a migration, else of all.
 */
export function learnRates(calibrations: readonly Calibration[], atATime: number): RateBook {
  const same = calibrations.filter((one) => one.atATime === atATime);
  const own = learnFrom(measuredIn(same), atATime);
  if (same.length === calibrations.length) return own;
  const all = learnFrom({ ...measuredIn(calibrations), otherPace: true }, atATime);
  const first = (one: Rate, other: () => Rate) => (one.basis.of === 'default' ? other() : one);
  return {
    rateOf: (...of) => first(own.rateOf(...of), () => all.rateOf(...of)),
    correctionOf: (...of) => own.correctionOf(...of) ?? all.correctionOf(...of),
    tenantMs: first(own.tenantMs, () => all.tenantMs),
    scaleOf: (basis) => own.scaleOf(basis) ?? all.scaleOf(basis),
  };
}

function learnFrom(measured: Measured, atATime: number): RateBook {
  const byHost = Map.groupBy(measured.samples, ({ host }) => host);
  const byMigration = Map.groupBy(measured.samples, ({ migration }) => migration);
  const fits = new Map<string, Readonly<Record<RatedKind, FittedRate>>>();
  const rates = new Map<string, Learned<Rate>>();
  const corrections = new Map<string, CorrectionOf | undefined>();

  const samplesOf = (host: string | undefined) =>
    host === undefined ? measured.samples : (byHost.get(host) ?? []);

  const fitted = (host: string | undefined) => {
    const fit = fits.get(host ?? '') ?? fitRates(samplesOf(host));
    fits.set(host ?? '', fit);
    return fit;
  };

  const learnRate = (kind: RatedKind, host: string | undefined): Learned<Rate> => {
    const samples = samplesOf(host).filter(({ work }) => work[kind] !== undefined);
    if (samples.length < ENOUGH) {
      // A fleet may have thousands of servers, and its own rate is calculated once.
      if (host !== undefined) return rateLearned(kind, undefined);
      return { of: usualRate(DEFAULT_RATES[kind], atATime), largestMb: Number.POSITIVE_INFINITY };
    }
    const fit = fitted(host);
    const ratios = samples.map(
      ({ work, ms }) => Math.max(1, ms) / Math.max(timeBy(fit, work), 1e-6),
    );
    const basis = basisOf(host === undefined ? 'fleet' : 'host', samples.length, measured);
    return {
      of: { ...fit[kind], ...widened(rangeOf(ratios, FITTED), measured), basis },
      largestMb:
        kind === 'constant'
          ? Number.POSITIVE_INFINITY
          : Math.max(...samples.map(({ work }) => (work[kind]?.bytes ?? 0) / 1_000_000)),
    };
  };

  const rateLearned = (kind: RatedKind, host: string | undefined): Learned<Rate> => {
    const key = `${kind} ${host ?? ''}`;
    const learned = rates.get(key) ?? learnRate(kind, host);
    rates.set(key, learned);
    return learned;
  };

  const rateOf = (kind: RatedKind, host: string | undefined, size: number): Rate => {
    const { of: rate, largestMb } = rateLearned(kind, host);
    if (size <= REACH * largestMb) return rate;
    // Small tables show the constant time alone.
    if (largestMb < ENOUGH_MB) {
      return { ...usualRate(DEFAULT_RATES[kind], atATime), constantMs: rate.constantMs };
    }
    return { ...rate, low: rate.low / BEYOND_REACH, high: rate.high * BEYOND_REACH };
  };

  /** The time that grows with the size, by the rates of the kinds. */
  const sizedMs = (work: WorkByKind, host: string | undefined): number =>
    Object.entries(work).reduce((sum, [kind, { bytes }]) => {
      const amount = bytes / 1_000_000;
      return sum + amount * rateOf(kind as RatedKind, host, amount).msPerMb;
    }, 0);

  const learnCorrection = (
    migration: string,
    host: string | undefined,
  ): CorrectionOf | undefined => {
    const all = byMigration.get(migration) ?? [];
    const samples = host === undefined ? all : all.filter((sample) => sample.host === host);
    if (samples.length < ENOUGH) {
      return host === undefined ? undefined : correctionLearned(migration, undefined);
    }
    const points = samples
      .map(({ work, host: of, ms }) => ({ x: sizedMs(work, of), n: 1, ms: Math.max(1, ms) }))
      .sort((one, other) => one.x - other.x);
    const { constantMs, slope } = fitLine(points);
    const line = (x: number) => Math.max(constantMs + slope * x, 1e-6);
    const time = (x: number, others: readonly Point[] = points) => {
      const near = nearest(others, x, { most: NEAREST, alike: ALIKE_MS });
      const ratios = near.map((one) => one.ms / line(one.x));
      return line(x) * quantile(ratios.sort(ascending), 0.5);
    };
    // Each time as the others forecast it: one that forecasts itself is never far off.
    const ratios = points.map(({ x, ms }, place) => ms / time(x, points.toSpliced(place, 1)));
    const range = widened(rangeOf(ratios), measured);
    const basis = basisOf('migration', samples.length, measured);
    const largestMb = Math.max(...samples.map(({ work }) => megabytes(work)));
    return (work, of) =>
      megabytes(work) > REACH * largestMb
        ? undefined
        : { ms: time(sizedMs(work, of)), ...range, basis };
  };

  const correctionLearned = (
    migration: string,
    host: string | undefined,
  ): CorrectionOf | undefined => {
    const key = `${migration} ${host ?? ''}`;
    if (!corrections.has(key)) corrections.set(key, learnCorrection(migration, host));
    return corrections.get(key);
  };

  return {
    rateOf,
    correctionOf: (migration, host, work) => correctionLearned(migration, host)?.(work, host),
    tenantMs:
      measured.aroundMs.length < ENOUGH
        ? usualRate(DEFAULT_TENANT, atATime)
        : {
            ...around(measured),
            msPerMb: 0,
            basis: basisOf('fleet', measured.aroundMs.length, measured),
          },
    scaleOf: (basis) => rangeScaleOf(measured.scores, basis),
  };
}

function measuredIn(calibrations: readonly Calibration[]): Measured {
  return {
    samples: calibrations.flatMap(({ samples }) => samples),
    aroundMs: calibrations.flatMap(({ aroundMs }) => aroundMs),
    scores: calibrations.flatMap(({ scores = [] }) => scores),
  };
}

function basisOf(
  of: 'host' | 'fleet' | 'migration',
  samples: number,
  { otherPace }: Measured,
): RateBasis {
  return { of, samples, ...(otherPace && { otherPace }) };
}

function timeBy(fit: Readonly<Record<RatedKind, FittedRate>>, work: WorkByKind): number {
  return Object.entries(work).reduce((sum, [kind, { statements, bytes }]) => {
    const { constantMs, msPerMb } = fit[kind as RatedKind];
    return sum + statements * constantMs + (bytes / 1_000_000) * msPerMb;
  }, 0);
}

const ascending = (one: number, other: number) => one - other;

/** The probability with which a time is to be within its range. */
const IN_RANGE = 0.9;

/** A rate is a constant and a slope. */
const FITTED = 2;
/** Times of which the outermost ones are as far outside as the range is to reach. */
const WIDE_ENOUGH = 19;

/**
 * The power by which the outermost of few ratios are exceeded: the next of 5 is between them in two of three cases only.
 * Close to the quotient of a prediction interval by Student's t and the expected extremes, for ratios that are log-normal:
 * 2.0 for 5 of them, 1.4 for 8, 1.25 for 10, 1 from 17 on.
 */
function beyondOutermost(count: number): number {
  return 1 + Math.max(0, (WIDE_ENOUGH - count) / (WIDE_ENOUGH - ENOUGH)) ** 3;
}

/**
 * Factors between which the next time is to be, by those of measured times.
 *
 * @param fitted values that were fitted to these very times, so that they are nearer than the next one
 */
function rangeOf(ratios: readonly number[], fitted = 0): Range {
  const { low, high } = rangeOfNext(ratios.toSorted(ascending), IN_RANGE);
  const reach = beyondOutermost(ratios.length - fitted);
  return { low: Math.min(1, low) ** reach, high: Math.max(1, high) ** reach };
}

function around(measured: Measured): Pick<Rate, 'constantMs' | 'low' | 'high'> {
  const times = measured.aroundMs.map(({ ms }) => Math.max(1, ms)).sort(ascending);
  const constantMs = quantile(times, 0.5);
  return { constantMs, ...widened(rangeOf(times.map((ms) => ms / constantMs)), measured) };
}

function widened({ low, high }: Range, { otherPace }: Measured): Range {
  if (otherPace === undefined) return { low, high };
  return { low: low / OTHER_PACE, high: high * OTHER_PACE };
}
