/**
 * Encodes values of rows as JSON from which {@link decodeValue} restores the same values, including those
 * that JSON itself cannot represent. Text beyond ASCII is not escaped.
 */
export function encodeValue(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'bigint':
      return { $bigint: String(value) };
    case 'undefined':
      return { $undefined: true };
    case 'object':
      return encodeObject(value);
    default:
      return value;
  }
}

function encodeObject(value: object | null): unknown {
  if (value === null) return null;
  if (value instanceof Date) return { $date: value.getTime() };
  if (Buffer.isBuffer(value)) return { $bytes: value.toString('base64') };
  if (Array.isArray(value)) return value.map(encodeValue);
  const entries = Object.entries(value).map(([key, held]) => [key, encodeValue(held)]);
  // A JSON column may contain an object that looks like one of these encodings.
  if (entries.some(([key]) => String(key).startsWith('$'))) return { $entries: entries };
  return Object.fromEntries(entries);
}

export function decodeValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeValue);
  if (typeof value !== 'object' || value === null) return value;
  const held = value as Record<string, unknown>;
  if (Array.isArray(held.$entries))
    return Object.fromEntries(held.$entries.map(([key, inner]) => [key, decodeValue(inner)]));
  if (typeof held.$bytes === 'string') return Buffer.from(held.$bytes, 'base64');
  if (typeof held.$bigint === 'string') return BigInt(held.$bigint);
  if (typeof held.$number === 'string') return Number(held.$number);
  if ('$undefined' in held) return undefined;
  if ('$date' in held) return new Date(held.$date === null ? Number.NaN : Number(held.$date));
  return Object.fromEntries(Object.entries(held).map(([key, inner]) => [key, decodeValue(inner)]));
}

/** Whether a value can be restored exactly, unlike an instance of a class that a `typeCast` creates. */
export function isRestorable(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  const prototype = Object.getPrototypeOf(value);
  if (value instanceof Date) return prototype === Date.prototype;
  if (Buffer.isBuffer(value)) return true;
  if (Array.isArray(value)) return prototype === Array.prototype && value.every(isRestorable);
  return prototype === Object.prototype && Object.values(value).every(isRestorable);
}
