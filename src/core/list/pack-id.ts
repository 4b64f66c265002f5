/**
 * Writes an id as bytes, so that equal bytes mean equal ids, and returns their number. The bytes show
 * where they end: the first one has the length and the form. Code units are kept as they are, because
 * UTF-8 has one substitute for all lone surrogates.
 *
 * @param into has room for {@link packedLimit}
 */
export function packId(id: string, into: Uint8Array): number {
  if (id.length === UUID_LENGTH) {
    const length = packUuid(id, into);
    if (length !== undefined) return length;
  }
  let form = LATIN1;
  for (let index = 0; index < id.length; index += 1) {
    if (id.charCodeAt(index) > 0xff) {
      form = UTF16;
      break;
    }
  }
  let at = packHeader(id.length, form, into);
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    into[at++] = unit;
    if (form === UTF16) into[at++] = unit >>> 8;
  }
  return at;
}

/** The number of bytes that an id takes at most. */
export function packedLimit(id: string): number {
  return LONG_HEADER + id.length * 2;
}

/** The number of bytes of a packed id, by its first bytes. */
export function packedLength(byteAt: (index: number) => number): number {
  const [first, form] = [byteAt(0) >>> 2, byteAt(0) & 3];
  if (form === UUID_PACKED) return 1 + UUID_BYTES;
  const isShort = first < LONG;
  const length = isShort
    ? first
    : byteAt(1) * 2 ** 24 + (byteAt(2) << 16) + (byteAt(3) << 8) + byteAt(4);
  return (isShort ? 1 : LONG_HEADER) + length * (form === UTF16 ? 2 : 1);
}

const LATIN1 = 0;
const UTF16 = 1;
const UUID_PACKED = 2;

/** Ids of so many code units and more have their length in four bytes of their own. */
const LONG = 63;
const LONG_HEADER = 5;

function packHeader(length: number, form: number, into: Uint8Array): number {
  if (length < LONG) {
    into[0] = (length << 2) | form;
    return 1;
  }
  into[0] = (LONG << 2) | form;
  for (let index = 1; index < LONG_HEADER; index += 1) {
    into[index] = length >>> (8 * (LONG_HEADER - 1 - index));
  }
  return LONG_HEADER;
}

const UUID_LENGTH = 36;
const UUID_BYTES = 16;
const HYPHEN = 0x2d;

/**
 * Packs a UUID as servers and libraries write it; `undefined` for any other text. In capitals it is
 * another id, and packed like any text.
 */
function packUuid(id: string, into: Uint8Array): number | undefined {
  into[0] = UUID_PACKED;
  let at = 1;
  for (let index = 0; index < UUID_LENGTH; index += 2) {
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (id.charCodeAt(index) !== HYPHEN) return undefined;
      index += 1;
    }
    const high = DIGITS[id.charCodeAt(index)] ?? NO_DIGIT;
    const low = DIGITS[id.charCodeAt(index + 1)] ?? NO_DIGIT;
    if (high === NO_DIGIT || low === NO_DIGIT) return undefined;
    into[at++] = (high << 4) | low;
  }
  return at;
}

const NO_DIGIT = 0xff;

/** Values of the digits `0` to `f` by character code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return value < 0 ? NO_DIGIT : value;
});
