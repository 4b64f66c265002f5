/** The session of a tenant's server in which migrations would run. */
export interface SessionFacts {
  readonly isMariaDb: boolean;
  /** Major, minor and patch as one number, as `versionNumber` makes it. */
  readonly number: number;
  readonly mode: CheckedMode;
}

/** The parts of a `sql_mode` that decide about rows. */
export interface CheckedMode {
  readonly isStrict: boolean;
  readonly refusesZeroDates: boolean;
  readonly refusesZeroInDates: boolean;
  /** Whether 0 stays in a column that gets numbers. */
  readonly keepsZero: boolean;
}

/** Reads the parts of a `sql_mode`. */
export function checkedMode(mode: string): CheckedMode {
  const names = new Set(mode.toUpperCase().split(/[\s,]+/));
  const isTraditional = names.has('TRADITIONAL');
  const isStrict =
    isTraditional || names.has('STRICT_TRANS_TABLES') || names.has('STRICT_ALL_TABLES');
  return {
    isStrict,
    refusesZeroDates: isStrict && (isTraditional || names.has('NO_ZERO_DATE')),
    refusesZeroInDates: isStrict && (isTraditional || names.has('NO_ZERO_IN_DATE')),
    keepsZero: names.has('NO_AUTO_VALUE_ON_ZERO'),
  };
}
