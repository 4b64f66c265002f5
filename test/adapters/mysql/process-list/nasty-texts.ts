/** A text that another session may be running. */
export interface NastyText {
  /** Its character set. */
  readonly charset: string;
  /** The part after `SELECT SLEEP(…), `. */
  readonly bytes: Buffer;
}

const utf8 = (text: string): NastyText => ({ charset: 'utf8mb4', bytes: Buffer.from(text) });
const raw = (charset: string, before: string, ...bytes: readonly number[]): NastyText => ({
  charset,
  bytes: Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from("'")]),
});

/** Texts that a server's process list does not take as ordinary ones. */
export const NASTY_TEXTS: Readonly<Record<string, NastyText>> = {
  'an emoji': utf8("'🚀'"),
  'a Chinese character of four bytes': utf8("'\u{20000}'"),
  'an emoji in a comment': utf8('1 /* 🚀 */'),
  'an emoji as a name': utf8('1 AS `é`, "🚀"'),
  'bytes that are no UTF-8': raw('utf8mb4', "_binary'", 0xff, 0xfe, 0x80),
  'the beginning of a character': raw('utf8mb4', "_binary'", 0xf0, 0x9f),
  'a zero byte': utf8("'a\0b'"),
  'two megabytes of emoji': utf8(`'${'🚀'.repeat(500_000)}'`),
  'an emoji where the text is cut': utf8(`'${'x'.repeat(1_001)}🚀🚀🚀'`),
  'several lines': utf8("\n-- 🚀\n'🚀'\n"),
  'Latin 1': raw('latin1', "'", 0xe9, 0xff),
  GBK: raw('gbk', "'", 0xc4, 0xe3, 0xba, 0xc3),
  'bytes without a character set': raw('binary', "'", 0xf0, 0x9f, 0x9a, 0x80, 0xff),
};
