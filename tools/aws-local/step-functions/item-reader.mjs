// Items of a Distributed Map (Developer Guide: "ItemReader (Map)").
import { StatesError } from './errors.mjs';
import { wholeNumber } from './fields.mjs';

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

function csvRows(text, delimiter) {
  const rows = [];
  let row = [];
  let field = '';
  let quoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === delimiter) endField();
    else if (character === '\n') endRow();
    else if (character !== '\r') field += character;
  }
  if (field !== '' || row.length) endRow();
  return rows;
}

function parseCsv(text, { CSVHeaderLocation, CSVHeaders, CSVDelimiter = 'COMMA' }) {
  const rows = csvRows(text.replace(/^\uFEFF/, ''), DELIMITERS[CSVDelimiter]);
  const headers = CSVHeaderLocation === 'GIVEN' ? CSVHeaders : rows.shift();
  return rows.map((row) => Object.fromEntries(headers.map((header, i) => [header, row[i] ?? ''])));
}

const parseJsonLines = (text) =>
  text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => JSON.parse(line));

function parseJson(text, { ItemsPointer }) {
  let value = JSON.parse(text);
  for (const key of (ItemsPointer ?? '').split('/').slice(1))
    value = value?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}

const PARSERS = { JSON: parseJson, JSONL: parseJsonLines, CSV: parseCsv };

const entry = (value, source, key) => ({ value, source, ...(key !== undefined && { key }) });

/** The items of an array, or of an object: "each key-value pair of the object" is an item. */
function entriesOf(data, source) {
  if (Array.isArray(data)) return data.map((value) => entry(value, source));
  if (data && typeof data === 'object')
    return Object.entries(data).map(([key, value]) => entry(value, source, key));
  return undefined;
}

async function readDataset(ports, reader, { Bucket, Key, Prefix, VersionId }) {
  if (reader.Resource.endsWith(':s3:listObjectsV2'))
    return (await ports.s3.list(Bucket, Prefix ?? '')).map((object) =>
      entry(object, `S3://${Bucket}`),
    );
  const { InputType, ...config } = reader.ReaderConfig;
  const data = PARSERS[InputType](await ports.s3.getText(Bucket, Key, VersionId), config);
  return (
    entriesOf(data, `S3://${Bucket}/${Key}`) ??
    Promise.reject(new Error('the data is neither a JSON array nor an object'))
  );
}

/** Reads the items of a Map state: `{ value, source, key? }`; pairs of a JSON object have a key. */
export async function readItems(ports, fields) {
  const reader = fields.state.ItemReader;
  if (!reader) {
    const items = entriesOf(await fields.items(), 'STATE_DATA');
    if (!items)
      throw fields.invalid(`The items of the Map state '${fields.name}' are not a JSON array.`);
    return items;
  }
  const location = await fields.objectArguments(reader);
  const maxItems = await wholeNumber(fields, 'MaxItems', reader.ReaderConfig ?? {});
  try {
    const items = await readDataset(ports, reader, location);
    return maxItems ? items.slice(0, maxItems) : items; // "The default value is 0, which applies no limit"
  } catch (error) {
    throw new StatesError(
      'States.ItemReaderFailed',
      `Attempting to read ${JSON.stringify(location)}: ${error.message}`,
    );
  }
}

/** `$states.context.Map` (JSONPath: `$$.Map`) for one item. */
export const mapContext = (item, index) => ({
  Item: {
    Index: index,
    Value: item.value,
    ...(item.key !== undefined && { Key: item.key }),
    Source: item.source,
  },
});

/** The input of the item processor if there is no ItemSelector. */
export const defaultInput = (item) =>
  item.key === undefined ? item.value : { Key: item.key, Value: item.value };
