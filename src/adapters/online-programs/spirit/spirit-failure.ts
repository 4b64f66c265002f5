/** The words of one Spirit that tell why it failed. */
export interface SpiritWords {
  /** Its last error, or the one that led to it. */
  readonly said: string;
  /** Whether it asked for the lock of the table without success. */
  readonly lockedOut: boolean;
}

/** Its last line, if it fails. */
const LAST = /^spirit: error: (.+)$/;
/** Lines with the cause, where the last one names only the effect. */
const CAUSE =
  /ERROR (?:applier callback received error|checksum encountered an error|error flushing binary log)\b.*? error=(?:"((?:[^"\\]|\\.)*)"|(\S+))/;
const CANCELLED = /ERROR (table definition changed|failed to recreate binlog streamer)/;
const EFFECT = /due to earlier errors|checksum failed after|context canceled/;

/** Collects the words of one Spirit from its lines. */
export function spiritWords(): { add(line: string): void; words(): SpiritWords } {
  let said = '';
  let cause: string | undefined;
  let lockedOut = false;
  return {
    add(line) {
      said = LAST.exec(line)?.[1] ?? said;
      const [, quoted, plain] = CAUSE.exec(line) ?? [];
      cause = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? CANCELLED.exec(line)?.[1] ?? cause;
      if (/failed to acquire table lock/.test(line)) lockedOut = true;
      else if (/table lock\(s\) acquired/.test(line)) lockedOut = false;
    },
    words: () => ({ said: EFFECT.test(said) ? (cause ?? said) : said, lockedOut }),
  };
}

/** Failures of connections and of the server that have passed by the next attempt. */
const PASSING =
  /context canceled|connection|EOF|broken pipe|i\/o timeout|lock is held by another|Error (?:1053|1205|1213|1290|1836|1927|2003|2006|2013)\b|could not write checkpoint|table definition changed|binlog streamer/i;

/** Whether another attempt may get further. Rows that do not fit stay as they are. One that says nothing was killed. */
export function mayResumeSpirit({ said, lockedOut }: SpiritWords): boolean {
  return said === '' || lockedOut || (PASSING.test(said) && !/unsafe warning/i.test(said));
}

/** Spirit's words for people. */
export function spiritReason({ said, lockedOut }: SpiritWords): string {
  return lockedOut
    ? `Sessions with open transactions held the table each time that it asked for the lock (${said}).`
    : said;
}
